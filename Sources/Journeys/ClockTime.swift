import RoostCore

/// A time of day, or of a week, on the clock of some zone.
public struct ClockTime: Sendable, Hashable {
  /// 0 = Monday … 6 = Sunday; `nil`: any day.
  public var weekday: Int?
  public var minuteOfDay: Int

  public static let weekdayNames = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

  public init(weekday: Int?, minuteOfDay: Int) {
    self.weekday = weekday
    self.minuteOfDay = minuteOfDay
  }

  /// Reads `10:00` or `MON 10:00`; `nil` for anything else.
  public init?(text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let time = words.last, (1...2).contains(words.count) else { return nil }
    if words.count == 2 {
      guard let day = Self.weekdayNames.firstIndex(of: words[0].uppercased()) else { return nil }
      weekday = day
    }
    guard let minute = Self.minuteOfDay(time) else { return nil }
    minuteOfDay = minute
  }

  /// Reads `10:00`.
  static func minuteOfDay(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let hour = twoDigits(parts[0]), let minute = twoDigits(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  private static func twoDigits(_ text: Substring) -> Int? {
    guard text.utf8.count == 2, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return Int(text)
  }

  /// The first such moment that is not before `moment`, in a zone with a fixed distance from UTC.
  public func next(notBefore moment: Instant, offsetMinutes: Int) -> Instant {
    let minute: Int64 = 60_000
    let day = 1_440 * minute
    let period = weekday == nil ? day : 7 * day
    // 1970-01-01 was a Thursday: the first Monday began four days later.
    let firstDay = Int64(weekday.map { $0 + 4 } ?? 0) * day
    let phase = firstDay + Int64(minuteOfDay - offsetMinutes) * minute
    let past = (moment.milliseconds - phase) % period
    return Instant(milliseconds: moment.milliseconds + (past > 0 ? period - past : -past))
  }

  /// Minutes east of UTC of the zones that have no rules: `UTC`, `GMT`, `Etc/UTC`, `Etc/GMT-2` (which is two hours
  /// *east*, as the zone database has it). `nil` for all others: they need the zone database.
  public static func offsetMinutes(ofFixedZone name: String) -> Int? {
    if ["UTC", "GMT", "Etc/UTC", "Etc/GMT"].contains(name) { return 0 }
    guard name.hasPrefix("Etc/GMT"), let hours = Int(name.dropFirst(7)), (-14...12).contains(hours),
      name.dropFirst(7).first.map({ "+-".contains($0) }) == true
    else { return nil }
    return -hours * 60
  }
}
