import RoostCore

/// The hours of a person's day in which no marketing arrives, from a time of the clock up to another, midnight between
/// them or not.
public struct QuietHours: Sendable, Hashable {
  /// Minutes after midnight.
  public var from: Int
  public var to: Int
  /// `.hold` or `.skip`.
  public var over: OverRule

  public init(from: Int, to: Int, over: OverRule = .hold) {
    self.from = from
    self.to = to
    self.over = over
  }

  /// The quiet hours in which a moment lies, or else the next ones.
  ///
  /// They begin and end when the clocks show those times: at the end of the gap where they skip them, the first time
  /// where they show them twice.
  public func period(at moment: Instant, in zone: ZoneRules) -> (start: Instant, end: Instant) {
    // From the day before: its hours may reach into this day. A day that clocks skip may add one more.
    let today = zone.local(moment).date.daysSince1970
    for day in today - 1...today + 3 {
      let start = zone.instant(LocalTime(CivilDate(daysSince1970: day), minuteOfDay: from))
      let last = from < to ? day : day + 1
      let end = zone.instant(LocalTime(CivilDate(daysSince1970: last), minuteOfDay: to))
      if end > moment, end > start { return (start, end) }
    }
    return (.distantFuture, .distantFuture)
  }

  /// The first moment not before `moment` that is not quiet.
  public func firstLoud(notBefore moment: Instant, in zone: ZoneRules) -> Instant {
    var moment = moment
    var period = period(at: moment, in: zone)
    while period.start <= moment, moment < .distantFuture {
      moment = period.end
      period = self.period(at: moment, in: zone)
    }
    return moment
  }
}
