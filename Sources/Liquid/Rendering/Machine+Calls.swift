/// Where to go on behind a snippet, and what its names meant outside.
struct CallState {
  var function: CompiledFunction
  var place: Int
  var registerBase: Int
  /// What arguments hide.
  var saved: [(symbol: Int32, value: LiquidValue?)] = []
  /// For `render`, which begins with nothing: everything outside.
  var bindings: [Machine.Binding]?
  var cycles: [String: Int] = [:]
  var counters: [Int32: Int64] = [:]
  var offsets: [String: Int] = [:]
  /// Once for each item, with these arguments each time.
  var loop: LoopState?
  var arguments: [(symbol: Int32, value: LiquidValue)] = []
}

extension Machine {
  mutating func call(_ spec: CallSpec, isIsolated: Bool) throws(Fault) {
    let target = try self.target(of: spec)
    let alias = spec.alias ?? program.symbolNumbers[FunctionParser.itemName(target.name)]
    var arguments: [(symbol: Int32, value: LiquidValue)] = []
    for argument in spec.arguments { arguments.append((argument.symbol, try value(argument.value))) }
    let given = try spec.value.map { operand throws(Fault) in try value(operand) }
    var state = CallState(function: function, place: place, registerBase: registerBase)
    var isEmpty = false
    if let given, let alias {
      var items: [LiquidValue]?
      if case .list(let list) = given, spec.isLoop || !isIsolated { items = list }
      if case .range = given, spec.isLoop { items = try list(given) }
      if let items {
        isEmpty = items.isEmpty
        state.loop = LoopState(
          spec: -1, variable: alias, items: items, first: 0, isRange: false, isReversed: false, count: items.count,
          name: target.name, columns: 1)
        arguments.append((alias, items.first ?? .null))
      } else {
        arguments.append((alias, given))
      }
    }
    guard !isEmpty else { return }
    if isIsolated {
      state.bindings = bindings
      state.cycles = cycles
      state.counters = counters
      state.offsets = offsets
      try charge(scratch: bindings.count * 16)
      for index in bindings.indices { bindings[index] = Binding(outer: bindings[index].outer) }
      cycles = [:]
      counters = [:]
      offsets = [:]
      if state.loop != nil, let symbol = program.forloop {
        bindings[symbol].scoped = .loop(frames.count)
      }
    }
    for argument in arguments {
      if isIsolated {
        bindings[Int(argument.symbol)].assigned = argument.value
      } else {
        state.saved.append((argument.symbol, bindings[Int(argument.symbol)].scoped))
        bindings[Int(argument.symbol)].scoped = argument.value
      }
    }
    if state.loop != nil { state.arguments = arguments }
    var frame = Frame(isIsolated ? .render : .include)
    frame.call = state
    try push(frame)
    function = program.functions[Int(target.function)]
    place = 0
    registerBase = registers.count
    for _ in 0..<function.registers { registers.append(CaseRegister()) }
  }

  private func target(of spec: CallSpec) throws(Fault) -> CallSpec.Target {
    guard let computed = spec.computed else { return spec.targets[0] }
    let name = try value(computed).text
    guard let target = spec.targets.first(where: { $0.name == name }) else {
      throw Fault("there is no snippet \"\(name.prefix(80))\" that could stand here")
    }
    return target
  }

  /// The end of a text: the next item of a snippet, the way back, or the end of all.
  mutating func finish() throws(Fault) -> Bool {
    guard let top = frames.indices.last else { return false }
    if var loop = frames[top].call?.loop {
      loop.index += 1
      if loop.index < loop.count {
        frames[top].call?.loop = loop
        if frames[top].kind == .render {
          for index in bindings.indices { bindings[index].assigned = nil }
          try charge(scratch: bindings.count * 16)
          for argument in frames[top].call?.arguments ?? [] {
            bindings[Int(argument.symbol)].assigned = argument.value
          }
          bindings[Int(loop.variable)].assigned = loop.item
        } else {
          bindings[Int(loop.variable)].scoped = loop.item
        }
        place = 0
        return true
      }
    }
    returnFromCall()
    return true
  }

  mutating func returnFromCall() {
    guard let frame = frames.popLast(), let call = frame.call else { return }
    registers.removeLast(registers.count - registerBase)
    function = call.function
    place = call.place
    registerBase = call.registerBase
    if let outside = call.bindings {
      bindings = outside
      cycles = call.cycles
      counters = call.counters
      offsets = call.offsets
    } else {
      for saved in call.saved.reversed() { bindings[Int(saved.symbol)].scoped = saved.value }
    }
  }
}
