import RoostCore

extension FunctionParser {
  /// A value and its filters.
  mutating func expression(_ lexer: inout ExpressionLexer) throws(TemplateError) -> Int32 {
    let operand = try operand(&lexer)
    var calls: [FilterCall] = []
    while try lexer.take("|") { calls.append(try filter(&lexer)) }
    let first = Int32(compiler.program.filters.count)
    compiler.program.filters += calls
    compiler.program.expressions.append(
      Expression(operand: operand, filters: Extent(first, Int32(compiler.program.filters.count))))
    return Int32(compiler.program.expressions.count - 1)
  }

  mutating func operand(_ lexer: inout ExpressionLexer, depth: Int = 0) throws(TemplateError) -> Operand {
    guard depth < Self.depthMax else { throw lexer.failure("brackets are nested deeper than \(Self.depthMax)") }
    switch lexer.token {
    case .string(let text):
      try lexer.advance()
      return .literal(compiler.literal(.string(text)))
    case .int(let number):
      try lexer.advance()
      return .literal(compiler.literal(.int(number)))
    case .double(let number):
      try lexer.advance()
      return .literal(compiler.literal(.double(number)))
    case .word(let word):
      try lexer.advance()
      if let value = Self.constant(word), !lexer.isAt("."), !lexer.isAt("[") {
        return .literal(compiler.literal(value))
      }
      return try path(compiler.symbol(word), computed: .literal(0), &lexer, depth)
    case .sign(UInt8(ascii: "[")):
      try lexer.advance()
      let name = try operand(&lexer, depth: depth + 1)
      try lexer.expect("]")
      if case .literal(let place) = name, case .string(let word) = compiler.program.literals[Int(place)] {
        return try path(compiler.symbol(word), computed: .literal(0), &lexer, depth)
      }
      return try path(-1, computed: name, &lexer, depth)
    case .sign(UInt8(ascii: "(")):
      try lexer.advance()
      let first = try operand(&lexer, depth: depth + 1)
      guard lexer.token == .dots else {
        throw lexer.failure("expected .. and the end of the range, found \(lexer.found)")
      }
      try lexer.advance()
      let last = try operand(&lexer, depth: depth + 1)
      try lexer.expect(")")
      compiler.program.ranges.append(RangeOperand(first: first, last: last))
      return .range(Int32(compiler.program.ranges.count - 1))
    case .sign, .dots, .comparison, nil:
      throw lexer.failure("expected a variable or a value, found \(lexer.found)")
    }
  }

  private static func constant(_ word: String) -> LiquidValue? {
    switch word {
    case "true": .bool(true)
    case "false": .bool(false)
    case "nil", "null": .null
    case "empty": .empty
    case "blank": .blank
    default: nil
    }
  }

  /// `.name`, `["name"]`, `[0]` and `[variable]` after a name.
  private mutating func path(
    _ symbol: Int32, computed: Operand, _ lexer: inout ExpressionLexer, _ depth: Int
  ) throws(TemplateError) -> Operand {
    var steps: [Step] = []
    while true {
      if try lexer.take(".") {
        guard case .word(let word) = lexer.token else {
          throw lexer.failure("expected a name after the dot, found \(lexer.found)")
        }
        steps.append(named(word, isProperty: true))
        try lexer.advance()
      } else if try lexer.take("[") {
        steps.append(try bracket(&lexer, depth))
        try lexer.expect("]")
      } else {
        break
      }
      guard steps.count <= Self.depthMax else { throw lexer.failure("a path of more than \(Self.depthMax) names") }
    }
    let first = Int32(compiler.program.steps.count)
    compiler.program.steps += steps
    compiler.program.paths.append(
      Path(symbol: symbol, computed: computed, steps: Extent(first, Int32(compiler.program.steps.count))))
    return .path(Int32(compiler.program.paths.count - 1))
  }

  private mutating func bracket(_ lexer: inout ExpressionLexer, _ depth: Int) throws(TemplateError) -> Step {
    switch try operand(&lexer, depth: depth + 1) {
    case .literal(let place):
      switch compiler.program.literals[Int(place)] {
      case .string(let name): return named(name, isProperty: false)
      case .int(let number) where Int32(exactly: number) != nil: return .index(Int32(number))
      default: return .computed(.literal(place))
      }
    case let other: return .computed(other)
    }
  }

  private mutating func named(_ name: String, isProperty: Bool) -> Step {
    let key = compiler.literal(.string(name))
    guard isProperty else { return .key(key) }
    switch name {
    case "first": return .first(key)
    case "last": return .last(key)
    case "size": return .size(key)
    default: return .key(key)
    }
  }

  private mutating func filter(_ lexer: inout ExpressionLexer) throws(TemplateError) -> FilterCall {
    let place = lexer
    guard case .word(let name) = lexer.token else {
      throw lexer.failure("expected a filter after |, found \(lexer.found)")
    }
    guard let filter = Filter(rawValue: name) else {
      throw lexer.failure("unknown filter \"\(name)\"\(Self.suggestion(name)); docs/templates.md lists all")
    }
    try lexer.advance()
    var values: [Operand] = []
    var named: [NamedOperand] = []
    if try lexer.take(":") {
      repeat {
        if case .word(let word) = lexer.token, let value = try namedArgument(word, &lexer) {
          guard filter.names.contains(word) else {
            throw place.failure("the filter \(name) has no argument named \(word)")
          }
          named.append(NamedOperand(name: word, value: value))
        } else {
          values.append(try operand(&lexer))
        }
      } while try lexer.take(",")
    }
    guard filter.arity.contains(values.count) else {
      throw place.failure("the filter \(name) takes \(filter.arityText), not \(values.count)")
    }
    let first = Int32(compiler.program.arguments.count)
    compiler.program.arguments += values
    let firstNamed = Int32(compiler.program.namedArguments.count)
    compiler.program.namedArguments += named
    return FilterCall(
      filter: filter, arguments: Extent(first, Int32(compiler.program.arguments.count)),
      named: Extent(firstNamed, Int32(compiler.program.namedArguments.count)), place: Int32(place.start))
  }

  /// `name: value`; `nil` if no colon follows the word.
  mutating func namedArgument(
    _ word: String, _ lexer: inout ExpressionLexer
  ) throws(TemplateError) -> Operand? {
    let before = lexer
    try lexer.advance()
    guard try lexer.take(":") else {
      lexer = before
      return nil
    }
    return try operand(&lexer)
  }

  /// The filter that was meant, if one differs by little.
  private static func suggestion(_ name: String) -> String {
    let close = Filter.allCases.map(\.rawValue).filter { $0.hasPrefix(name.prefix(4)) || name.hasPrefix($0) }
    return close.isEmpty ? "" : "; meant \(close.prefix(3).joined(separator: ", "))?"
  }

  /// Terms joined by `and` and `or`, up to the end of the tag.
  mutating func condition(
    _ lexer: inout ExpressionLexer, isNegated: Bool
  ) throws(TemplateError) -> Int32 {
    var terms: [Term] = []
    var joint: Term.Joint
    repeat {
      let left = try operand(&lexer)
      var term = Term(left: left, comparison: nil, right: left, joint: .end)
      if let comparison = Self.comparison(lexer.token) {
        try lexer.advance()
        term.comparison = comparison
        term.right = try operand(&lexer)
      }
      joint = .end
      if try lexer.take(word: "and") { joint = .and } else if try lexer.take(word: "or") { joint = .or }
      term.joint = joint
      terms.append(term)
    } while joint != .end
    guard lexer.token == nil else {
      throw lexer.failure(
        "unexpected \(lexer.found); expected and, or, contains, ==, !=, <, >, <=, >= or the end of the tag")
    }
    let first = Int32(compiler.program.terms.count)
    compiler.program.terms += terms
    compiler.program.conditions.append(
      Condition(terms: Extent(first, Int32(compiler.program.terms.count)), isNegated: isNegated))
    return Int32(compiler.program.conditions.count - 1)
  }

  private static func comparison(_ token: ExpressionLexer.Token?) -> Comparison? {
    switch token {
    case .comparison(let comparison): comparison
    case .word("contains"): .contains
    default: nil
    }
  }
}
