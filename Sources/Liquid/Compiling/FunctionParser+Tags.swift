extension FunctionParser {
  /// One tag: its name, and what follows the name.
  mutating func tag(_ tag: String, at offset: Int, _ rest: Range<Int>, depth: Int) throws(TemplateError) {
    switch tag {
    case "if", "unless": try openCondition(tag, at: offset, rest)
    case "elsif": try elseIf(at: offset, rest)
    case "else": try otherwise(at: offset, rest)
    case "case": try openCase(at: offset, rest)
    case "when": try when(at: offset, rest)
    case "for", "tablerow": try openLoop(tag, at: offset, rest)
    case "break", "continue": try interrupt(tag, at: offset, rest)
    case "assign": try assign(at: offset, rest)
    case "capture": try openCapture(at: offset, rest)
    case "ifchanged": try openChanged(at: offset, rest)
    case "increment", "decrement": try count(tag, at: offset, rest)
    case "cycle": try cycle(at: offset, rest)
    case "echo": try echo(at: offset, rest)
    case "include", "render": try call(tag, at: offset, rest)
    case "raw", "doc": try verbatim(tag, at: offset, rest)
    case "comment": try openComment(at: offset)
    case "liquid": try lines(rest, depth: depth)
    case _ where tag.hasPrefix("end") && Self.closers.contains(tag): try close(tag, at: offset, rest)
    default:
      throw failure("unknown tag \"\(tag)\"; known: \(Self.known.joined(separator: ", "))", at: offset)
    }
  }

  private static let known = [
    "assign", "break", "capture", "case", "comment", "continue", "cycle", "decrement", "doc", "echo", "for", "if",
    "ifchanged", "include", "increment", "liquid", "raw", "render", "tablerow", "unless",
  ]
  private static let closers: Set<String> = [
    "endif", "endunless", "endcase", "endfor", "endtablerow", "endcapture", "endifchanged",
  ]

  func lexer(_ range: Range<Int>) throws(TemplateError) -> ExpressionLexer {
    try ExpressionLexer(source, range, name: name)
  }

  func expectEnd(_ lexer: ExpressionLexer, of tag: String) throws(TemplateError) {
    guard lexer.token == nil else { throw lexer.failure("unexpected \(lexer.found) in {% \(tag) %}") }
  }

  mutating func open(_ kind: Block.Kind, _ tag: String, at offset: Int) throws(TemplateError) {
    guard blocks.count < Self.blocksMax else {
      throw failure("tags are nested deeper than \(Self.blocksMax)", at: offset)
    }
    blocks.append(Block(kind: kind, tag: tag, offset: offset, start: state))
  }

  private mutating func close(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    try expectEnd(try lexer(rest), of: tag)
    guard blocks.count > floor, let block = blocks.last else {
      throw failure("{% \(tag) %} closes nothing", at: offset)
    }
    guard "end" + block.tag == tag else {
      throw failure("{% \(tag) %} does not close {% \(block.tag) %}; expected {% end\(block.tag) %}", at: offset)
    }
    switch block.kind {
    case .condition: try closeCondition(at: offset)
    case .cases: try closeCase(at: offset)
    case .loop: try closeLoop(at: offset)
    case .capture: try closeCapture(at: offset)
    case .changed: try closeChanged(at: offset)
    }
  }

  /// Takes the block off; without its white space if it says nothing.
  @discardableResult
  mutating func pop(stripsBlanks: Bool) -> Block {
    let block = blocks.removeLast()
    if block.isBlank, stripsBlanks {
      for place in block.blanks { builder.function.instructions[place] = .nothing }
    } else if !block.isBlank, block.kind != .capture {
      noteOutput()
    }
    return block
  }

  func joined(_ states: [MarkupState], _ what: String, at offset: Int) throws(TemplateError) -> MarkupState {
    guard var joined = states.first else { return state }
    for other in states.dropFirst() {
      guard let both = joined.joined(with: other) else {
        throw failure("\(what) end in different places of the HTML: one inside a tag, a value or a comment", at: offset)
      }
      joined = both
    }
    return joined
  }

  mutating func patch(_ place: Int?) {
    guard let place else { return }
    let next = builder.next
    switch builder.function.instructions[place] {
    case .jump: builder.function.instructions[place] = .jump(next)
    case .jumpUnless(let condition, _):
      builder.function.instructions[place] = .jumpUnless(condition: condition, target: next)
    case .when(let register, let values, _):
      builder.function.instructions[place] = .when(register: register, values: values, otherwise: next)
    case .caseElse(let register, _):
      builder.function.instructions[place] = .caseElse(register: register, otherwise: next)
    default: break
    }
  }
}
