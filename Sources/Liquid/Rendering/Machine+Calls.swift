/// A snippet while it runs: where to go on behind it, and what its names meant outside.
final class Call {
  let name: String
  unowned(unsafe) let function: CompiledFunction
  let place: Int
  let registerBase: Int
  /// What it was called with; for each item with the same, but for the item.
  let arguments: [Argument]
  /// What the arguments hide; of `render`, which begins with nothing, nothing.
  let hidden: [UnsafePointer<LiquidValue>?]
  /// For `render`: everything outside.
  let outside: Outside?

  struct Argument {
    var symbol: Int32
    var value: LiquidValue
  }

  struct Outside {
    var bindings: Bindings
    var cycles: [String: Int]
    var counters: [Int32: Int64]
    var offsets: [String: Int]
  }

  init(
    _ name: String, from machine: borrowing Machine, _ arguments: [Argument], hidden: [UnsafePointer<LiquidValue>?],
    outside: Outside?
  ) {
    self.name = name
    function = machine.function
    place = machine.place
    registerBase = machine.registerBase
    self.arguments = arguments
    self.hidden = hidden
    self.outside = outside
  }
}

extension Machine {
  mutating func call(_ spec: UnsafePointer<CallSpec>, isIsolated: Bool) throws(Fault) {
    let number = try target(of: spec)
    let target = spec.pointee.targets[number]
    var arguments: [Call.Argument] = []
    for argument in spec.pointee.arguments {
      arguments.append(Call.Argument(symbol: argument.symbol, value: try value(argument.value)))
    }
    var frame = Frame(isIsolated ? .render : .include)
    if let operand = spec.pointee.value,
      let alias = spec.pointee.alias ?? program.symbolNumbers[FunctionParser.itemName(target.name)]
    {
      let given = try value(operand)
      if let items = try self.items(given, isLoop: spec.pointee.isLoop, isIsolated: isIsolated) {
        guard !items.isEmpty else { return }
        frame.loop = LoopState(spec: -1, variable: alias, items: items, first: nil, count: items.count)
        arguments.append(Call.Argument(symbol: alias, value: items[0]))
      } else {
        arguments.append(Call.Argument(symbol: alias, value: given))
      }
    }
    try checkDepth()
    if isIsolated {
      let outside = Call.Outside(bindings: bindings, cycles: cycles, counters: counters, offsets: offsets)
      frame.call = Call(target.name, from: self, arguments, hidden: [], outside: outside)
      try isolate(arguments)
      if frame.loop != nil, let symbol = program.forloop { _ = scopeLoop(symbol, &frame.loop!.own) }
    } else {
      frame.call = Call(target.name, from: self, arguments, hidden: hide(arguments), outside: nil)
    }
    frames.append(frame)
    function = program.functions[Int(target.function)]
    place = 0
    registerBase = registers.count
    for _ in 0..<function.registers { registers.append(CaseRegister()) }
  }

  private mutating func target(of spec: UnsafePointer<CallSpec>) throws(Fault) -> Int {
    guard let computed = spec.pointee.computed else { return 0 }
    let name = try value(computed).text
    guard let target = spec.pointee.targets.firstIndex(where: { $0.name == name }) else {
      throw Fault("there is no snippet \"\(name.prefix(80))\" that could stand here")
    }
    return target
  }

  /// The items for each of which a snippet is taken in; `nil` if it is taken in once.
  private mutating func items(
    _ given: LiquidValue, isLoop: Bool, isIsolated: Bool
  ) throws(Fault) -> [LiquidValue]? {
    switch given {
    case .list(let items) where isLoop || !isIsolated: items
    case .range where isLoop: try list(given)
    default: nil
    }
  }

  /// `include`: its arguments hide names for a while, and are held by its frame so long.
  private mutating func hide(_ arguments: [Call.Argument]) -> [UnsafePointer<LiquidValue>?] {
    arguments.withUnsafeBufferPointer { arguments in
      let offset = MemoryLayout<Call.Argument>.offset(of: \.value) ?? 0
      return arguments.indices.map { index in
        let value = UnsafeRawPointer(arguments.baseAddress! + index) + offset
        return bindings.scope(arguments[index].symbol, value.assumingMemoryBound(to: LiquidValue.self))
      }
    }
  }

  /// `render`: knows its arguments and what the rendering was given, nothing else.
  private mutating func isolate(_ arguments: [Call.Argument]) throws(Fault) {
    try charge(scratch: bindings.count * 16)
    bindings = Bindings(outerOf: bindings)
    cycles = [:]
    counters = [:]
    offsets = [:]
    for argument in arguments { bindings.assign(argument.symbol, argument.value) }
  }

  /// The end of a text: the next item of a snippet, the way back, or the end of all.
  mutating func finish() throws(Fault) -> Bool {
    let top = frames.count - 1
    guard top >= 0 else { return false }
    guard let hasNext = frames[top].loop?.next(), hasNext, let item = frames[top].loop!.item else {
      returnFromCall()
      return true
    }
    let variable = frames[top].loop!.variable
    if frames[top].kind == .render {
      bindings.unassign()
      try charge(scratch: bindings.count * 16)
      for argument in frames[top].call?.arguments ?? [] { bindings.assign(argument.symbol, argument.value) }
      bindings.assign(variable, item.pointee)
    } else {
      bindings.scope(variable, item)
    }
    place = 0
    return true
  }

  mutating func returnFromCall() {
    guard let call = frames.popLast()?.call else { return }
    registers.removeLast(registers.count - registerBase)
    function = call.function
    place = call.place
    registerBase = call.registerBase
    if let outside = call.outside {
      bindings = outside.bindings
      cycles = outside.cycles
      counters = outside.counters
      offsets = outside.offsets
    } else {
      for index in call.hidden.indices.reversed() { bindings.scope(call.arguments[index].symbol, call.hidden[index]) }
    }
  }
}
