/// Writes HTML into bytes. Whatever comes from data is escaped here and nowhere else: tag and attribute names are
/// literals of the program, texts and attribute values always pass through `append(escaped:)`, and there is no way to
/// write markup from a `String`.
public struct HTML: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// For whom the page is written: language and time zone.
  public let reader: Reader
  private var liveRanges: [(name: String, range: Range<Int>)] = []

  public init(reader: Reader) {
    self.reader = reader
    bytes.reserveCapacity(24 * 1_024)
  }

  /// An element with content.
  public mutating func callAsFunction(
    _ tag: StaticString, _ attributes: Attribute..., content: (inout HTML) -> Void
  ) {
    open(tag, attributes)
    content(&self)
    close(tag)
  }

  /// An element that holds one phrase.
  public mutating func callAsFunction(_ tag: StaticString, _ attributes: Attribute..., say phrase: Phrase) {
    open(tag, attributes)
    say(phrase)
    close(tag)
  }

  /// An element that holds text from data, kept apart from the reading direction around it (`bdi`).
  public mutating func callAsFunction(_ tag: StaticString, _ attributes: Attribute..., data text: String) {
    open(tag, attributes)
    data(text)
    close(tag)
  }

  /// An element without content and end tag, such as `input`.
  public mutating func void(_ tag: StaticString, _ attributes: Attribute...) {
    open(tag, attributes)
  }

  /// Text of the program itself.
  public mutating func text(_ text: String) {
    append(escaped: text)
  }

  /// Text that people typed or machines sent: isolated, so that a right-to-left name or an override character cannot
  /// turn the words around it.
  public mutating func data(_ text: String, charactersMax: Int = 160) {
    open("bdi", [])
    append(escaped: text.excerpt(charactersMax))
    close("bdi")
  }

  /// Text inside `pre` and `textarea`, whose first line break the browser drops.
  public mutating func verbatim(_ text: String) {
    bytes.append(UInt8(ascii: "\n"))
    append(escaped: text)
  }

  /// An element that the page's script keeps up to date, and that can be asked for alone by its name.
  public mutating func live(_ name: StaticString, _ tag: StaticString = "div", content: (inout HTML) -> Void) {
    let start = bytes.count
    open(tag, [.id(name), .live(name)])
    content(&self)
    close(tag)
    liveRanges.append((name.description, start..<bytes.count))
  }

  /// The bytes of a live element; `nil` if there is none of that name.
  public func fragment(_ name: String) -> [UInt8]? {
    liveRanges.first { $0.name == name }.map { Array(bytes[$0.range]) }
  }

  /// Starts a document.
  mutating func doctype() {
    append(literal: "<!doctype html>")
  }

  private mutating func open(_ tag: StaticString, _ attributes: [Attribute]) {
    bytes.append(UInt8(ascii: "<"))
    append(literal: tag)
    for attribute in attributes {
      attribute.write(into: &self)
    }
    bytes.append(UInt8(ascii: ">"))
  }

  private mutating func close(_ tag: StaticString) {
    append(literal: "</")
    append(literal: tag)
    bytes.append(UInt8(ascii: ">"))
  }
}

extension HTML {
  mutating func append(literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(byte: UInt8) {
    bytes.append(byte)
  }

  /// Escapes what HTML gives a meaning, and replaces control characters, which no HTML document may contain.
  mutating func append(escaped text: String) {
    var text = text
    text.withUTF8 { utf8 in
      var start = 0
      for index in utf8.indices {
        guard let replacement = Self.replacement(of: utf8[index]) else { continue }
        bytes.append(contentsOf: utf8[start..<index])
        append(literal: replacement)
        start = index + 1
      }
      bytes.append(contentsOf: utf8[start...])
    }
  }

  private static func replacement(of byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    case 0x09, 0x0A: nil
    case 0x0D: "&#13;"
    case 0..<0x20, 0x7F: "\u{FFFD}"
    default: nil
    }
  }
}

extension String {
  /// The first characters, and an ellipsis if there are more.
  func excerpt(_ charactersMax: Int) -> String {
    guard utf8.count > charactersMax, let end = index(startIndex, offsetBy: charactersMax, limitedBy: endIndex),
      end < endIndex
    else { return self }
    return self[..<end] + "…"
  }
}
