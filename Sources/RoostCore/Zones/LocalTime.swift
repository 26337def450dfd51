/// What clocks and calendars show somewhere: a day and a time of day, without saying where.
@frozen
public struct LocalTime: Hashable, Comparable, Sendable {
  public var date: CivilDate
  /// Since the day's midnight as clocks show it; 0 up to 86,399,999.
  public var millisecondsOfDay: Int64

  @inlinable
  public init(_ date: CivilDate, millisecondsOfDay: Int64 = 0) {
    self.date = date
    self.millisecondsOfDay = millisecondsOfDay
  }

  /// - Parameter minuteOfDay: 0 up to 1,439.
  @inlinable
  public init(_ date: CivilDate, minuteOfDay: Int) {
    self.init(date, millisecondsOfDay: Int64(minuteOfDay) * 60_000)
  }

  public var minuteOfDay: Int { Int(millisecondsOfDay / 60_000) }
  public var hour: Int { Int(millisecondsOfDay / 3_600_000) }

  @inlinable
  public static func < (a: LocalTime, b: LocalTime) -> Bool {
    a.date == b.date ? a.millisecondsOfDay < b.millisecondsOfDay : a.date < b.date
  }

  /// As if it were UTC: the number in which local times are counted. Saturates.
  var asUTC: Instant {
    let days = Int64(date.daysSince1970)
    let (midnight, overflow) = days.multipliedReportingOverflow(by: Instant.millisecondsPerDay)
    let day = Instant(milliseconds: overflow ? (days < 0 ? .min : .max) : midnight)
    return day + TimeSpan(milliseconds: millisecondsOfDay)
  }

  init(asUTC moment: Instant) { self.init(moment.date, millisecondsOfDay: moment.millisecondsOfDay) }
}
