/// What a template is compiled to: the compiler's tables in memory that never moves, so that rendering neither counts
/// references nor checks bounds for each instruction.
final class Program: @unchecked Sendable {
  // Unchecked: everything is written by `init` and only read afterwards.
  let functions: [CompiledFunction]
  let text: Table<UInt8>
  /// The first is `nil`.
  let literals: Table<LiquidValue>
  /// The literals that are names, as texts; "" for others.
  let names: Table<String>
  /// What the names ask of a `forloop`; `nil` for others.
  let loopMembers: Table<LoopMember?>
  let symbols: Table<String>
  let symbolNumbers: [String: Int32]
  let paths: Table<Path>
  let steps: Table<Step>
  let ranges: Table<RangeOperand>
  let filters: Table<FilterCall>
  let namedArguments: Table<NamedOperand>
  let arguments: Table<Operand>
  let expressions: Table<Expression>
  let conditions: Table<Condition>
  let terms: Table<Term>
  let loops: Table<LoopSpec>
  let cycles: Table<CycleSpec>
  let calls: Table<CallSpec>
  let cases: Table<Extent>
  let sources: [(name: String, bytes: [UInt8])]
  let forloop: Int32?
  let tablerowloop: Int32?
  /// −1: the template names no catalogue.
  let catalog: Int32
  /// Of the steps of paths, and of the names that paths begin with.
  let stepHints: MemberHints
  let symbolHints: MemberHints
  let lengthHint = LengthHint()
  /// Some loop goes on where the one before it ended.
  let proceeds: Bool

  init(_ tables: ProgramTables) {
    functions = tables.functions.map { CompiledFunction($0) }
    text = Table(tables.text)
    literals = Table(tables.literals)
    let names = tables.literals.map { if case .string(let name) = $0 { name } else { "" } }
    self.names = Table(names)
    loopMembers = Table(names.map { LoopMember(rawValue: $0) })
    symbols = Table(tables.symbols)
    symbolNumbers = tables.symbolNumbers
    paths = Table(tables.paths.map { path in tables.withKey(path) })
    steps = Table(tables.steps)
    ranges = Table(tables.ranges)
    filters = Table(tables.filters)
    namedArguments = Table(tables.namedArguments)
    arguments = Table(tables.arguments)
    expressions = Table(tables.expressions)
    conditions = Table(tables.conditions)
    terms = Table(tables.terms)
    loops = Table(tables.loops)
    cycles = Table(tables.cycles)
    calls = Table(tables.calls)
    cases = Table(tables.cases)
    sources = tables.sources
    forloop = tables.symbolNumbers["forloop"]
    tablerowloop = tables.symbolNumbers["tablerowloop"]
    catalog = tables.symbolNumbers["catalog"] ?? -1
    proceeds = tables.loops.contains { if case .proceed = $0.offset { true } else { false } }
    stepHints = MemberHints(count: tables.steps.count)
    symbolHints = MemberHints(count: tables.symbols.count)
  }
}

/// A function's instructions.
final class CompiledFunction: @unchecked Sendable {
  let source: Int
  let instructions: Table<Instruction>
  let places: [Int32]
  let registers: Int

  init(_ function: Function) {
    source = Int(function.source)
    instructions = Table(function.instructions)
    places = function.places
    registers = function.registers
  }
}

/// Values in memory that never moves. What reads them was compiled together with them, so places are right; a debug build
/// checks.
struct Table<Element>: Sequence {
  private let owner: Owner
  let base: UnsafePointer<Element>
  let count: Int

  private final class Owner {
    let base: UnsafeMutablePointer<Element>
    let count: Int
    init(_ elements: [Element]) {
      count = elements.count
      base = .allocate(capacity: Swift.max(1, count))
      _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: elements)
    }
    deinit {
      base.deinitialize(count: count)
      base.deallocate()
    }
  }

  init(_ elements: [Element]) {
    owner = Owner(elements)
    base = UnsafePointer(owner.base)
    count = elements.count
  }

  @inline(__always)
  subscript(place: Int) -> Element { pointer(place).pointee }

  subscript(range: Extent) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: base + Int(range.lowerBound), count: range.count)
  }

  /// Where an element is, to be looked at without a copy.
  @inline(__always)
  func pointer(_ place: Int) -> UnsafePointer<Element> {
    assert(place >= 0 && place < count)
    return base + place
  }

  func makeIterator() -> UnsafeBufferPointer<Element>.Iterator {
    UnsafeBufferPointer(start: base, count: count).makeIterator()
  }
}
