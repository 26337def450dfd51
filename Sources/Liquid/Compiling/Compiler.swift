/// Compiles a template, its layout and the snippets that it uses.
final class Compiler {
  var program = ProgramTables()
  let snippets: [String: String]
  let syntax: Template.Syntax
  /// Snippets by name and place, since escaping depends on where they stand.
  private var compiled: [SnippetPlace: (function: Int32, end: MarkupState)] = [:]
  /// What is being compiled, from the template inwards: whoever uses one of these goes round in circles.
  private var underWay: [String] = []

  /// Of one template; a snippet counts once for each kind of place.
  /// The snippets that are used, from A to Z.
  var used: [String] { Set(compiled.keys.map(\.name)).sorted() }

  static let functionsMax = 500
  static let depthMax = 24

  struct SnippetPlace: Hashable {
    var name: String
    var state: MarkupState
  }

  init(snippets: [String: String], syntax: Template.Syntax) {
    self.snippets = snippets
    self.syntax = syntax
  }

  /// Compiles the main template as function 0, within the layout if there is one: it captures the template as `content`.
  func compile(_ source: String, layout: Template.Layout?, start: MarkupState) throws(TemplateError) {
    program.functions.append(Function())
    guard let layout else {
      try compileMain(source, named: "", start: start)
      return
    }
    var capture = FunctionBuilder()
    capture.emit(.captureBegin(symbol: symbol("content")), at: 0)
    underWay.append("")
    let body = try function(source, named: "", start: start)
    underWay.append(layout.name)
    guard body.end == start else {
      throw TemplateError(
        "the text ends inside a tag, an attribute or a comment", at: source.utf8.count, of: Array(source.utf8))
    }
    let frame = try function(layout.source, named: layout.name, start: start)
    let empty = CallSpec(targets: [], computed: nil, arguments: [], alias: nil, value: nil, isLoop: false)
    for (place, number) in [body.function, frame.function].enumerated() {
      var call = empty
      call.targets = [.init(name: "", function: number)]
      program.calls.append(call)
      capture.emit(.include(Int32(program.calls.count - 1)), at: 0)
      if place == 0 { capture.emit(.captureEnd, at: 0) }
    }
    capture.emit(.finish, at: 0)
    program.sources.append(("", []))
    capture.function.source = Int32(program.sources.count - 1)
    program.functions[0] = capture.function
  }

  private func compileMain(_ source: String, named name: String, start: MarkupState) throws(TemplateError) {
    underWay.append(name)
    var parser = FunctionParser(compiler: self, source: source, name: name, start: start)
    try parser.parse()
    program.functions[0] = parser.builder.function
    underWay.removeLast()
  }

  /// Compiles a text that others call.
  private func function(
    _ source: String, named name: String, start: MarkupState
  ) throws(TemplateError) -> (function: Int32, end: MarkupState) {
    let number = Int32(program.functions.count)
    program.functions.append(Function())
    var parser = FunctionParser(compiler: self, source: source, name: name, start: start)
    try parser.parse()
    program.functions[Int(number)] = parser.builder.function
    return (number, parser.state)
  }

  /// A snippet for a place. Snippets that use one another in a circle are refused, as are too many and too deep ones.
  func snippet(
    _ name: String, at state: MarkupState
  ) throws(Fault) -> Result<(function: Int32, end: MarkupState), TemplateError> {
    let place = SnippetPlace(name: name, state: state)
    if let known = compiled[place] { return .success(known) }
    guard let source = snippets[name] else { throw Fault(unknown(name)) }
    if underWay.contains(name) {
      throw Fault("\"\(name)\" uses itself: \((underWay.drop { $0 != name } + [name]).joined(separator: " → "))")
    }
    guard underWay.count < Self.depthMax else { throw Fault("snippets are nested deeper than \(Self.depthMax)") }
    guard program.functions.count < Self.functionsMax else {
      throw Fault("more than \(Self.functionsMax) uses of snippets in different places")
    }
    underWay.append(name)
    defer { underWay.removeLast() }
    do throws(TemplateError) {
      let result = try function(source, named: name, start: state)
      compiled[place] = result
      return .success(result)
    } catch { return .failure(error) }
  }

  private func unknown(_ name: String) -> String {
    let known = snippets.keys.sorted().prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
    return "there is no snippet \"\(name)\"; \(known.isEmpty ? "none are known here" : "known: \(known)")"
  }

  func symbol(_ name: String) -> Int32 {
    if let number = program.symbolNumbers[name] { return number }
    let number = Int32(program.symbols.count)
    program.symbols.append(name)
    program.symbolNumbers[name] = number
    return number
  }

  func literal(_ value: LiquidValue) -> Int32 {
    program.literals.append(value)
    return Int32(program.literals.count - 1)
  }
}

/// The instructions of one function, as they come.
struct FunctionBuilder {
  var function = Function()

  /// The place of the next instruction.
  var next: Int32 { Int32(function.instructions.count) }

  @discardableResult
  mutating func emit(_ instruction: Instruction, at offset: Int) -> Int {
    function.instructions.append(instruction)
    function.places.append(Int32(offset))
    return function.instructions.count - 1
  }
}
