/// A part of a received message. Reading never fails: what is damaged is taken as far as it makes sense.
public struct MIMEEntity: Sendable {
  /// Header fields in order, unfolded: names in lower case, values without the white space around them.
  public private(set) var fields: [(name: String, value: String)] = []
  /// The body as it came; empty where there are parts.
  public private(set) var body: ArraySlice<UInt8> = []
  /// The parts of a multipart, or the one message within a `message/rfc822`.
  public private(set) var parts: [MIMEEntity] = []
  /// In lower case, such as `text/plain`.
  public private(set) var type = "text/plain"
  private var parameters: [String: String] = [:]

  /// More levels, parts and fields are not looked at: a hostile message costs no more than its length.
  private static let depthMax = 12
  private static let partsMax = 300
  private static let fieldsMax = 1_000

  public init(parsing bytes: [UInt8]) {
    var partsLeft = Self.partsMax
    self.init(bytes[...], depth: 0, partsLeft: &partsLeft)
  }

  private init(_ bytes: ArraySlice<UInt8>, depth: Int, partsLeft: inout Int, defaultType: String = "text/plain") {
    type = defaultType
    let content = readHeader(bytes)
    readType()
    body = content
    guard depth < Self.depthMax else { return }
    if type.hasPrefix("multipart/"), let boundary = parameters["boundary"], !boundary.isEmpty {
      let child = type == "multipart/digest" ? "message/rfc822" : "text/plain"
      for part in Self.split(content, boundary: Array(boundary.utf8)) where partsLeft > 0 {
        partsLeft -= 1
        parts.append(MIMEEntity(part, depth: depth + 1, partsLeft: &partsLeft, defaultType: child))
      }
      if !parts.isEmpty { body = [] }
    } else if type == "message/rfc822" || type == "message/global", partsLeft > 0 {
      partsLeft -= 1
      parts = [MIMEEntity(decoded[...], depth: depth + 1, partsLeft: &partsLeft)]
      body = []
    }
  }

  /// The first value of a field.
  public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// A parameter of `Content-Type`.
  public func parameter(_ name: String) -> String? { parameters[name] }

  /// The body with its transfer encoding undone.
  public var decoded: [UInt8] {
    switch self["content-transfer-encoding"]?.lowercased() {
    case "base64"?: ReceivedText.base64(body)
    case "quoted-printable"?: ReceivedText.quotedPrintable(body)
    default: Array(body)
    }
  }

  /// The body as text: UTF-8 where it is that, else each byte as the character of ISO 8859-1.
  public var text: String { ReceivedText.text(decoded) }

  /// This part and all below it, depth first; what lies within enclosed messages only if asked for.
  public func all(withinMessages: Bool = true) -> [MIMEEntity] {
    guard withinMessages || !type.hasPrefix("message/rfc822") else { return [self] }
    return [self] + parts.flatMap { $0.all(withinMessages: withinMessages) }
  }

  /// Reads fields up to the empty line; what follows. A line that is no field ends the header too.
  private mutating func readHeader(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var place = bytes.startIndex
    var isFirst = true
    while place < bytes.endIndex {
      let (line, next) = Self.line(bytes, place)
      if line.isEmpty { return bytes[next...] }
      defer { isFirst = false }
      if isFirst, line.starts(with: "From ".utf8) || line.starts(with: ">From ".utf8) {
        // The envelope line of a mailbox file.
        place = next
        continue
      }
      if line.first == 0x20 || line.first == 0x09 {
        if !fields.isEmpty {
          let rest = ReceivedText.trimmed(ReceivedText.text(Array(line)))
          fields[fields.count - 1].value += (fields[fields.count - 1].value.isEmpty ? "" : " ") + rest
        }
      } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      {
        if fields.count < Self.fieldsMax {
          fields.append(
            (
              String(decoding: line[..<colon], as: UTF8.self).lowercased(),
              ReceivedText.trimmed(ReceivedText.text(Array(line[(colon + 1)...])))
            ))
        }
      } else {
        return bytes[place...]
      }
      place = next
    }
    return bytes[bytes.endIndex...]
  }

  /// A line without its end, and where the next one begins.
  static func line(_ bytes: ArraySlice<UInt8>, _ start: Int) -> (ArraySlice<UInt8>, Int) {
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
    let next = min(end + 1, bytes.endIndex)
    let isCRLF = end > start && bytes[end - 1] == 0x0D
    return (bytes[start..<(isCRLF ? end - 1 : end)], next)
  }

  private static func split(_ content: ArraySlice<UInt8>, boundary: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start: Int?
    var place = content.startIndex
    let mark = [0x2D, 0x2D] + boundary
    while place < content.endIndex {
      let (line, next) = Self.line(content, place)
      if line.starts(with: mark) {
        let rest = line[(line.startIndex + mark.count)...]
        let isEnd = rest.starts(with: [0x2D, 0x2D])
        if isEnd || rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
          if let start { parts.append(content[start..<max(start, place)]) }
          start = isEnd ? nil : next
          if isEnd { return parts }
        }
      }
      place = next
    }
    if let start { parts.append(content[start...]) }
    return parts
  }

  private mutating func readType() {
    guard let value = self["content-type"] else { return }
    var pieces = ReceivedText.pieces(value, separator: ";")
    guard !pieces.isEmpty else { return }
    let name = pieces.removeFirst().lowercased().filter { !$0.isWhitespace }
    if name.contains("/") { type = name }
    for piece in pieces {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let key = ReceivedText.trimmed(String(piece[..<equals])).lowercased()
      var value = ReceivedText.trimmed(String(piece[piece.index(after: equals)...]))
      if value.utf8.first == UInt8(ascii: "\""), value.utf8.last == UInt8(ascii: "\""), value.utf8.count > 1 {
        value = String(value.dropFirst().dropLast()).replacing("\\", with: "")
      }
      if parameters[key] == nil { parameters[key] = value }
    }
  }
}
