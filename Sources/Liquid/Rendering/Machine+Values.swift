extension Machine {
  /// A value of one's own, found or computed.
  mutating func value(_ operand: Operand) throws(Fault) -> LiquidValue {
    if let found = bindings.find(operand) { return found.pointee }
    switch operand {
    case .literal: return .null
    case .path(let number): return try value(program.paths[Int(number)])
    case .range(let number): return try range(program.ranges[Int(number)])
    }
  }

  private mutating func range(_ range: RangeOperand) throws(Fault) -> LiquidValue {
    let first = Quantity(try value(range.first)).int
    let last = Quantity(try value(range.last)).int
    // Longer ranges could not be counted.
    return .range(max(first, -(1 << 53)), min(last, 1 << 53))
  }

  private mutating func value(_ path: Path) throws(Fault) -> LiquidValue {
    if path.symbol >= 0, path.symbol == program.catalog, let found = try catalogValue(path) { return found }
    var found: LiquidValue
    var index = Int(path.steps.lowerBound)
    if path.symbol >= 0, var place = bindings.meaning(path.symbol) {
      while index < Int(path.steps.upperBound), let next = bindings.find(program.steps[index], index, from: place) {
        place = next
        index += 1
      }
      guard index < Int(path.steps.upperBound) else { return place.pointee }
      found = try go(program.steps[index], from: place.pointee)
      index += 1
    } else if path.symbol >= 0 {
      found = counters[path.symbol].map { .int($0) } ?? .null
    } else {
      found = try named(try value(path.computed).text)
    }
    while index < Int(path.steps.upperBound) {
      found = try go(program.steps[index], from: found)
      index += 1
    }
    return found
  }

  /// What a name means that is known by now only.
  private mutating func named(_ name: String) throws(Fault) -> LiquidValue {
    guard let symbol = program.symbolNumbers[name] else { return values.pointee[name] ?? .null }
    return bindings.meaning(symbol)?.pointee ?? counters[symbol].map { .int($0) } ?? .null
  }

  private func name(_ literal: Int32) -> String { program.names[Int(literal)] }

  mutating func go(_ step: Step, from value: LiquidValue) throws(Fault) -> LiquidValue {
    switch (step, value) {
    case (.key(let key), .loop(let loop)), (.first(let key), .loop(let loop)), (.last(let key), .loop(let loop)),
      (.size(let key), .loop(let loop)):
      return program.loopMembers[Int(key)].map { loopMember(loop, $0) } ?? .null
    default: break
    }
    switch step {
    case .key(let key): return value[name(key)] ?? .null
    case .first(let key):
      if case .object(let members) = value {
        return value[name(key)] ?? members.first.map { .list([.string($0.key), $0.value]) } ?? .null
      }
      return firstOrLast(value, isFirst: true) ?? member(name(key), of: value)
    case .last(let key): return firstOrLast(value, isFirst: false) ?? member(name(key), of: value)
    case .size(let key):
      if case .object(let members) = value { return value[name(key)] ?? .int(Int64(members.count)) }
      return size(value) ?? .null
    case .index(let index): return item(Int(index), of: value)
    case .computed(let operand):
      switch try self.value(operand) {
      case .int(let index): return item(Int(index), of: value)
      case .double(let index): return item(Int(Int64(clamping: index)), of: value)
      case .string(let name), .markup(let name): return member(name, of: value)
      default: return .null
      }
    }
  }

  private mutating func member(_ name: String, of value: LiquidValue) -> LiquidValue {
    switch value {
    case .object: value[name] ?? .null
    case .loop(let number): LoopMember(rawValue: name).map { loopMember(number, $0) } ?? .null
    default: .null
    }
  }

  private func item(_ index: Int, of value: LiquidValue) -> LiquidValue {
    switch value {
    case .list(let items):
      let place = index < 0 ? items.count + index : index
      return items.indices.contains(place) ? items[place] : .null
    case .range(let first, let last):
      let place = index < 0 ? last + 1 + Int64(index) : first + Int64(index)
      return first <= place && place <= last ? .int(place) : .null
    case .object: return value[String(index)] ?? .null
    default: return .null
    }
  }

  /// Characters of a text, items of a list; `nil` for what has no size.
  func size(_ value: LiquidValue) -> LiquidValue? {
    switch value {
    case .string(let text), .markup(let text): .int(Int64(text.unicodeScalars.count))
    case .list(let items): .int(Int64(items.count))
    case .object(let members): .int(Int64(members.count))
    case .range(let first, let last): .int(max(0, last - first + 1))
    default: nil
    }
  }

  func firstOrLast(_ value: LiquidValue, isFirst: Bool) -> LiquidValue? {
    switch value {
    case .list(let items): (isFirst ? items.first : items.last) ?? .null
    case .range(let first, let last): first > last ? .null : .int(isFirst ? first : last)
    case .string(let text), .markup(let text):
      (isFirst ? text.unicodeScalars.first : text.unicodeScalars.last).map { .string(String($0)) } ?? .null
    default: nil
    }
  }

  mutating func holds(_ condition: Condition) throws(Fault) -> Bool {
    var result = false
    for term in program.terms[condition.terms] {
      result = try holds(term)
      if term.joint == .and, !result { break }
      if term.joint == .or, result { break }
    }
    return result != condition.isNegated
  }

  private mutating func holds(_ term: Term) throws(Fault) -> Bool {
    guard let comparison = term.comparison else {
      if let found = bindings.find(term.left) { return found.pointee.isTrue }
      return try value(term.left).isTrue
    }
    if let left = bindings.find(term.left), let right = bindings.find(term.right) {
      return try Self.holds(left.pointee, comparison, right.pointee)
    }
    return try Self.holds(try value(term.left), comparison, try value(term.right))
  }

  private static func holds(
    _ left: LiquidValue, _ comparison: Comparison, _ right: LiquidValue
  ) throws(Fault) -> Bool {
    switch comparison {
    case .equal: return left.equals(right)
    case .unequal: return !left.equals(right)
    case .contains: return left.contains(right)
    case .less, .greater, .atMost, .atLeast:
      guard let order = left.order(right) else {
        guard !left.isComparable || !right.isComparable else {
          throw Fault("a number and a text cannot be compared by \(comparison.rawValue)")
        }
        return false
      }
      switch comparison {
      case .less: return order < 0
      case .greater: return order > 0
      case .atMost: return order <= 0
      default: return order >= 0
      }
    }
  }

  /// A value and its filters.
  mutating func evaluate(_ expression: Expression) throws(Fault) -> LiquidValue {
    var filters = program.filters[expression.filters][...]
    guard let first = filters.popFirst() else { return try value(expression.operand) }
    var value: LiquidValue
    if let found = bindings.find(expression.operand) {
      value = try apply(first, to: found.pointee)
    } else {
      value = try apply(first, to: try self.value(expression.operand))
    }
    for call in filters { value = try apply(call, to: value) }
    return value
  }

  private mutating func apply(_ call: FilterCall, to input: LiquidValue) throws(Fault) -> LiquidValue {
    var arguments = FilterArguments()
    for operand in program.arguments[call.arguments] { arguments.append(try value(operand)) }
    for named in program.namedArguments[call.named] { arguments.named.append((named.name, try value(named.value))) }
    do throws(Fault) { return try apply(call.filter, to: input, arguments) } catch {
      throw Fault("\(call.filter.rawValue): \(error.message)")
    }
  }

  /// Notes a path that leads nowhere.
  mutating func noteMissing(_ operand: Operand) {
    guard case .path(let number) = operand, missing.count < Self.missingMax else { return }
    let path = program.paths[Int(number)]
    guard path.symbol >= 0, path.steps.count > 0 || bindings.isOuter(path.symbol) else { return }
    var text = program.symbols[Int(path.symbol)]
    for step in program.steps[path.steps] {
      switch step {
      case .key(let key), .first(let key), .last(let key), .size(let key): text += "." + name(key)
      case .index(let index): text += "[\(index)]"
      case .computed: text += "[…]"
      }
    }
    let source = program.sources[function.source]
    let (line, column) = TemplateError.place(Int(function.places[place - 1]), source.bytes)
    let value = MissingValue(path: text, source: source.name, line: line, column: column)
    if !missing.contains(value) { missing.append(value) }
  }
}

extension LiquidValue {
  /// Numbers and texts have an order, though not with one another.
  fileprivate var isComparable: Bool {
    switch self {
    case .int, .double, .string, .markup: true
    default: false
    }
  }
}
