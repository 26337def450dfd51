/// What a name means: the first of these that is there.
struct Binding {
  /// What a loop or a snippet's arguments give for a while, where their frame holds it.
  var scoped: UnsafePointer<LiquidValue>?
  /// What `assign` and `capture` gave.
  fileprivate(set) var assigned = LiquidValue.null
  fileprivate(set) var isAssigned = false
  /// Among the values that the rendering was given.
  let outer: UnsafePointer<LiquidValue>?

  /// Nothing in the template took the name for something of its own.
  var isOuter: Bool { scoped == nil && !isAssigned }

  fileprivate init(outer: UnsafePointer<LiquidValue>?) { self.outer = outer }
}

/// What all names of a template mean, by the numbers of their symbols, in memory that does not move: values are looked at
/// where they are, without a copy.
final class Bindings {
  /// Held by the machine.
  unowned(unsafe) let program: Program
  private let base: UnsafeMutablePointer<Binding>
  let count: Int

  /// Names mean what the values, an object, say of them.
  init(_ program: Program, _ values: UnsafePointer<LiquidValue>) {
    self.program = program
    count = program.symbols.count
    base = .allocate(capacity: max(1, count))
    let members = Members(values.pointee)
    for symbol in 0..<count {
      let outer = members?.find(program.symbols.pointer(symbol), program.symbolHints, symbol)
      (base + symbol).initialize(to: Binding(outer: outer))
    }
  }

  /// The same without all that the template gave.
  init(outerOf others: Bindings) {
    program = others.program
    count = others.count
    base = .allocate(capacity: max(1, count))
    for symbol in 0..<count { (base + symbol).initialize(to: Binding(outer: others.base[symbol].outer)) }
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// Where the value of a name is; `nil` if it has none. Good until the name gets another.
  @inline(__always)
  func meaning(_ symbol: Int32) -> UnsafePointer<LiquidValue>? {
    let binding = base + Int(symbol)
    if let scoped = binding.pointee.scoped { return scoped }
    guard binding.pointee.isAssigned else { return binding.pointee.outer }
    let offset = MemoryLayout<Binding>.offset(of: \.assigned) ?? 0
    return UnsafePointer((UnsafeMutableRawPointer(binding) + offset).assumingMemoryBound(to: LiquidValue.self))
  }

  func isOuter(_ symbol: Int32) -> Bool { base[Int(symbol)].isOuter }

  func assign(_ symbol: Int32, _ value: LiquidValue) {
    base[Int(symbol)].assigned = value
    base[Int(symbol)].isAssigned = true
  }

  /// Forgets what `assign` and `capture` gave.
  func unassign() {
    for symbol in 0..<count where base[symbol].isAssigned {
      base[symbol].assigned = .null
      base[symbol].isAssigned = false
    }
  }

  /// Lets a name mean something for a while; what it meant so before comes back.
  @inline(__always)
  @discardableResult
  func scope(_ symbol: Int32, _ value: UnsafePointer<LiquidValue>?) -> UnsafePointer<LiquidValue>? {
    let before = base[Int(symbol)].scoped
    base[Int(symbol)].scoped = value
    return before
  }
}
