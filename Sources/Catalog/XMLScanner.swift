/// The part of XML 1.0 that feeds are written in, read as the bytes come: elements, attributes, text and CDATA.
///
/// Nothing is ever fetched or expanded: a document type is passed over, one with declarations of its own is refused, and
/// of entities there are the five that XML has and characters by number. Everything has a limit.
struct XMLScanner: Sendable {
  enum Event: Equatable {
    /// Also for `<a/>`, which an `end` follows.
    case start(name: String, attributes: [(name: String, value: String)])
    case end(name: String)
    /// Part of the text of the present element; the parts of one text may come apart.
    case text(String)

    static func == (a: Event, b: Event) -> Bool {
      switch (a, b) {
      case (.start(let x, let xs), .start(let y, let ys)):
        x == y && xs.elementsEqual(ys) { $0.name == $1.name && $0.value == $1.value }
      case (.end(let x), .end(let y)): x == y
      case (.text(let x), .text(let y)): x == y
      default: false
      }
    }
  }

  /// Bytes of a tag, a comment or one part of a text.
  private static let tokenBytesMax = 256 << 10
  private static let depthMax = 64
  private static let attributesMax = 64

  private var bytes: [UInt8] = []
  private var start = 0
  private(set) var line = 1
  private var open: [String] = []
  private var isStarted = false
  private var encoding = FeedEncoding.utf8
  /// The text read last was the end of the document.
  private var isEnded = false

  mutating func feed(_ more: some Collection<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes += more
  }

  /// The next event; `nil` if more bytes are needed, or nothing follows.
  mutating func next(isWhole: Bool) throws(FeedError) -> [Event]? {
    while start < bytes.count {
      if bytes[start] != UInt8(ascii: "<") {
        if let text = try text(isWhole: isWhole) {
          guard !open.isEmpty else {
            guard text.allSatisfy(\.isWhitespace) || text == "\u{FEFF}" else {
              throw error("text outside of all elements")
            }
            continue
          }
          return [.text(text)]
        }
        return nil
      }
      switch try markup(isWhole: isWhole) {
      case .events(let events): return events
      case .nothing: continue
      case .unfinished:
        guard !isWhole else { throw error("the document ends inside a tag") }
        return nil
      }
    }
    if isWhole, !open.isEmpty { throw error("the document ends before </\(open.last ?? "")>") }
    return nil
  }

  private enum Markup {
    case events([Event])
    case nothing
    case unfinished
  }

  private mutating func markup(isWhole: Bool) throws(FeedError) -> Markup {
    if begins("<!--") { return try skip("<!--", to: "-->") }
    if begins("<![CDATA[") { return try cdata() }
    if begins("<?") { return try instruction() }
    if begins("<!DOCTYPE") { return try documentType() }
    // The beginning of one of these may still be under way.
    if bytes.count - start < 9, !isWhole, [UInt8(ascii: "!")].contains(start + 1 < bytes.count ? bytes[start + 1] : 33)
    {
      return .unfinished
    }
    guard !begins("<!") else { throw error("a declaration, which feeds do not have") }
    guard let end = tagEnd() else { return try unfinished() }
    let range = (start + 1)..<end
    defer { pass(to: end + 1) }
    return .events(try tag(range))
  }

  private func begins(_ text: StaticString) -> Bool {
    guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != text.utf8Start[index] { return false }
    return true
  }

  private func find(_ text: StaticString, from: Int) -> Int? {
    let count = text.utf8CodeUnitCount
    var place = from
    while place + count <= bytes.count {
      if bytes[place] == text.utf8Start[0] {
        var index = 1
        while index < count, bytes[place + index] == text.utf8Start[index] { index += 1 }
        if index == count { return place }
      }
      place += 1
    }
    return nil
  }

  private func unfinished() throws(FeedError) -> Markup {
    guard bytes.count - start <= Self.tokenBytesMax else {
      throw error("a tag, comment or CDATA of more than \(Self.tokenBytesMax >> 10) KiB")
    }
    return .unfinished
  }

  private mutating func pass(to place: Int) {
    line += bytes[start..<place].count { $0 == 0x0A }
    start = place
  }

  private mutating func skip(_ begin: StaticString, to end: StaticString) throws(FeedError) -> Markup {
    guard let place = find(end, from: start + begin.utf8CodeUnitCount) else { return try unfinished() }
    pass(to: place + end.utf8CodeUnitCount)
    return .nothing
  }

  private mutating func cdata() throws(FeedError) -> Markup {
    guard let end = find("]]>", from: start + 9) else { return try unfinished() }
    let text = encoding.text(bytes[(start + 9)..<end])
    pass(to: end + 3)
    guard !open.isEmpty else { throw error("text outside of all elements") }
    return .events([.text(text)])
  }

  /// `<?xml … encoding="…"?>` says in what letters the rest is written.
  private mutating func instruction() throws(FeedError) -> Markup {
    guard let end = find("?>", from: start + 2) else { return try unfinished() }
    let text = String(decoding: bytes[(start + 2)..<end], as: UTF8.self)
    if !isStarted, text.hasPrefix("xml"), let name = Self.encodingName(text) {
      guard let known = FeedEncoding(name: name) else {
        throw error("the feed is in \(name.prefix(40)); save it as UTF-8 or windows-1251")
      }
      encoding = known
    }
    pass(to: end + 2)
    return .nothing
  }

  private static func encodingName(_ declaration: String) -> String? {
    guard let at = declaration.range(of: "encoding") else { return nil }
    let rest = declaration[at...].dropFirst(8).drop { $0 == " " || $0 == "=" }
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
    return String(rest.dropFirst().prefix { $0 != quote })
  }

  private mutating func documentType() throws(FeedError) -> Markup {
    guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else {
      guard !bytes[start...].contains(UInt8(ascii: "[")) else { throw declarations() }
      return try unfinished()
    }
    guard !bytes[start..<end].contains(UInt8(ascii: "[")) else { throw declarations() }
    pass(to: end + 1)
    return .nothing
  }

  private func declarations() -> FeedError {
    error("a document type with declarations of its own; entities of a feed's own are not taken")
  }

  /// The `>` that ends the tag, outside of quotes.
  private func tagEnd() -> Int? {
    var quote: UInt8 = 0
    for place in (start + 1)..<max(start + 1, bytes.count) {
      let byte = bytes[place]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return place
      }
    }
    return nil
  }

  private mutating func tag(_ range: Range<Int>) throws(FeedError) -> [Event] {
    guard let first = range.first else { throw error("a tag without a name") }
    isStarted = true
    if bytes[first] == UInt8(ascii: "/") {
      let name = String(decoding: bytes[(first + 1)..<range.upperBound].filter { $0 > 32 }, as: UTF8.self)
      guard open.last == name else {
        throw error("</\(name.prefix(40))> where \(open.last.map { "</\($0)>" } ?? "nothing") was to be closed")
      }
      open.removeLast()
      if open.isEmpty { isEnded = true }
      return [.end(name: name)]
    }
    guard !isEnded else { throw error("an element behind the last one") }
    let isEmpty = range.count > 1 && bytes[range.upperBound - 1] == UInt8(ascii: "/")
    let end = isEmpty ? range.upperBound - 1 : range.upperBound
    var place = first
    while place < end, bytes[place] > 32 { place += 1 }
    let name = String(decoding: bytes[first..<place], as: UTF8.self)
    guard !name.isEmpty, name.utf8.count <= 256, Self.isNameStart(bytes[first]) else {
      throw error("\"<\(name.prefix(20))\" begins no tag; write &lt; for a sign")
    }
    let attributes = try attributes(place..<end)
    guard open.count < Self.depthMax else { throw error("elements nested deeper than \(Self.depthMax)") }
    if isEmpty {
      if open.isEmpty { isEnded = true }
      return [.start(name: name, attributes: attributes), .end(name: name)]
    }
    open.append(name)
    return [.start(name: name, attributes: attributes)]
  }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    byte >= 128 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || (byte | 32 >= 97 && byte | 32 <= 122)
  }

  private func attributes(_ range: Range<Int>) throws(FeedError) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    var place = range.lowerBound
    func skipSpace() { while place < range.upperBound, bytes[place] <= 32 { place += 1 } }
    while true {
      skipSpace()
      guard place < range.upperBound else { return found }
      let begin = place
      while place < range.upperBound, bytes[place] > 32, bytes[place] != UInt8(ascii: "=") { place += 1 }
      let name = String(decoding: bytes[begin..<place], as: UTF8.self)
      skipSpace()
      guard !name.isEmpty, place < range.upperBound, bytes[place] == UInt8(ascii: "=") else {
        throw error("the attribute \(name.prefix(40)) has no value")
      }
      place += 1
      skipSpace()
      guard place < range.upperBound, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'"),
        let close = bytes[(place + 1)..<range.upperBound].firstIndex(of: bytes[place])
      else { throw error("the value of the attribute \(name.prefix(40)) is not in quotes") }
      guard found.count < Self.attributesMax else { throw error("a tag of more than \(Self.attributesMax) attributes") }
      found.append((name, Self.resolved(encoding.text(bytes[(place + 1)..<close]))))
      place = close + 1
    }
  }

  /// Up to the next tag, or as far as there is text that no reference is cut by.
  private mutating func text(isWhole: Bool) throws(FeedError) -> String? {
    var end = bytes[start...].firstIndex(of: UInt8(ascii: "<"))
    if end == nil {
      if isWhole {
        end = bytes.count
      } else if bytes.count - start > Self.tokenBytesMax {
        // A letter or a reference may go on in the next bytes.
        end = bytes[..<(bytes.count - 32)].lastIndex { $0 < 128 && $0 != UInt8(ascii: "&") } ?? start
      }
    }
    guard let end, end > start else { return nil }
    let text = Self.resolved(encoding.text(bytes[start..<end]))
    pass(to: end)
    return text
  }

  /// References become characters; one that nobody knows stays as it is.
  private static func resolved(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let and = rest.firstIndex(of: "&") {
      result += rest[..<and]
      rest = rest[and...]
      guard let semicolon = rest.prefix(12).firstIndex(of: ";"),
        let character = character(rest[rest.index(after: and)..<semicolon])
      else {
        result += "&"
        rest = rest.dropFirst()
        continue
      }
      result += character
      rest = rest[rest.index(after: semicolon)...]
    }
    return result + rest
  }

  private static func character(_ name: Substring) -> String? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    // Of HTML's, the one that feeds are full of.
    case "nbsp": return "\u{A0}"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let number = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let number, number >= 32 || [9, 10, 13].contains(number) else { return nil }
      return Unicode.Scalar(number).map { String(Character($0)) }
    }
  }

  private func error(_ reason: String) -> FeedError { FeedError(line: line, reason: reason) }
}

extension String {
  fileprivate func range(of word: String) -> String.Index? {
    var place = startIndex
    while place < endIndex {
      if self[place...].hasPrefix(word) { return place }
      place = index(after: place)
    }
    return nil
  }
}
