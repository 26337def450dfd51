/// Percent-encoding of URLs and form bodies.
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// RFC 3986 2.3: only unreserved characters stay, and the colon, which path and query may hold (3.3).
  static func component(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 { append(byte, keeping: isUnreserved(byte) || byte == UInt8(ascii: ":"), to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// application/x-www-form-urlencoded (URL standard 5.2).
  static func form(_ fields: [(name: String, value: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (place, field) in fields.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: "&")) }
      append(form: field.name, to: &bytes)
      bytes.append(UInt8(ascii: "="))
      append(form: field.value, to: &bytes)
    }
    return bytes
  }

  private static func append(form text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      if byte == 0x20 {
        bytes.append(UInt8(ascii: "+"))
      } else {
        append(byte, keeping: isUnreserved(byte) && byte != UInt8(ascii: "~") || byte == UInt8(ascii: "*"), to: &bytes)
      }
    }
  }

  private static func append(_ byte: UInt8, keeping isKept: Bool, to bytes: inout [UInt8]) {
    if isKept {
      bytes.append(byte)
    } else {
      bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
  }

  /// The fields of a form body or a query; wrong escapes stay as they are. At most `fieldsMax`.
  static func fields(_ text: some Sequence<UInt8>, fieldsMax: Int = 200) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    for part in Array(text).split(separator: UInt8(ascii: "&")).prefix(fieldsMax) {
      let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      fields.append((decoded(pair[0]), pair.count > 1 ? decoded(pair[1]) : ""))
    }
    return fields
  }

  private static func decoded(_ text: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var place = text.startIndex
    while place < text.endIndex {
      let byte = text[place]
      if byte == UInt8(ascii: "%"), place + 2 < text.endIndex, let high = digit(text[place + 1]),
        let low = digit(text[place + 2])
      {
        bytes.append(high << 4 | low)
        place += 3
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
