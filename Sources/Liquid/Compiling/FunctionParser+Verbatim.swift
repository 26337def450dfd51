extension FunctionParser {
  /// `raw` shows its text as it is; `doc` hides it.
  mutating func verbatim(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    try expectEnd(try lexer(rest), of: tag)
    guard let body = cutter.takeVerbatim(until: "end" + tag) else {
      throw failure("{% \(tag) %} is never closed: {% end\(tag) %} is missing", at: offset)
    }
    if tag == "doc" {
      var inner = Cutter(Array(source[body]), name: name)
      while let _ = inner.takeVerbatim(until: "doc") {
        throw failure("{% doc %} cannot stand inside {% doc %}", at: offset)
      }
    } else if !body.isEmpty {
      noteOutput()
      text(body)
    }
  }

  /// Passes over everything up to the `endcomment` that belongs to this tag; comments and raw texts inside count.
  mutating func openComment(at offset: Int) throws(TemplateError) {
    var depth = 1
    while let word = cutter.nextTagWord() {
      switch word {
      case "comment": depth += 1
      case "endcomment":
        depth -= 1
        if depth == 0 { return }
      case "raw":
        guard cutter.takeVerbatim(until: "endraw") != nil else {
          throw failure("{% raw %} in {% comment %} is never closed", at: offset)
        }
      default: break
      }
    }
    throw failure("{% comment %} is never closed: {% endcomment %} is missing", at: offset)
  }

  /// `liquid`: a tag on each line.
  mutating func lines(_ rest: Range<Int>, depth: Int) throws(TemplateError) {
    guard depth < Self.depthMax else {
      throw failure("{% liquid %} is nested deeper than \(Self.depthMax)", at: rest.lowerBound)
    }
    let outer = floor
    floor = blocks.count
    defer { floor = outer }
    var comments = 0
    var start = rest.lowerBound
    while start < rest.upperBound {
      let end = source[start..<rest.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? rest.upperBound
      try line(start..<end, depth: depth, comments: &comments)
      start = end + 1
    }
    guard comments == 0 else {
      throw failure("comment in {% liquid %} is never closed: endcomment is missing", at: rest.lowerBound)
    }
    guard blocks.count == floor else {
      let open = blocks[blocks.count - 1]
      throw failure("\(open.tag) in {% liquid %} is never closed: end\(open.tag) is missing", at: open.offset)
    }
  }

  private mutating func line(_ range: Range<Int>, depth: Int, comments: inout Int) throws(TemplateError) {
    var start = range.lowerBound
    while start < range.upperBound, isLiquidSpace(source[start]) { start += 1 }
    guard start < range.upperBound else { return }
    let word = source[start..<range.upperBound].prefix { ExpressionLexer.isWordByte($0) }
    if word.elementsEqual("comment".utf8) {
      comments += 1
    } else if comments > 0 {
      if word.elementsEqual("endcomment".utf8) { comments -= 1 }
    } else if source[start] != UInt8(ascii: "#") {
      guard !word.elementsEqual("raw".utf8), !word.elementsEqual("doc".utf8) else {
        throw failure("raw and doc cannot stand inside {% liquid %}", at: start)
      }
      try tag(start..<range.upperBound, depth: depth + 1)
    }
  }
}

extension Cutter {
  /// The first word of the next tag, passing over everything before it; `nil` at the end.
  mutating func nextTagWord() -> String? {
    guard let range = passTag() else { return nil }
    let bytes = source[range].drop { isLiquidSpace($0) }.prefix { ExpressionLexer.isWordByte($0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
