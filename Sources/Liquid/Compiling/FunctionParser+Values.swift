extension FunctionParser {
  /// `assign name = value | filters`.
  mutating func assign(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    guard let equals = source[rest].firstIndex(of: UInt8(ascii: "=")) else {
      throw failure("expected {% assign name = value %}", at: offset)
    }
    let symbol = try target(rest.lowerBound..<equals)
    var lexer = try lexer((equals + 1)..<rest.upperBound)
    let expression = try expression(&lexer)
    try expectEnd(lexer, of: "assign")
    builder.emit(.assign(symbol: symbol, expression: expression), at: offset)
  }

  /// The name that a value gets: letters, digits, `_` and `-`.
  private mutating func target(_ range: Range<Int>) throws(TemplateError) -> Int32 {
    var bytes = source[range].drop(while: isLiquidSpace)
    while let last = bytes.last, isLiquidSpace(last) { bytes.removeLast() }
    if bytes.count >= 2, let quote = bytes.first, quote == bytes.last, quote == 34 || quote == 39 {
      bytes = bytes.dropFirst().dropLast()
    }
    guard let first = bytes.first, first != UInt8(ascii: "-"),
      bytes.allSatisfy({ ExpressionLexer.isWordByte($0) || $0 == UInt8(ascii: "-") })
    else { throw failure("expected a name of letters, digits, _ and -", at: bytes.startIndex) }
    return compiler.symbol(String(decoding: bytes, as: UTF8.self))
  }

  mutating func openCapture(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    let symbol = try target(rest)
    try open(.capture, "capture", at: offset)
    builder.emit(.captureBegin(symbol: symbol), at: offset)
    if case .html = state { state = .html(HTMLState()) } else { state = .plain }
  }

  mutating func closeCapture(at offset: Int) throws(TemplateError) {
    let block = pop(stripsBlanks: false)
    if case .html(let html) = state, html.mode != .text {
      throw failure("{% capture %} ends inside a tag, a value or a comment", at: block.offset)
    }
    builder.emit(.captureEnd, at: offset)
    state = block.start
  }

  mutating func openChanged(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    try expectEnd(try lexer(rest), of: "ifchanged")
    try open(.changed, "ifchanged", at: offset)
    builder.emit(.changedBegin, at: offset)
  }

  mutating func closeChanged(at offset: Int) throws(TemplateError) {
    let block = pop(stripsBlanks: false)
    builder.emit(.changedEnd, at: offset)
    state = try joined([block.start, state], "{% ifchanged %} with and without its text", at: block.offset)
  }

  mutating func count(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    noteOutput()
    let symbol = try target(rest)
    // Digits are escaped nowhere; the place has to be one where a value may stand.
    _ = try outputPlace(at: offset)
    builder.emit(.count(symbol: symbol, isUp: tag == "increment"), at: offset)
  }

  /// `cycle a, b` or `cycle group: a, b`.
  mutating func cycle(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    noteOutput()
    var lexer = try lexer(rest)
    let start = lexer.start
    var values = [try operand(&lexer)]
    var group: Operand?
    if try lexer.take(":") {
      group = values[0]
      values = [try operand(&lexer)]
    }
    while try lexer.take(",") {
      if lexer.token != nil { values.append(try operand(&lexer)) }
    }
    try expectEnd(lexer, of: "cycle")
    let first = Int32(compiler.program.arguments.count)
    compiler.program.arguments += values
    compiler.program.cycles.append(
      CycleSpec(
        group: group, key: "u" + String(decoding: source[start..<lexer.previousEnd], as: UTF8.self),
        values: Extent(first, Int32(compiler.program.arguments.count))))
    let place = try outputPlace(at: offset)
    builder.emit(.cycle(Int32(compiler.program.cycles.count - 1), place: place), at: offset)
  }

  mutating func echo(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    noteOutput()
    var lexer = try lexer(rest)
    guard lexer.token != nil else { return }
    let expression = try expression(&lexer)
    try expectEnd(lexer, of: "echo")
    let place = try outputPlace(at: offset)
    builder.emit(.output(expression: expression, place: place), at: offset)
  }
}
