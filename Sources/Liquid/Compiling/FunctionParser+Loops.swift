extension FunctionParser {
  /// `for item in list reversed limit: 3 offset: 1`, `tablerow item in list cols: 2`.
  mutating func openLoop(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    var lexer = try lexer(rest)
    let variable = try lexer.word("a name for the item")
    guard try lexer.take(word: "in") else { throw lexer.failure("expected in, found \(lexer.found)") }
    let start = lexer.start
    let collection = try operand(&lexer)
    let text = String(decoding: source[start..<lexer.previousEnd], as: UTF8.self)
    var spec = LoopSpec(variable: compiler.symbol(variable), collection: collection, name: "\(variable)-\(text)")
    spec.isTable = tag == "tablerow"
    while lexer.token != nil { try option(&spec, &lexer) }
    if spec.isTable { noteOutput() }
    try open(.loop, tag, at: offset)
    if spec.isTable { blocks[blocks.count - 1].isBlank = false }
    compiler.program.loops.append(spec)
    let number = Int32(compiler.program.loops.count - 1)
    blocks[blocks.count - 1].number = number
    builder.emit(.loopBegin(number), at: offset)
    compiler.program.loops[Int(number)].body = builder.next
  }

  private mutating func option(_ spec: inout LoopSpec, _ lexer: inout ExpressionLexer) throws(TemplateError) {
    if try lexer.take(",") { return }
    let place = lexer
    let options = spec.isTable ? "cols:, limit: or offset:" : "reversed, limit: or offset:"
    let word = try lexer.word(options)
    if word == "reversed", !spec.isTable {
      spec.isReversed = true
      return
    }
    guard ["limit", "offset"].contains(word) || (word == "cols" && spec.isTable) else {
      throw place.failure("unexpected \(place.found); expected \(options)")
    }
    try lexer.expect(":")
    switch word {
    case "limit": spec.limit = try operand(&lexer)
    case "cols": spec.columns = try operand(&lexer)
    case _ where try lexer.take(word: "continue"): spec.offset = .proceed
    default: spec.offset = .value(try operand(&lexer))
    }
  }

  mutating func loopElse(at offset: Int) throws(TemplateError) {
    let last = blocks.count - 1
    guard !blocks[last].hasElse else { throw failure("a second {% else %} in {% for %}", at: offset) }
    try endLoopBody(at: offset)
    blocks[last].hasElse = true
    blocks[last].exits.append(builder.emit(.jump(0), at: offset))
    compiler.program.loops[Int(blocks[last].number)].otherwise = builder.next
    state = blocks[last].start
  }

  private mutating func endLoopBody(at offset: Int) throws(TemplateError) {
    let block = blocks[blocks.count - 1]
    let number = Int(block.number)
    compiler.program.loops[number].next = builder.next
    builder.emit(.loopNext(block.number), at: block.offset)
    compiler.program.loops[number].after = builder.next
    compiler.program.loops[number].otherwise = builder.next
    blocks[blocks.count - 1].ends.append(state)
  }

  mutating func closeLoop(at offset: Int) throws(TemplateError) {
    if blocks[blocks.count - 1].hasElse {
      blocks[blocks.count - 1].ends.append(state)
    } else {
      try endLoopBody(at: offset)
    }
    let block = pop(stripsBlanks: true)
    for exit in block.exits { patch(exit) }
    state = try joined([block.start] + block.ends, "the rounds of {% \(block.tag) %}", at: block.offset)
  }

  mutating func interrupt(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    try expectEnd(try lexer(rest), of: tag)
    noteOutput()
    // A loop around an include is left too; the snippet then stands where the loop's body does.
    let home = blocks.last { $0.kind == .loop || $0.kind == .capture }?.start ?? start
    guard
      blocks.last(where: { $0.kind == .loop || $0.kind == .capture })?.kind == .capture
        || state.joined(with: home) != nil
    else { throw failure("{% \(tag) %} leaves the loop inside a tag, a value or a comment", at: offset) }
    builder.emit(tag == "break" ? .stop : .skip, at: offset)
  }
}
