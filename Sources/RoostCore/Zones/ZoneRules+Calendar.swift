extension ZoneRules {
  /// The first moment not before `moment` in which the clocks show a time of day, on a weekday if one is given.
  ///
  /// Where the clocks skip that time on the day, it is the first moment after the gap; where they show it twice, the
  /// first time.
  /// - Parameters:
  ///   - minuteOfDay: 0 up to 1,439.
  ///   - weekday: 1 Monday … 7 Sunday; `nil`: any day.
  public func next(minuteOfDay: Int, weekday: Int? = nil, notBefore moment: Instant) -> Instant {
    // From the day before: one that clocks skip as a whole begins with the next.
    var day = local(moment).date.daysSince1970 - 1
    while true {
      let date = CivilDate(daysSince1970: day)
      if weekday == nil || date.weekday == weekday {
        let candidate = instant(LocalTime(date, minuteOfDay: minuteOfDay))
        if candidate >= moment { return candidate }
      }
      day += 1
    }
  }

  /// The first moment not before `moment` in which a day of the year comes, at a time of day. 29 February comes on the
  /// 28th in years that have none.
  /// - Parameters:
  ///   - month: 1–12.
  ///   - day: 1–31; a day that the month never has comes on its last.
  public func next(month: Int, day: Int, minuteOfDay: Int, notBefore moment: Instant) -> Instant {
    var year = local(moment).date.year
    while true {
      let date = CivilDate(year: year, month: month, day: min(day, CivilDate.days(inMonth: month, of: year)))
      let candidate = instant(LocalTime(date, minuteOfDay: minuteOfDay))
      if candidate >= moment { return candidate }
      year += 1
    }
  }
}

/// A stretch of the calendar that limits count in.
@frozen
public enum CalendarUnit: Sendable, Hashable, CaseIterable {
  case minute, hour, day
  /// From Monday (ISO 8601).
  case week
  case month
}

extension ZoneRules {
  /// Which unit a moment lies in, by local clocks, counted from 1970.
  public func index(of unit: CalendarUnit, at moment: Instant) -> Int {
    let local = local(moment)
    let days = local.date.daysSince1970
    switch unit {
    case .minute: return days * 1_440 + local.minuteOfDay
    case .hour: return days * 24 + local.hour
    case .day: return days
    // 1970-01-01 was a Thursday.
    case .week: return (days + 3 - (local.date.weekday - 1)) / 7
    case .month: return (local.date.year - 1_970) * 12 + local.date.month - 1
    }
  }

  /// The first moment of a unit, counted as `index(of:at:)` does.
  public func start(of unit: CalendarUnit, index: Int) -> Instant {
    switch unit {
    case .minute: return instant(LocalTime(asUTC: Instant(milliseconds: Int64(index) * 60_000)))
    case .hour: return instant(LocalTime(asUTC: Instant(milliseconds: Int64(index) * 3_600_000)))
    case .day: return start(of: CivilDate(daysSince1970: index))
    case .week: return start(of: CivilDate(daysSince1970: index * 7 - 3))
    case .month:
      let year = index >= 0 ? index / 12 : (index - 11) / 12
      return start(of: CivilDate(year: 1_970 + year, month: index - year * 12 + 1, day: 1))
    }
  }
}
