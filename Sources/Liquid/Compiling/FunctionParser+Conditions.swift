extension FunctionParser {
  mutating func openCondition(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    var lexer = try lexer(rest)
    let condition = try condition(&lexer, isNegated: tag == "unless")
    try open(.condition, tag, at: offset)
    let jump = builder.emit(.jumpUnless(condition: condition, target: 0), at: offset)
    blocks[blocks.count - 1].pending = jump
  }

  mutating func elseIf(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    guard blocks.count > floor, blocks.last?.kind == .condition else {
      throw failure("{% elsif %} stands outside {% if %}", at: offset)
    }
    var lexer = try lexer(rest)
    let condition = try condition(&lexer, isNegated: false)
    try endBranch(at: offset)
    guard !blocks[blocks.count - 1].hasElse else { return }
    let jump = builder.emit(.jumpUnless(condition: condition, target: 0), at: offset)
    blocks[blocks.count - 1].pending = jump
  }

  /// `else` of any block. What Shopify lets stand behind the word is let stand here too.
  mutating func otherwise(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    guard blocks.count > floor, let block = blocks.last else {
      throw failure("{% else %} stands outside {% if %}, {% case %} and {% for %}", at: offset)
    }
    switch block.kind {
    case .condition:
      try endBranch(at: offset)
      blocks[blocks.count - 1].hasElse = true
    case .cases: caseElse(at: offset)
    case .loop where block.tag == "for": try loopElse(at: offset)
    default: throw failure("{% \(block.tag) %} has no {% else %}", at: offset)
    }
  }

  /// Ends a branch of an `if`: a jump to its end, and the next branch begins here.
  private mutating func endBranch(at offset: Int) throws(TemplateError) {
    let last = blocks.count - 1
    blocks[last].exits.append(builder.emit(.jump(0), at: offset))
    if blocks[last].isBranchOpen { blocks[last].ends.append(state) }
    // A second else is never reached.
    if blocks[last].hasElse { blocks[last].isBranchOpen = false }
    patch(blocks[last].pending)
    blocks[last].pending = nil
    state = blocks[last].start
  }

  mutating func closeCondition(at offset: Int) throws(TemplateError) {
    var block = pop(stripsBlanks: true)
    if block.isBranchOpen { block.ends.append(state) }
    if !block.hasElse { block.ends.append(block.start) }
    patch(block.pending)
    for exit in block.exits { patch(exit) }
    state = try joined(block.ends, "the branches of {% \(block.tag) %}", at: block.offset)
  }
}

/// `case`: every `when` whose value equals runs its body, once for each equal value; `else` runs if none has yet.
extension FunctionParser {
  mutating func openCase(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    var lexer = try lexer(rest)
    let value = try operand(&lexer)
    try expectEnd(lexer, of: "case")
    let register = Int32(blocks.count { $0.kind == .cases })
    builder.function.registers = max(builder.function.registers, Int(register) + 1)
    try open(.cases, "case", at: offset)
    blocks[blocks.count - 1].number = register
    blocks[blocks.count - 1].isBranchOpen = false
    compiler.program.expressions.append(Expression(operand: value, filters: Extent(0, 0)))
    let expression = Int32(compiler.program.expressions.count - 1)
    builder.emit(.caseBegin(register: register, expression: expression), at: offset)
    // What stands before the first `when` is never shown.
    blocks[blocks.count - 1].exits.append(builder.emit(.jump(0), at: offset))
  }

  mutating func when(at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    guard blocks.count > floor, blocks.last?.kind == .cases else {
      throw failure("{% when %} stands outside {% case %}", at: offset)
    }
    var lexer = try lexer(rest)
    var values = [try operand(&lexer)]
    var isMore = true
    while isMore {
      let takesOr = try lexer.take(word: "or")
      let takesComma = takesOr ? false : try lexer.take(",")
      isMore = takesOr || takesComma
      if isMore { values.append(try operand(&lexer)) }
    }
    if lexer.token != nil, syntax == .strict {
      throw lexer.failure("unexpected \(lexer.found); expected a comma, or, or the end of the tag")
    }
    endCaseBranch(at: offset)
    let first = Int32(compiler.program.arguments.count)
    compiler.program.arguments += values
    compiler.program.cases.append(Extent(first, Int32(compiler.program.arguments.count)))
    let last = blocks.count - 1
    let jump = builder.emit(
      .when(register: blocks[last].number, values: Int32(compiler.program.cases.count - 1), otherwise: 0), at: offset)
    blocks[last].pending = jump
    blocks[last].bodyStart = builder.next
    blocks[last].isBranchOpen = true
  }

  private var syntax: Template.Syntax { compiler.syntax }

  mutating func caseElse(at offset: Int) {
    endCaseBranch(at: offset)
    let last = blocks.count - 1
    blocks[last].pending = builder.emit(.caseElse(register: blocks[last].number, otherwise: 0), at: offset)
    blocks[last].bodyStart = -1
    blocks[last].isBranchOpen = true
  }

  private mutating func endCaseBranch(at offset: Int) {
    let last = blocks.count - 1
    if blocks[last].isBranchOpen {
      if blocks[last].bodyStart >= 0 {
        builder.emit(.whenAgain(register: blocks[last].number, target: blocks[last].bodyStart), at: offset)
      }
      blocks[last].ends.append(state)
    } else {
      for exit in blocks[last].exits { patch(exit) }
      blocks[last].exits = []
    }
    patch(blocks[last].pending)
    blocks[last].pending = nil
    state = blocks[last].start
  }

  mutating func closeCase(at offset: Int) throws(TemplateError) {
    endCaseBranch(at: offset)
    let block = pop(stripsBlanks: true)
    // Several branches may run after one another, so each has to end where it began.
    state = try joined([block.start] + block.ends, "the branches of {% case %}", at: block.offset)
  }
}
