extension Machine {
  func compute(
    _ filter: Filter, _ input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    let number = Quantity(input)
    let other = Quantity(arguments[0] ?? .null)
    switch filter {
    case .abs:
      if case .whole(let whole) = number { return .int(whole == .min ? .max : Swift.abs(whole)) }
      return .double(Swift.abs(number.double))
    case .atLeast: return (number < other ? other : number).value
    case .atMost: return (other < number ? other : number).value
    case .ceil: return rounded(number, .up)
    case .floor: return rounded(number, .down)
    case .round: return round(number, arguments)
    case .plus: return (number + other).value
    case .minus: return (number - other).value
    case .times: return (number * other).value
    default:
      guard !other.isZero else { throw Fault("a number cannot be divided by 0") }
      return (filter == .dividedBy ? number / other : number % other).value
    }
  }

  private func rounded(_ number: Quantity, _ rule: FloatingPointRoundingRule) -> LiquidValue {
    if case .whole = number { return number.value }
    return .int(Int64(clamping: number.double.rounded(rule)))
  }

  private func round(_ number: Quantity, _ arguments: FilterArguments) -> LiquidValue {
    let places = Int(max(-30, min(30, Quantity(arguments[0] ?? .null).int)))
    guard let decimal = Decimal(number)?.rounded(to: places) else {
      return places > 0 ? number.value : rounded(number, .toNearestOrAwayFromZero)
    }
    if case .whole = number, places >= 0 { return number.value }
    return places > 0
      ? .double(decimal.double) : .int(decimal.places == 0 ? decimal.digits : Int64(clamping: decimal.double))
  }
}
