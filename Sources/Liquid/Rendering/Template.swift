import RoostCore

/// A text with values, conditions and loops (Liquid), parsed once and rendered for each person:
/// `Hi {{ person.first_name | default: "there" }}`.
public struct Template: Sendable {
  /// Largest source, in bytes; snippets and layouts each.
  public static let sourceBytesMax = 1_048_576

  /// What the text becomes, and so how values are escaped on their way out.
  public enum Form: Sendable {
    case text
    /// A header line: as text, but control characters become spaces, so that nothing can add a header.
    case header
    /// HTML, by where the value stands: text, attribute, link, style.
    case html
    /// JSON: escaped inside quotes, a whole JSON value elsewhere.
    case json
  }

  /// How strictly tags are read.
  public enum Syntax: Sendable {
    case strict
    /// Passes over what stands behind the values of a `when`, as Shopify's lax mode does.
    case compatible
  }

  /// A frame around the template, which it shows as `{{ content }}`.
  public struct Layout: Sendable {
    public var name: String
    public var source: String
    public init(name: String, source: String) {
      self.name = name
      self.source = source
    }
  }

  public let form: Form
  /// What the template may read from the values that it is given, each once and none inside another, in the order of
  /// the text.
  public let variables: [VariablePath]
  /// The names that the template gives to values itself (`assign`, `for` …).
  public let givenNames: Set<String>
  /// The snippets that it takes in, directly or through others, from A to Z.
  public let snippets: [String]
  let program: Program

  /// Parses a template's source.
  ///
  /// - Parameter snippets: by name; what `include` and `render` may use.
  /// - Throws: the first error, by line and column.
  public init(
    parsing source: String, as form: Form = .text, snippets: [String: String] = [:], layout: Layout? = nil,
    syntax: Syntax = .strict
  ) throws(TemplateError) {
    let longest = max(source.utf8.count, layout?.source.utf8.count ?? 0, snippets.values.map(\.utf8.count).max() ?? 0)
    guard longest <= Self.sourceBytesMax else {
      throw TemplateError(line: 1, column: 1, message: "longer than \(Self.sourceBytesMax) bytes")
    }
    let start: MarkupState =
      switch form {
      case .text, .header: .plain
      case .html: .html(HTMLState())
      case .json: .json(JSONState())
      }
    let compiler = Compiler(snippets: snippets, syntax: syntax)
    _ = compiler.literal(.null)
    try compiler.compile(source, layout: layout, start: start)
    self.form = form
    program = Program(compiler.program)
    variables = program.variables
    givenNames = program.givenNames
    self.snippets = compiler.used
  }

  /// Appends the text with its values filled in; nothing, if it throws.
  ///
  /// - Parameter values: an object; its members are what the template names first (`person`, `event` …).
  /// - Throws: where the template asks for the impossible (a division by 0, a limit exceeded).
  public func render(
    into bytes: inout [UInt8], values: LiquidValue, settings: RenderSettings
  ) throws(TemplateError) {
    var outgrown: [UInt8] = []
    // Where they are is all that the machine needs of them: copies would be counted, at every rendering.
    try withUnsafePointer(to: settings) { settings throws(TemplateError) in
      try withUnsafePointer(to: values) { values throws(TemplateError) in
        try bytes.append(addingCapacity: program.lengthHint.room) { span throws(TemplateError) in
          try span.withUnsafeMutableBufferPointer { memory, count throws(TemplateError) in
            var machine = Machine(program, form, values, settings, output: Output(lent: memory))
            try machine.run()
            if machine.output.isLent { count = machine.output.count } else { outgrown = Array(machine.output.bytes) }
          }
        }
      }
    }
    if !outgrown.isEmpty { bytes += outgrown }
  }

  /// The values that the template wants to show and does not find, in the order in which it meets them. A value behind
  /// `default` or asked for by `if` only is not missed.
  public func missing(values: LiquidValue, settings: RenderSettings) throws(TemplateError) -> [MissingValue] {
    try withUnsafePointer(to: settings) { settings throws(TemplateError) in
      try withUnsafePointer(to: values) { values throws(TemplateError) in
        var machine = Machine(program, form, values, settings, output: Output(capacity: program.lengthHint.room))
        machine.notesMissing = true
        try machine.run()
        return machine.missing
      }
    }
  }
}

extension Template {
  /// The pools of vouchers of which a rendering shows a code, each once, in the order in which it meets them.
  public func pools(values: LiquidValue, settings: RenderSettings) throws(TemplateError) -> [String] {
    try withUnsafePointer(to: settings) { settings throws(TemplateError) in
      try withUnsafePointer(to: values) { values throws(TemplateError) in
        var machine = Machine(program, form, values, settings, output: Output(capacity: program.lengthHint.room))
        machine.notesPools = true
        try machine.run()
        return machine.pools
      }
    }
  }
}

/// A value that a template reads: `person.first_name`, `event["order id"]`.
public struct VariablePath: Hashable, Sendable {
  /// At least one.
  public var parts: [String]
  public init(_ parts: [String]) { self.parts = parts }

  /// Dotted, for messages and lists.
  public var text: String { parts.joined(separator: ".") }
}

extension Program {
  /// Every path as far as its names are fixed, without those inside others. Names that the template itself gives
  /// (`assign`, `for`) are among them: outside they may mean something too.
  var variables: [VariablePath] {
    let loops = [symbolNumbers["forloop"], symbolNumbers["tablerowloop"], symbolNumbers["content"]]
    var found: [VariablePath] = []
    var seen: Set<VariablePath> = []
    for path in paths where path.symbol >= 0 && !loops.contains(path.symbol) {
      var parts = [symbols[Int(path.symbol)]]
      steps: for step in steps[path.steps] {
        guard case .key(let key) = step else { break steps }
        parts.append(names[Int(key)])
      }
      let variable = VariablePath(parts)
      if seen.insert(variable).inserted { found.append(variable) }
    }
    return found.filter { variable in
      !(1..<variable.parts.count).contains { seen.contains(VariablePath(Array(variable.parts[..<$0]))) }
    }
  }

  /// The names that loops, `assign`, `capture` and arguments of snippets give.
  var givenNames: Set<String> {
    var given = Set(loops.map(\.variable))
    for call in calls {
      given.formUnion(call.arguments.map(\.symbol))
      if let alias = call.alias { given.insert(alias) }
    }
    for function in functions {
      for instruction in function.instructions {
        switch instruction {
        case .assign(let symbol, _), .captureBegin(let symbol), .count(let symbol, _): given.insert(symbol)
        default: break
        }
      }
    }
    return Set(given.map { symbols[Int($0)] })
  }
}
