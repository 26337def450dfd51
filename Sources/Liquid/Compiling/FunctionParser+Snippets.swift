extension FunctionParser {
  /// `include 'name'`, `render 'name' with value as item, more: 1`.
  mutating func call(_ tag: String, at offset: Int, _ rest: Range<Int>) throws(TemplateError) {
    noteOutput()
    var lexer = try lexer(rest)
    let nameOffset = lexer.start
    let nameOperand = try operand(&lexer)
    var call = CallSpec(targets: [], computed: nil, arguments: [], alias: nil, value: nil, isLoop: false)
    if lexer.token == .word("for") || lexer.token == .word("with") {
      call.isLoop = lexer.token == .word("for")
      try lexer.advance()
      call.value = try operand(&lexer)
    }
    if try lexer.take(word: "as") { call.alias = compiler.symbol(try lexer.word("a name behind as")) }
    try arguments(of: &call, &lexer)
    try expectEnd(lexer, of: tag)
    if case .literal(let place) = nameOperand, case .string(let snippet) = compiler.program.literals[Int(place)] {
      try target(snippet, of: &call, at: nameOffset)
    } else if tag == "render" {
      throw failure("render needs the snippet's name in quotes", at: nameOffset)
    } else {
      call.computed = nameOperand
      try everyTarget(of: &call)
    }
    compiler.program.calls.append(call)
    let number = Int32(compiler.program.calls.count - 1)
    builder.emit(tag == "render" ? .render(number) : .include(number), at: offset)
  }

  private mutating func arguments(of call: inout CallSpec, _ lexer: inout ExpressionLexer) throws(TemplateError) {
    while lexer.token != nil {
      if try lexer.take(",") { continue }
      guard case .word(let word) = lexer.token, let value = try namedArgument(word, &lexer) else {
        throw lexer.failure("expected an argument such as name: value, found \(lexer.found)")
      }
      call.arguments.append((compiler.symbol(word), value))
    }
  }

  /// The one snippet that is meant. It may begin and end in different places of the HTML, as layouts in halves do.
  private mutating func target(_ snippet: String, of call: inout CallSpec, at offset: Int) throws(TemplateError) {
    let result: Result<(function: Int32, end: MarkupState), TemplateError>
    do throws(Fault) { result = try compiler.snippet(snippet, at: state) } catch {
      throw failure(error.message, at: offset)
    }
    let (function, end) = try result.get()
    if call.isLoop, end.joined(with: state) == nil {
      throw failure("the rounds of \"\(snippet)\" end in different places of the HTML", at: offset)
    }
    state = end
    if call.value != nil, call.alias == nil { call.alias = compiler.symbol(Self.itemName(snippet)) }
    call.targets = [.init(name: snippet, function: function)]
  }

  /// A computed name may mean any snippet that can stand here.
  private mutating func everyTarget(of call: inout CallSpec) throws(TemplateError) {
    for name in compiler.snippets.keys.sorted() {
      let result: Result<(function: Int32, end: MarkupState), TemplateError>
      do throws(Fault) { result = try compiler.snippet(name, at: state) } catch { continue }
      guard case .success(let compiled) = result, compiled.end == state else { continue }
      _ = compiler.symbol(Self.itemName(name))
      call.targets.append(.init(name: name, function: compiled.function))
    }
  }

  /// `product` for `shop/product`.
  static func itemName(_ snippet: String) -> String {
    snippet.split(separator: "/").last.map(String.init) ?? snippet
  }
}
