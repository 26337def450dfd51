/// What a template is compiled to: the compiler's tables in memory that never moves, so that rendering neither counts
/// references nor checks bounds for each instruction.
final class Program: @unchecked Sendable {
  // Unchecked: everything is written by `init` and only read afterwards.
  let functions: [CompiledFunction]
  let text: Table<UInt8>
  let literals: [LiquidValue]
  /// The literals that are names, as texts; "" for others.
  let names: [String]
  let symbols: [String]
  let symbolNumbers: [String: Int32]
  let paths: Table<Path>
  let steps: Table<Step>
  let ranges: Table<RangeOperand>
  let filters: [FilterCall]
  let arguments: Table<Operand>
  let expressions: Table<Expression>
  let conditions: Table<Condition>
  let terms: Table<Term>
  let loops: [LoopSpec]
  let cycles: [CycleSpec]
  let calls: [CallSpec]
  let cases: Table<Extent>
  let sources: [(name: String, bytes: [UInt8])]
  let forloop: Int?
  let tablerowloop: Int?

  init(_ tables: ProgramTables) {
    functions = tables.functions.map { CompiledFunction($0) }
    text = Table(tables.text)
    literals = tables.literals
    names = tables.literals.map { if case .string(let name) = $0 { name } else { "" } }
    symbols = tables.symbols
    symbolNumbers = tables.symbolNumbers
    paths = Table(tables.paths)
    steps = Table(tables.steps)
    ranges = Table(tables.ranges)
    filters = tables.filters
    arguments = Table(tables.arguments)
    expressions = Table(tables.expressions)
    conditions = Table(tables.conditions)
    terms = Table(tables.terms)
    loops = tables.loops
    cycles = tables.cycles
    calls = tables.calls
    cases = Table(tables.cases)
    sources = tables.sources
    forloop = tables.symbolNumbers["forloop"].map { Int($0) }
    tablerowloop = tables.symbolNumbers["tablerowloop"].map { Int($0) }
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

/// Values without references, in memory that never moves. What reads them was compiled together with them, so places are
/// right; a debug build checks.
struct Table<Element: BitwiseCopyable>: Sequence {
  private let owner: Owner
  let base: UnsafePointer<Element>
  let count: Int

  private final class Owner {
    let memory: UnsafeMutableBufferPointer<Element>
    init(_ elements: [Element]) {
      memory = .allocate(capacity: Swift.max(1, elements.count))
      _ = memory.initialize(from: elements)
    }
    deinit { memory.deallocate() }
  }

  init(_ elements: [Element]) {
    owner = Owner(elements)
    base = UnsafePointer(owner.memory.baseAddress!)
    count = elements.count
  }

  @inline(__always)
  subscript(place: Int) -> Element {
    assert(place >= 0 && place < count)
    return base[place]
  }

  subscript(range: Extent) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: base + Int(range.lowerBound), count: range.count)
  }

  func makeIterator() -> UnsafeBufferPointer<Element>.Iterator {
    UnsafeBufferPointer(start: base, count: count).makeIterator()
  }
}
