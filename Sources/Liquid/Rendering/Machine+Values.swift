import RoostCore

extension Machine {
  func value(_ operand: Operand) throws(Fault) -> LiquidValue {
    switch operand {
    case .literal(let place): program.literals[Int(place)]
    case .path(let number):
      if let member = member(number) { member?.pointee ?? .null } else { try value(program.paths[Int(number)]) }
    case .range(let number): try range(program.ranges[Int(number)])
    }
  }

  private func range(_ range: RangeOperand) throws(Fault) -> LiquidValue {
    let first = Quantity(try value(range.first)).int
    let last = Quantity(try value(range.last)).int
    // Longer ranges could not be counted.
    return .range(max(first, -(1 << 53)), min(last, 1 << 53))
  }

  private func value(_ path: Path) throws(Fault) -> LiquidValue {
    if path.symbol >= 0, path.symbol == program.catalog, let found = try catalogValue(path) { return found }
    var found: LiquidValue
    if path.symbol >= 0 {
      found = variable(path.symbol)
    } else {
      let name = try value(path.computed).text
      found = program.symbolNumbers[name].map { variable($0) } ?? values[name] ?? .null
    }
    var index = Int(path.steps.lowerBound)
    while index < Int(path.steps.upperBound) {
      found = try go(program.steps[index], from: found)
      index += 1
    }
    return found
  }

  /// `person.first_name`, most of what letters say: where the value is, or that it is not there; `nil` for other paths.
  @inline(__always)
  func member(_ number: Int32) -> UnsafePointer<LiquidValue>?? {
    let path = program.paths[Int(number)]
    guard path.symbol >= 0, path.steps.count == 1, case .key(let key) = program.steps[Int(path.steps.lowerBound)],
      let members = bindings[Int(path.symbol)].members
    else { return nil }
    return .some(members.find(program.names.pointer(Int(key)), program.hints, Int(number)))
  }

  private func variable(_ symbol: Int32) -> LiquidValue {
    if let value = bindings[Int(symbol)].scoped { return value }
    if let value = bindings[Int(symbol)].assigned { return value }
    if let value = bindings[Int(symbol)].outer { return value }
    if let count = counters[symbol] { return .int(count) }
    return .null
  }

  private func name(_ literal: Int32) -> String { program.names[Int(literal)] }

  func go(_ step: Step, from value: LiquidValue) throws(Fault) -> LiquidValue {
    switch step {
    case .key(let key): return member(name(key), of: value)
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

  private func member(_ name: String, of value: LiquidValue) -> LiquidValue {
    switch value {
    case .object: value[name] ?? .null
    case .loop(let number): loopMember(number, name)
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

  func holds(_ condition: Condition) throws(Fault) -> Bool {
    var result = false
    for term in program.terms[condition.terms] {
      result = try holds(term)
      if term.joint == .and, !result { break }
      if term.joint == .or, result { break }
    }
    return result != condition.isNegated
  }

  private func holds(_ term: Term) throws(Fault) -> Bool {
    let left = try value(term.left)
    guard let comparison = term.comparison else { return left.isTrue }
    let right = try value(term.right)
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
  mutating func evaluate(_ number: Int32) throws(Fault) -> LiquidValue {
    let expression = program.expressions[Int(number)]
    var value = try value(expression.operand)
    for index in Int(expression.filters.lowerBound)..<Int(expression.filters.upperBound) {
      let call = program.filters[index]
      var arguments = FilterArguments(values: [])
      for operand in program.arguments[call.arguments] { arguments.values.append(try self.value(operand)) }
      for named in call.named { arguments.named.append((named.name, try self.value(named.value))) }
      do throws(Fault) { value = try apply(call.filter, to: value, arguments) } catch {
        throw Fault("\(call.filter.rawValue): \(error.message)")
      }
    }
    return value
  }

  /// Notes a path that leads nowhere.
  mutating func noteMissing(_ operand: Operand) {
    guard case .path(let number) = operand, missing.count < Self.missingMax else { return }
    let path = program.paths[Int(number)]
    guard path.symbol >= 0, path.steps.count > 0 || bindings[Int(path.symbol)].isOuter else { return }
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
