/// Cuts a template into literal text, `{{ outputs }}` and `{% tags %}`.
struct Lexer {
  enum Piece: Equatable {
    case text(Range<Int>)
    /// What stands between the braces.
    case output(Range<Int>)
    case tag(Range<Int>)
  }

  let source: [UInt8]
  private var offset = 0
  /// Set by `-}}` and `-%}`: the text that follows loses its leading white space.
  private var trimsNext = false

  init(_ source: [UInt8]) { self.source = source }

  /// The next piece; `nil` at the end.
  mutating func next() throws(TemplateError) -> Piece? {
    if let text = takeText() { return .text(text) }
    guard offset < source.count else { return nil }
    let start = offset
    let isOutput = source[start + 1] == UInt8(ascii: "{")
    let closing: [UInt8] = isOutput ? Array("}}".utf8) : Array("%}".utf8)
    guard let end = findEnd(closing, from: start + 2) else {
      throw TemplateError(
        isOutput ? "{{ is never closed: }} is missing" : "{% is never closed: %} is missing", at: start, of: source)
    }
    var inner = (start + 2)..<end
    if let first = inner.first, source[first] == UInt8(ascii: "-") { inner = (first + 1)..<end }
    trimsNext = false
    if let last = inner.last, source[last] == UInt8(ascii: "-") {
      inner = inner.lowerBound..<last
      trimsNext = true
    }
    offset = end + 2
    return isOutput ? .output(inner) : .tag(inner)
  }

  /// The text up to the next opening, without white space that a neighbouring `-` takes away; `nil` if it is empty.
  private mutating func takeText() -> Range<Int>? {
    var start = offset
    while offset < source.count, !isOpening(at: offset) { offset += 1 }
    var end = offset
    if trimsNext {
      while start < end, Self.isSpace(source[start]) { start += 1 }
      trimsNext = false
    }
    if offset + 2 < source.count, source[offset + 2] == UInt8(ascii: "-") {
      while end > start, Self.isSpace(source[end - 1]) { end -= 1 }
    }
    return start < end ? start..<end : nil
  }

  private func isOpening(at place: Int) -> Bool {
    place + 1 < source.count && source[place] == UInt8(ascii: "{")
      && (source[place + 1] == UInt8(ascii: "{") || source[place + 1] == UInt8(ascii: "%"))
  }

  /// Where the closing begins, passing over quoted text, which may contain braces.
  private func findEnd(_ closing: [UInt8], from start: Int) -> Int? {
    var place = start
    var quote: UInt8?
    while place + 1 < source.count {
      let byte = source[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == closing[0], source[place + 1] == closing[1] {
        return place
      }
      place += 1
    }
    return nil
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}
