/// Cuts a template into literal text, `{{ outputs }}` and `{% tags %}`.
struct Cutter {
  enum Piece: Equatable {
    case text(Range<Int>)
    /// What stands between the braces.
    case output(Range<Int>)
    case tag(Range<Int>)
  }

  let source: [UInt8]
  let name: String
  private(set) var offset = 0
  /// Where the last piece begins.
  private(set) var start = 0
  /// Set by `-}}` and `-%}`: the text that follows loses its leading white space.
  private var trimsNext = false

  init(_ source: [UInt8], name: String) {
    self.source = source
    self.name = name
  }

  func failure(_ message: String, at place: Int) -> TemplateError {
    TemplateError(message, at: place, of: source, named: name)
  }

  /// The next piece; `nil` at the end.
  mutating func next() throws(TemplateError) -> Piece? {
    start = offset
    if let text = takeText() { return .text(text) }
    guard offset < source.count else { return nil }
    start = offset
    let isOutput = source[start + 1] == UInt8(ascii: "{")
    guard let end = isOutput ? outputEnd(from: start + 2) : end(of: UInt8(ascii: "%"), from: start + 2) else {
      throw failure(
        isOutput ? "{{ is never closed: }} is missing" : "{% is never closed: %} is missing", at: start)
    }
    let inner = trimmed((start + 2)..<end)
    offset = end + 2
    return isOutput ? .output(inner) : .tag(inner)
  }

  /// The verbatim text up to `{% word %}`; `nil` if there is none.
  mutating func takeVerbatim(until word: String) -> Range<Int>? {
    let wanted = Array(word.utf8)
    var place = offset
    trimsNext = false
    while let open = nextTag(from: place) {
      var at = open + 2
      if at < source.count, source[at] == UInt8(ascii: "-") { at += 1 }
      while at < source.count, isLiquidSpace(source[at]) { at += 1 }
      if source[at...].starts(with: wanted), let end = closing(after: at + wanted.count) {
        defer { offset = end }
        return offset..<open
      }
      place = open + 2
    }
    return nil
  }

  /// What stands in the next tag, passing over everything before it; `nil` at the end.
  mutating func passTag() -> Range<Int>? {
    guard let open = nextTag(from: offset), let end = end(of: UInt8(ascii: "%"), from: open + 2) else {
      offset = source.count
      return nil
    }
    offset = end + 2
    return trimmed((open + 2)..<end)
  }

  /// Behind a `%}` that only white space and `-` separate from `place`.
  private mutating func closing(after place: Int) -> Int? {
    var at = place
    while at < source.count, isLiquidSpace(source[at]) { at += 1 }
    let trims = at < source.count && source[at] == UInt8(ascii: "-")
    if trims { at += 1 }
    guard at + 1 < source.count, source[at] == UInt8(ascii: "%"), source[at + 1] == UInt8(ascii: "}") else {
      return nil
    }
    trimsNext = trims
    return at + 2
  }

  private func nextTag(from start: Int) -> Int? {
    var place = start
    while place + 1 < source.count {
      if source[place] == UInt8(ascii: "{"), source[place + 1] == UInt8(ascii: "%") { return place }
      place += 1
    }
    return nil
  }

  private mutating func trimmed(_ whole: Range<Int>) -> Range<Int> {
    var inner = whole
    if let first = inner.first, source[first] == UInt8(ascii: "-") { inner = (first + 1)..<inner.upperBound }
    trimsNext = false
    if let last = inner.last, source[last] == UInt8(ascii: "-") {
      inner = inner.lowerBound..<last
      trimsNext = true
    }
    return inner
  }

  /// The text up to the next opening, without white space that a neighbouring `-` takes away; `nil` if it is empty.
  private mutating func takeText() -> Range<Int>? {
    var start = offset
    while offset < source.count, !isOpening(at: offset) { offset += 1 }
    var end = offset
    if trimsNext {
      while start < end, isLiquidSpace(source[start]) { start += 1 }
      trimsNext = false
    }
    if offset + 2 < source.count, source[offset + 2] == UInt8(ascii: "-") {
      while end > start, isLiquidSpace(source[end - 1]) { end -= 1 }
    }
    return start < end ? start..<end : nil
  }

  private func isOpening(at place: Int) -> Bool {
    place + 1 < source.count && source[place] == UInt8(ascii: "{")
      && (source[place + 1] == UInt8(ascii: "{") || source[place + 1] == UInt8(ascii: "%"))
  }

  /// Where `}}` begins, passing over quoted text, which may contain braces.
  private func outputEnd(from start: Int) -> Int? {
    var place = start
    var quote: UInt8?
    while place + 1 < source.count {
      let byte = source[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "}"), source[place + 1] == UInt8(ascii: "}") {
        return place
      }
      place += 1
    }
    return nil
  }

  /// Where `%}` begins. Quotes do not count: a comment may hold a single one.
  private func end(of sign: UInt8, from start: Int) -> Int? {
    var place = start
    while place + 1 < source.count {
      if source[place] == sign, source[place + 1] == UInt8(ascii: "}") { return place }
      place += 1
    }
    return nil
  }
}
