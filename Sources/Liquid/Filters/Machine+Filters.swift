extension Machine {
  /// One filter. What it makes is paid for before or as it is made, so that no template can blow a value up.
  mutating func apply(
    _ filter: Filter, to input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    try charge(scratch: input.weight)
    switch filter {
    case .default: return defaulted(input, arguments)
    case .abs, .atLeast, .atMost, .ceil, .dividedBy, .floor, .minus, .modulo, .plus, .round, .times:
      return try compute(filter, input, arguments)
    case .compact, .concat, .find, .findIndex, .first, .has, .join, .last, .map, .reject, .reverse, .sort,
      .sortNatural, .sum, .uniq, .where:
      return try arrange(filter, input, arguments)
    case .size: return size(input) ?? .int(0)
    case .slice: return try slice(input, arguments)
    case .date: return try date(input, arguments)
    case .money, .plural: return try localize(filter, input, arguments)
    case .json:
      var json = Output(capacity: 256)
      json.append(json: input)
      try charge(scratch: json.count)
      return escapesHTML ? .string(json.text()) : .markup(json.text())
    case .product: return try products(input, arguments)
    case .raw: return .markup(input.text)
    case .trackedURL:
      guard let tracked = settings.pointee.trackedURL else { return input }
      return .string(tracked(input.text, arguments.text(0)))
    case .voucher:
      let pool = input.text
      if notesPools, !pools.contains(pool) { pools.append(pool) }
      guard let code = settings.pointee.voucher?(pool) else {
        throw Fault("there is no voucher to give from \"\(pool)\"")
      }
      return .string(code)
    default: return try transform(filter, input, arguments)
    }
  }

  private func defaulted(_ input: LiquidValue, _ arguments: FilterArguments) -> LiquidValue {
    let allowsFalse = arguments["allow_false"]?.isTrue ?? false
    switch input {
    case .bool(false): return allowsFalse ? input : arguments[0] ?? .string("")
    case .null, .empty, .blank: return arguments[0] ?? .string("")
    default: return input.isEmpty ? arguments[0] ?? .string("") : input
    }
  }

  private mutating func slice(_ input: LiquidValue, _ arguments: FilterArguments) throws(Fault) -> LiquidValue {
    guard let first = try Self.whole(arguments[0] ?? .null) else { throw Fault("the first place is no whole number") }
    var length = 1
    if let given = arguments[1], !given.isNull {
      guard let number = try Self.whole(given) else { throw Fault("the length is no whole number") }
      length = number
    }
    if case .list(let items) = input {
      return .list(Self.part(of: items, first, length))
    }
    let scalars = Array(input.text.unicodeScalars)
    var text = ""
    text.unicodeScalars.append(contentsOf: Self.part(of: scalars, first, length))
    return .string(text)
  }

  private static func part<Item>(of items: [Item], _ first: Int, _ length: Int) -> [Item] {
    let start = first < 0 ? items.count + first : first
    guard start >= 0, start < items.count, length > 0 else { return [] }
    return Array(items[start..<(start + min(length, items.count - start))])
  }

  /// A whole number, or a text that is one; `nil` for anything else.
  static func whole(_ value: LiquidValue) throws(Fault) -> Int? {
    switch value {
    case .int(let number): return Int(max(-(1 << 53), min(1 << 53, number)))
    case .string(let text), .markup(let text): return Int(text).map { max(-(1 << 53), min(1 << 53, $0)) }
    default: return nil
    }
  }

  /// The items of a value as filters of lists see them: nested lists flattened, anything else as its only item.
  mutating func list(_ value: LiquidValue) throws(Fault) -> [LiquidValue] {
    switch value {
    case .null: return []
    case .list(let items):
      guard items.contains(where: { if case .list = $0 { true } else { false } }) else { return items }
      var flat: [LiquidValue] = []
      Self.flatten(items, into: &flat)
      try charge(scratch: flat.count * 16)
      return flat
    case .range(let first, let last):
      guard first <= last else { return [] }
      try charge(scratch: Int(min(last - first + 1, 1 << 40)) * 16)
      return (first...last).map { .int($0) }
    default: return [value]
    }
  }

  private static func flatten(_ items: [LiquidValue], into flat: inout [LiquidValue]) {
    for item in items {
      if case .list(let inner) = item { flatten(inner, into: &flat) } else { flat.append(item) }
    }
  }
}
