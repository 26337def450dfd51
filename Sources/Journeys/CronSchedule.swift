import RoostCore

/// Minutes that come again and again, as `crontab(5)` writes them: minute, hour, day of the month, month, day of the week.
///
/// A field is `*`, numbers, ranges (`MON-FRI`), steps (`*/15`, `8-18/2`), or a list of these. If both days are restricted,
/// either of them is enough, as in Vixie cron.
public struct CronSchedule: Sendable, Hashable {
  /// As it was written, with single spaces.
  public let text: String
  /// Bit n: minute n.
  let minutes: UInt64
  /// Bit n: hour n.
  let hours: UInt64
  /// Bit n: day n of the month, from 1.
  let days: UInt64
  /// Bit n: month n, from 1.
  let months: UInt64
  /// Bit n: 0 = Sunday … 6 = Saturday.
  let weekdays: UInt64
  let isDayRestricted: Bool
  let isWeekdayRestricted: Bool

  private struct Field {
    var name: String
    var range: ClosedRange<Int>
    var words: [String] = []
    /// What the first word stands for.
    var firstWord = 0
  }

  private static let fields = [
    Field(name: "minute", range: 0...59), Field(name: "hour", range: 0...23),
    Field(name: "day of the month", range: 1...31),
    Field(
      name: "month", range: 1...12,
      words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], firstWord: 1),
    Field(name: "day of the week", range: 0...7, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
  ]

  /// - Throws: a problem that names the field that is wrong.
  public init(parsing source: String) throws(Problem) {
    let words = source.split(separator: " ").map(String.init)
    guard words.count == 5 else {
      throw .invalid(
        "", "expected five fields, minute, hour, day of the month, month, day of the week, such as \"0 10 * * MON\"")
    }
    var masks: [UInt64] = []
    for (word, field) in zip(words, Self.fields) {
      guard let mask = Self.mask(word, field) else {
        throw .invalid(
          "",
          "\"\(word)\" is no \(field.name): write *, a number from \(field.range.lowerBound) to "
            + "\(field.range.upperBound)\(field.words.isEmpty ? "" : ", a name such as \(field.words[1])"), "
            + "a range such as 1-5, a step such as */2, or a list of these")
      }
      masks.append(mask)
    }
    // Sunday is 0 and 7.
    if masks[4] >> 7 & 1 == 1 { masks[4] = masks[4] & 0x7F | 1 }
    text = words.joined(separator: " ")
    (minutes, hours, days, months, weekdays) = (masks[0], masks[1], masks[2], masks[3], masks[4])
    isDayRestricted = !words[2].hasPrefix("*")
    isWeekdayRestricted = !words[4].hasPrefix("*")
    guard isWeekdayRestricted || Self.hasSuchDay(days, months) else {
      throw .invalid("", "no month of the list has such a day: it would never come")
    }
  }

  /// Whether any of the months is long enough; 29 February comes every few years.
  private static func hasSuchDay(_ days: UInt64, _ months: UInt64) -> Bool {
    let first = days.trailingZeroBitCount
    return (1...12).contains { months >> UInt64($0) & 1 == 1 && first <= CivilDate.days(inMonth: $0, of: 2024) }
  }

  private static func mask(_ word: String, _ field: Field) -> UInt64? {
    var mask: UInt64 = 0
    for item in word.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "/", omittingEmptySubsequences: false)
      guard let span = parts.first, parts.count <= 2, let range = range(span, field, isStepped: parts.count == 2)
      else { return nil }
      var step = 1
      if parts.count == 2 {
        guard let number = number(parts[1]), number > 0, number <= field.range.upperBound else { return nil }
        step = number
      }
      for value in stride(from: range.lowerBound, through: range.upperBound, by: step) { mask |= 1 << UInt64(value) }
    }
    return mask
  }

  private static func range(_ text: Substring, _ field: Field, isStepped: Bool) -> ClosedRange<Int>? {
    if text == "*" { return field.range }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(ends.count), let first = value(ends[0], field) else { return nil }
    guard ends.count == 2 else { return isStepped ? first...field.range.upperBound : first...first }
    guard let last = value(ends[1], field), first <= last else { return nil }
    return first...last
  }

  private static func value(_ text: Substring, _ field: Field) -> Int? {
    if let word = field.words.firstIndex(of: text.uppercased()) { return word + field.firstWord }
    guard let number = number(text), field.range.contains(number) else { return nil }
    return number
  }

  private static func number(_ text: Substring) -> Int? {
    guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return Int(text)
  }
}

extension CronSchedule {
  /// Whether it has a minute on this day.
  func includes(_ date: CivilDate) -> Bool {
    guard months >> UInt64(date.month) & 1 == 1 else { return false }
    let isDay = days >> UInt64(date.day) & 1 == 1
    let isWeekday = weekdays >> UInt64(date.weekday % 7) & 1 == 1
    return isDayRestricted && isWeekdayRestricted ? isDay || isWeekday : isDay && isWeekday
  }

  /// The first of its minutes of a day that is `minute` or later; `nil` if there is none any more.
  func minuteOfDay(from minute: Int) -> Int? {
    var hour = minute / 60
    var rest = minute % 60
    while hour < 24 {
      let left = minutes & (UInt64.max << UInt64(rest))
      if hours >> UInt64(hour) & 1 == 1, left != 0 { return hour * 60 + left.trailingZeroBitCount }
      hour += 1
      rest = 0
    }
    return nil
  }
}
