extension Output {
  /// A whole number in decimal digits, written where they stay.
  mutating func append(digitsOf number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(digitsOf: number.magnitude)
  }

  private mutating func append(digitsOf number: UInt64) {
    append(most: 20) { digits in
      var count = 1
      var rest = number
      while rest >= 10 {
        rest /= 10
        count += 1
      }
      rest = number
      for place in (0..<count).reversed() {
        digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      return count
    }
  }

  /// As Ruby writes it: at least one digit behind the point.
  ///
  /// Amounts, with at most two places, without a text between: so few digits are a number's shortest form, since two
  /// decimals of less than 16 digits never mean one number.
  mutating func append(_ number: Double) {
    guard abs(number) < 1e11 else { return append(utf8: LiquidValue.shown(number)) }
    let hundredths = Int64(number * 100 + (number < 0 ? -0.5 : 0.5))
    guard Double(hundredths) / 100 == number, !(number == 0 && number.sign == .minus) else {
      return append(utf8: LiquidValue.shown(number))
    }
    if number < 0 { append(UInt8(ascii: "-")) }
    let (units, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    append(digitsOf: units)
    append(UInt8(ascii: "."))
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 10))
    if rest % 10 > 0 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)) }
  }
}
