/// A day of the proleptic Gregorian calendar.
@frozen
public struct CivilDate: Hashable, Comparable, Sendable {
  public var year: Int
  /// 1–12.
  public var month: Int
  /// 1–31.
  public var day: Int

  @inlinable
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1970-01-01. (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, `civil_from_days`.)
  @inlinable
  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to this day; a day beyond the month's end counts on into the next. (Hinnant, `days_from_civil`.)
  @inlinable
  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 1 Monday … 7 Sunday (ISO 8601).
  @inlinable
  public var weekday: Int {
    let sinceMonday = (daysSince1970 + 3) % 7
    return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
  }

  @inlinable
  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// How many days a month (1–12) has.
  @inlinable
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  @inlinable
  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }
}

extension Instant {
  /// Milliseconds of a UTC day; the calendar knows no leap seconds.
  public static let millisecondsPerDay: Int64 = 86_400_000

  /// Whole days since 1970-01-01 in UTC, rounded down.
  @inlinable
  public var daysSince1970: Int {
    let days = milliseconds / Self.millisecondsPerDay
    return Int(milliseconds % Self.millisecondsPerDay < 0 ? days - 1 : days)
  }

  /// 0 up to 86,399,999.
  @inlinable
  public var millisecondsOfDay: Int64 {
    let rest = milliseconds % Self.millisecondsPerDay
    return rest < 0 ? rest + Self.millisecondsPerDay : rest
  }

  /// The day in UTC.
  @inlinable
  public var date: CivilDate { CivilDate(daysSince1970: daysSince1970) }

  /// Midnight in UTC of a day.
  @inlinable
  public init(_ date: CivilDate) {
    self.init(milliseconds: Int64(date.daysSince1970) * Self.millisecondsPerDay)
  }
}
