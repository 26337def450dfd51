import Synchronization

/// What a template is compiled to: the compiler's tables in memory that never moves, so that rendering neither counts
/// references nor checks bounds for each instruction.
final class Program: @unchecked Sendable {
  // Unchecked: everything is written by `init` and only read afterwards.
  let functions: [CompiledFunction]
  let text: Table<UInt8>
  let literals: [LiquidValue]
  /// The literals that are names, as texts; "" for others.
  let names: NameTable
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
  let catalog: Int32?
  let hints: MemberHints
  /// Some loop goes on where the one before it ended.
  let proceeds: Bool

  init(_ tables: ProgramTables) {
    functions = tables.functions.map { CompiledFunction($0) }
    text = Table(tables.text)
    literals = tables.literals
    names = NameTable(tables.literals.map { if case .string(let name) = $0 { name } else { "" } })
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
    catalog = tables.symbolNumbers["catalog"]
    proceeds = tables.loops.contains { if case .proceed = $0.offset { true } else { false } }
    hints = MemberHints(count: tables.paths.count)
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

/// Where each path found its member the last time: objects of one kind mostly have their members in one order. A hint may
/// be wrong, and is looked at before it is believed.
final class MemberHints: @unchecked Sendable {
  // Unchecked: the pointer is set by `init`, and what it leads to is atomic.
  private let places: UnsafeMutablePointer<Atomic<Int32>>
  private let count: Int

  init(count: Int) {
    self.count = count
    places = .allocate(capacity: max(1, count))
    for index in 0..<count { (places + index).initialize(to: Atomic(0)) }
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  @inline(__always)
  subscript(path: Int) -> Int {
    get { Int(places[path].load(ordering: .relaxed)) }
    set { places[path].store(Int32(truncatingIfNeeded: newValue), ordering: .relaxed) }
  }
}

/// Names in memory that never moves, to be compared where they are.
final class NameTable: @unchecked Sendable {
  // Unchecked: everything is written by `init` and only read afterwards.
  private let memory: UnsafeMutableBufferPointer<String>

  init(_ names: [String]) {
    memory = .allocate(capacity: max(1, names.count))
    _ = memory.initialize(from: names)
    count = names.count
  }

  private let count: Int

  deinit {
    memory.baseAddress!.deinitialize(count: count)
    memory.deallocate()
  }

  subscript(place: Int) -> String { memory[place] }

  @inline(__always)
  func pointer(_ place: Int) -> UnsafePointer<String> { UnsafePointer(memory.baseAddress!) + place }
}

extension UnsafePointer<String> {
  /// Whether two texts are equal. Short ones, as names mostly are, are equal if their bits are, which costs no counting of
  /// references.
  @inline(__always)
  func isEqual(_ other: UnsafePointer<String>) -> Bool {
    let (a, b) = (UnsafeRawPointer(self), UnsafeRawPointer(other))
    if a.load(as: UInt64.self) == b.load(as: UInt64.self),
      a.load(fromByteOffset: 8, as: UInt64.self) == b.load(fromByteOffset: 8, as: UInt64.self)
    {
      return true
    }
    return pointee == other.pointee
  }
}
