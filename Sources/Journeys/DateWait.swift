import RoostCore

/// The next return of a date in somebody's life.
struct DateWait: Sendable, Equatable {
  var trait: Symbol
  /// `nil`: the beginning of the day, and on the day itself at once.
  var minuteOfDay: Int?
  var daysBefore: Int

  /// The first such moment not before `moment`; `nil` if the value is no date.
  ///
  /// Somebody born on 29 February has it on the 28th in years without one.
  func next(of value: Value?, notBefore moment: Instant, in zone: ZoneRules) -> Instant? {
    guard case .string(let text)? = value, let (month, day) = Self.dayOfYear(text) else { return nil }
    let today = zone.local(moment).date
    var year = today.year
    while true {
      let date = CivilDate(year: year, month: month, day: min(day, CivilDate.days(inMonth: month, of: year)))
      let shifted = CivilDate(daysSince1970: date.daysSince1970 - daysBefore)
      if minuteOfDay == nil, shifted == today { return moment }
      let candidate = zone.instant(LocalTime(shifted, minuteOfDay: minuteOfDay ?? 0))
      if candidate >= moment { return candidate }
      year += 1
    }
  }

  /// Reads the day of `1990-02-29`, of a time that begins so, and of `--02-29` and `02-29`, which have no year.
  static func dayOfYear(_ text: String) -> (month: Int, day: Int)? {
    var bytes = Array(text.utf8)
    if bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[..<4].allSatisfy({ (48...57).contains($0) }) {
      guard bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
      bytes = Array(bytes[5..<10])
    } else if bytes.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) {
      bytes.removeFirst(2)
    }
    guard bytes.count == 5, bytes[2] == UInt8(ascii: "-"), let month = number(bytes[0], bytes[1]),
      let day = number(bytes[3], bytes[4]), (1...12).contains(month),
      (1...CivilDate.days(inMonth: month, of: 2024)).contains(day)
    else { return nil }
    return (month, day)
  }

  private static func number(_ tens: UInt8, _ ones: UInt8) -> Int? {
    guard (48...57).contains(tens), (48...57).contains(ones) else { return nil }
    return Int(tens - 48) * 10 + Int(ones - 48)
  }
}
