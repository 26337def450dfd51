extension Machine {
  mutating func arrange(
    _ filter: Filter, _ input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    switch filter {
    case .first:
      if case .object(let members) = input {
        return members.first.map { .list([.string($0.key), $0.value]) } ?? .null
      }
      return firstOrLast(input, isFirst: true) ?? .null
    case .last: return firstOrLast(input, isFirst: false) ?? .null
    case .find, .findIndex, .has, .reject, .where: return try choose(filter, input, arguments)
    default: break
    }
    let items = try list(input)
    try charge(scratch: items.count * 16)
    switch filter {
    case .compact:
      guard let property = arguments[0] else { return .list(items.filter { !$0.isNull }) }
      return .list(items.filter { !($0[property.text] ?? .null).isNull })
    case .concat:
      switch arguments[0] ?? .null {
      case .list, .range: return .list(items + (try list(arguments[0] ?? .null)))
      default: throw Fault("the argument is no list")
      }
    case .join: return try join(items, arguments[0]?.text ?? " ")
    case .map:
      return .list(try items.map { item throws(Fault) in try property(arguments[0] ?? .null, of: item) ?? .null })
    case .reverse: return .list(items.reversed())
    case .sort: return .list(try sort(items, by: arguments[0] ?? .null))
    case .sortNatural: return .list(try sortNaturally(items, by: arguments[0] ?? .null))
    case .sum:
      var sum = Quantity.whole(0)
      for item in items {
        guard let name = arguments[0], !name.isNull else {
          sum = sum + Quantity(item)
          continue
        }
        guard case .object = item else { throw Fault("an item has no \"\(name.text)\"") }
        sum = sum + Quantity(item[name.text] ?? .null)
      }
      return sum.value
    default: return .list(try unique(items, by: arguments[0]))
    }
  }

  private mutating func join(_ items: [LiquidValue], _ glue: String) throws(Fault) -> LiquidValue {
    var joined = Output(capacity: items.count * 16)
    let isMarkup = escapesHTML && items.contains { if case .markup = $0 { true } else { false } }
    for (index, item) in items.enumerated() {
      let start = joined.count
      if index > 0 { isMarkup ? joined.append(escapingHTML: glue) : joined.append(utf8: glue) }
      if isMarkup, case .markup(let text) = item {
        joined.append(utf8: text)
      } else if isMarkup {
        joined.append(escapingHTML: item.text)
      } else {
        joined.append(item)
      }
      try charge(scratch: joined.count - start)
    }
    return isMarkup ? .markup(joined.text()) : .string(joined.text())
  }

  /// `item[name]` as Ruby has it: a member of an object, a part of a text, nothing of a number. `nil`: an item that knows
  /// no brackets (`nil`, a boolean) ends the search.
  private func property(_ name: LiquidValue, of item: LiquidValue) throws(Fault) -> LiquidValue? {
    switch item {
    case .object: return name.isNull ? .null : item[name.text] ?? .null
    case .string, .markup:
      if name.isNull { return nil }
      return item.contains(name) ? name : .null
    case .int(let number):
      guard case .int(let bit) = name else { throw Fault("an item has no \"\(name.text)\"") }
      return .int(bit >= 0 && bit < 64 ? (number >> bit) & 1 : number < 0 ? 1 : 0)
    default: return nil
    }
  }

  /// Filters that look for items with a property, or with a value of it.
  private mutating func choose(
    _ filter: Filter, _ input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    let name = arguments[0] ?? .null
    let wanted = arguments[1] ?? .null
    let items = try list(input)
    var found: [LiquidValue] = []
    for (index, item) in items.enumerated() {
      try charge(scratch: 16)
      guard let value = try property(name, of: item) else { return .null }
      let fits = wanted.isNull ? value.isTrue : value.equals(wanted)
      switch filter {
      case .find where fits: return item
      case .findIndex where fits: return .int(Int64(index))
      case .has where fits: return .bool(true)
      case .where where fits, .reject where !fits: found.append(item)
      default: break
      }
    }
    switch filter {
    case .find, .findIndex: return .null
    case .has: return .bool(false)
    default: return .list(found)
    }
  }

  /// Numbers or texts by their order, what is missing last.
  private mutating func sort(_ items: [LiquidValue], by name: LiquidValue) throws(Fault) -> [LiquidValue] {
    let keys = name.isNull ? items : items.map { $0[name.text] ?? .null }
    let known = keys.filter { !$0.isNull }
    if known.count > 1, let first = known.first, !known.allSatisfy({ first.order($0) != nil }) {
      throw Fault("the items cannot be compared with one another")
    }
    try charge(scratch: items.count * 64)
    let order = keys.indices.sorted { a, b in
      if keys[a].isNull || keys[b].isNull { return !keys[a].isNull || (keys[b].isNull && a < b) }
      let order = keys[a].order(keys[b]) ?? 0
      return order < 0 || (order == 0 && a < b)
    }
    return order.map { items[$0] }
  }

  /// As texts, without regard to capitals.
  private mutating func sortNaturally(_ items: [LiquidValue], by name: LiquidValue) throws(Fault) -> [LiquidValue] {
    let values =
      name.isNull
      ? items.map(\.naturalKey)
      : items.map { item in
        if case .object = item { (item[name.text] ?? .null).naturalKey } else { item.naturalKey }
      }
    try charge(scratch: items.count * 64)
    let order = values.indices.sorted { a, b in
      switch (values[a], values[b]) {
      case (nil, nil): return a < b
      case (nil, _): return false
      case (_, nil): return true
      case (let x?, let y?):
        let order = LiquidValue.order(x, y)
        return order < 0 || (order == 0 && a < b)
      }
    }
    return order.map { items[$0] }
  }

  private mutating func unique(_ items: [LiquidValue], by name: LiquidValue?) throws(Fault) -> [LiquidValue] {
    var seen: Set<String> = []
    var kept: [LiquidValue] = []
    for item in items {
      let key = name.map { $0.isNull ? item : item[$0.text] ?? .null } ?? item
      var json = Output(capacity: 64)
      json.append(json: key)
      try charge(scratch: json.count)
      if seen.insert(json.text()).inserted { kept.append(item) }
    }
    return kept
  }
}

extension LiquidValue {
  fileprivate var naturalKey: String? { isNull ? nil : text.lowercased() }
}
