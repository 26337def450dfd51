import RoostCore

/// Turns a template's text into nodes.
struct Parser {
  private(set) var nodes: [Node] = []
  private(set) var variables: [VariablePath] = []
  private let source: [UInt8]

  /// The words that are values, not variables.
  private static let constants: [String: Value] = [
    "true": .bool(true), "false": .bool(false), "nil": .null, "null": .null, "empty": .string(""),
    "blank": .string(""),
  ]

  init(_ source: [UInt8]) { self.source = source }

  mutating func parse() throws(TemplateError) {
    var lexer = Lexer(source)
    while let piece = try lexer.next() {
      switch piece {
      case .text(let range): nodes.append(.text(Array(source[range])))
      case .output(let range): nodes.append(try output(range))
      case .tag(let range):
        let words = try ExpressionLexer(source, range)
        throw words.failure(
          "unknown tag \(words.found): this version knows outputs such as {{ person.first_name }} only")
      }
    }
  }

  private mutating func output(_ range: Range<Int>) throws(TemplateError) -> Node {
    var lexer = try ExpressionLexer(source, range)
    let value = try operand(&lexer)
    var filters: [AppliedFilter] = []
    while lexer.token == .sign(UInt8(ascii: "|")) {
      try lexer.advance()
      filters.append(try filter(&lexer))
    }
    guard lexer.token == nil else { throw lexer.failure("unexpected \(lexer.found); expected | and a filter, or }}") }
    return .output(value, filters)
  }

  private mutating func operand(_ lexer: inout ExpressionLexer) throws(TemplateError) -> Operand {
    switch lexer.token {
    case .string(let text):
      try lexer.advance()
      return .literal(.string(text))
    case .number(let number):
      try lexer.advance()
      return .literal(.number(number))
    case .word(let word):
      try lexer.advance()
      if let value = Self.constants[word] { return .literal(value) }
      return .variable(try path(from: word, &lexer))
    case .sign, nil: throw lexer.failure("expected a variable or a value, found \(lexer.found)")
    }
  }

  /// `.name` and `["name"]` after the first word.
  private mutating func path(
    from root: String, _ lexer: inout ExpressionLexer
  ) throws(TemplateError) -> Int {
    var parts = [root]
    while true {
      if lexer.token == .sign(UInt8(ascii: ".")) {
        try lexer.advance()
        guard case .word(let name) = lexer.token else {
          throw lexer.failure("expected a name after the dot, found \(lexer.found)")
        }
        parts.append(name)
      } else if lexer.token == .sign(UInt8(ascii: "[")) {
        try lexer.advance()
        guard case .string(let name) = lexer.token else {
          throw lexer.failure("expected a name in quotes between [ and ], found \(lexer.found)")
        }
        parts.append(name)
        try lexer.advance()
        guard lexer.token == .sign(UInt8(ascii: "]")) else {
          throw lexer.failure("expected ], found \(lexer.found)")
        }
      } else {
        return index(of: VariablePath(parts))
      }
      try lexer.advance()
    }
  }

  private mutating func index(of path: VariablePath) -> Int {
    if let index = variables.firstIndex(of: path) { return index }
    variables.append(path)
    return variables.count - 1
  }

  private mutating func filter(_ lexer: inout ExpressionLexer) throws(TemplateError) -> AppliedFilter {
    guard case .word(let name) = lexer.token else {
      throw lexer.failure("expected a filter after |, found \(lexer.found)")
    }
    guard let filter = Filter(rawValue: name) else {
      let known = Filter.allCases.map(\.rawValue).joined(separator: ", ")
      throw lexer.failure("unknown filter \"\(name)\"; known: \(known)")
    }
    let place = lexer
    try lexer.advance()
    var arguments: [Operand] = []
    if lexer.token == .sign(UInt8(ascii: ":")) {
      repeat {
        try lexer.advance()
        arguments.append(try operand(&lexer))
      } while lexer.token == .sign(UInt8(ascii: ","))
    }
    guard arguments.count == filter.argumentCount else {
      let right = filter.argumentCount == 0 ? "no argument" : "\(filter.argumentCount) argument"
      throw place.failure("the filter \(name) takes \(right), not \(arguments.count)")
    }
    return AppliedFilter(filter: filter, arguments: arguments)
  }
}
