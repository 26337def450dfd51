/// A number in a template: whole, or with a fraction that is computed with as written, so that 10.1 − 2.2 is 7.9.
enum Quantity {
  case whole(Int64)
  case fraction(Double)

  /// What filters take a value for: texts by the number they begin with, everything else that is no number is 0.
  init(_ value: LiquidValue) {
    switch value {
    case .int(let number): self = .whole(number)
    case .double(let number): self = .fraction(number)
    case .string(let text), .markup(let text): self = Quantity(text: text)
    default: self = .whole(0)
    }
  }

  private init(text: String) {
    let bytes = Array(text.utf8)
    var at = bytes.firstIndex { !isLiquidSpace($0) } ?? bytes.count
    let start = at
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") { at += 1 }
    let digits = at
    while at < bytes.count, bytes[at].isDigit { at += 1 }
    guard at > digits else {
      self = .whole(0)
      return
    }
    let whole = at
    if at + 1 < bytes.count, bytes[at] == UInt8(ascii: "."), bytes[at + 1].isDigit {
      at += 1
      while at < bytes.count, bytes[at].isDigit { at += 1 }
    }
    let isFraction = at > whole && bytes[at...].allSatisfy { isLiquidSpace($0) }
    let end = isFraction ? at : whole
    let number = String(decoding: bytes[start..<end], as: UTF8.self)
    if !isFraction, let whole = Int64(number) {
      self = .whole(whole)
    } else {
      self = .fraction(Double(number) ?? 0)
    }
  }

  var value: LiquidValue {
    switch self {
    case .whole(let number): .int(number)
    case .fraction(let number): .double(number)
    }
  }

  var double: Double {
    switch self {
    case .whole(let number): Double(number)
    case .fraction(let number): number
    }
  }

  var isZero: Bool { double == 0 }

  /// Rounded towards zero and kept within 64 bits.
  var int: Int64 {
    switch self {
    case .whole(let number): number
    case .fraction(let number): Int64(clamping: number)
    }
  }

  static func + (a: Quantity, b: Quantity) -> Quantity {
    combine(a, b, { $0.addingReportingOverflow($1) }, { $0 + $1 }) { Decimal.sum($0, $1) }
  }

  static func - (a: Quantity, b: Quantity) -> Quantity {
    combine(a, b, { $0.subtractingReportingOverflow($1) }, { $0 - $1 }) { Decimal.sum($0, $1.negated) }
  }

  static func * (a: Quantity, b: Quantity) -> Quantity {
    combine(a, b, { $0.multipliedReportingOverflow(by: $1) }, { $0 * $1 }) { Decimal.product($0, $1) }
  }

  /// Whole numbers are divided downwards, as in Ruby. `b` is not 0.
  static func / (a: Quantity, b: Quantity) -> Quantity {
    guard case (.whole(let x), .whole(let y)) = (a, b), !(x == .min && y == -1) else {
      return .fraction(a.double / b.double)
    }
    let (quotient, rest) = x.quotientAndRemainder(dividingBy: y)
    return .whole(rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient)
  }

  /// With the sign of the divisor, as in Ruby. `b` is not 0.
  static func % (a: Quantity, b: Quantity) -> Quantity {
    switch (a, b) {
    case (.whole(let x), .whole(let y)):
      if y == -1 { return .whole(0) }
      let rest = x % y
      return .whole(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest)
    default:
      if let x = Decimal(a), let y = Decimal(b), let rest = Decimal.remainder(x, y) { return .fraction(rest.double) }
      let rest = a.double.truncatingRemainder(dividingBy: b.double)
      return .fraction(rest != 0 && (rest < 0) != (b.double < 0) ? rest + b.double : rest)
    }
  }

  static func < (a: Quantity, b: Quantity) -> Bool {
    if case (.whole(let x), .whole(let y)) = (a, b) { return x < y }
    return a.double < b.double
  }

  private static func combine(
    _ a: Quantity, _ b: Quantity, _ whole: (Int64, Int64) -> (partialValue: Int64, overflow: Bool),
    _ binary: (Double, Double) -> Double, _ decimal: (Decimal, Decimal) -> Decimal?
  ) -> Quantity {
    if case (.whole(let x), .whole(let y)) = (a, b) {
      let (result, overflow) = whole(x, y)
      return overflow ? .fraction(binary(Double(x), Double(y))) : .whole(result)
    }
    if let x = Decimal(a), let y = Decimal(b), let result = decimal(x, y) { return .fraction(result.double) }
    return .fraction(binary(a.double, b.double))
  }
}

/// `digits` × 10^−`places`, exact while it fits into 64 bits.
struct Decimal {
  var digits: Int64
  var places: Int

  private static let placesMax = 18

  init(digits: Int64, places: Int) {
    self.digits = digits
    self.places = places
  }

  /// The shortest decimal that reads back as the number; `nil` for what needs more than 18 places.
  init?(_ quantity: Quantity) {
    switch quantity {
    case .whole(let number): self.init(digits: number, places: 0)
    case .fraction(let number):
      guard abs(number) < 1e15 else { return nil }
      let text = number.description
      guard !text.contains("e"), let point = text.firstIndex(of: ".") else { return nil }
      let fraction = text[text.index(after: point)...]
      guard fraction.utf8.count <= Self.placesMax, let digits = Int64(text[..<point] + fraction) else { return nil }
      self.init(digits: digits, places: fraction.utf8.count)
    }
  }

  var negated: Decimal { Decimal(digits: digits == .min ? .max : -digits, places: places) }

  var double: Double { Double("\(digits)e-\(places)") ?? 0 }

  private func scaled(to places: Int) -> Decimal? {
    var digits = digits
    for _ in self.places..<max(self.places, places) {
      let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      digits = product
    }
    return Decimal(digits: digits, places: max(self.places, places))
  }

  static func sum(_ a: Decimal, _ b: Decimal) -> Decimal? {
    guard let x = a.scaled(to: b.places), let y = b.scaled(to: a.places) else { return nil }
    let (sum, overflow) = x.digits.addingReportingOverflow(y.digits)
    return overflow ? nil : Decimal(digits: sum, places: x.places)
  }

  static func product(_ a: Decimal, _ b: Decimal) -> Decimal? {
    let (product, overflow) = a.digits.multipliedReportingOverflow(by: b.digits)
    return overflow || a.places + b.places > 30 ? nil : Decimal(digits: product, places: a.places + b.places)
  }

  static func remainder(_ a: Decimal, _ b: Decimal) -> Decimal? {
    guard let x = a.scaled(to: b.places), let y = b.scaled(to: a.places), y.digits != 0, y.digits != -1 else {
      return nil
    }
    let rest = x.digits % y.digits
    return Decimal(digits: rest != 0 && (rest < 0) != (y.digits < 0) ? rest + y.digits : rest, places: x.places)
  }

  /// Rounded to so many places (negative ones: tens, hundreds …), halves away from zero.
  func rounded(to wanted: Int) -> Decimal? {
    guard wanted < places else { return self }
    guard places - wanted <= Self.placesMax else { return Decimal(digits: 0, places: 0) }
    var unit: Int64 = 1
    for _ in wanted..<places { unit *= 10 }
    let (quotient, rest) = digits.quotientAndRemainder(dividingBy: unit)
    let half = rest.magnitude >= (UInt64(unit) + 1) / 2
    let whole = half ? quotient + (digits < 0 ? -1 : 1) : quotient
    return wanted >= 0 ? Decimal(digits: whole, places: wanted) : Decimal(digits: whole, places: 0).tens(-wanted)
  }

  private func tens(_ count: Int) -> Decimal? {
    var digits = digits
    for _ in 0..<count {
      let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      digits = product
    }
    return Decimal(digits: digits, places: 0)
  }
}

extension Int64 {
  /// Towards zero; the nearest bound beyond ±2⁶³; 0 for not a number.
  init(clamping number: Double) {
    self = number.isNaN ? 0 : number >= 0x1p63 ? .max : number <= -0x1p63 ? .min : Int64(number)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
}
