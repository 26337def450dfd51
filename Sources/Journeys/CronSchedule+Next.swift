import RoostCore

extension CronSchedule {
  /// After so many days without a match there is none: the calendar of weekdays repeats every 28 years, twice that where
  /// a century leaves a leap day out.
  private static let daysMax = 366 * 57

  /// The first of its minutes after a moment, by a zone's clocks.
  ///
  /// A minute that the clocks skip is the first moment after the gap; one that they show twice counts the first time.
  /// - Returns: `.distantFuture` if it never comes.
  func next(after moment: Instant, in zone: ZoneRules) -> Instant {
    let local = zone.local(moment)
    var day = local.date.daysSince1970
    let last = day + Self.daysMax
    var minute = local.minuteOfDay
    while day <= last {
      let date = CivilDate(daysSince1970: day)
      if includes(date) {
        while let found = minuteOfDay(from: minute) {
          let candidate = zone.instant(LocalTime(date, minuteOfDay: found))
          if candidate > moment { return candidate }
          minute = found + 1
        }
      }
      minute = 0
      day = months >> UInt64(date.month) & 1 == 1 ? day + 1 : Self.nextMonth(date).daysSince1970
    }
    return .distantFuture
  }

  private static func nextMonth(_ date: CivilDate) -> CivilDate {
    CivilDate(year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
  }
}
