import RoostCore

/// The stretch of time in which a cap counts: `30m`, `24h`, `7d`, `2w`, `month`, `3 months`.
public struct CapPeriod: Sendable, Hashable {
  public var count: Int
  public var unit: CalendarUnit

  public init(_ count: Int, _ unit: CalendarUnit) {
    self.count = count
    self.unit = unit
  }

  /// No cap looks back further than about a year.
  static let countsMax: [CalendarUnit: Int] = [.minute: 527_040, .hour: 8_784, .day: 366, .week: 53, .month: 12]

  private static let words: [String: CalendarUnit] = [
    "m": .minute, "min": .minute, "minute": .minute, "minutes": .minute, "h": .hour, "hour": .hour, "hours": .hour,
    "d": .day, "day": .day, "days": .day, "w": .week, "week": .week, "weeks": .week, "month": .month,
    "months": .month,
  ]

  /// Reads a number and a unit, with or without a space; a unit in full may stand alone. `nil` for anything else.
  public init?(text: String) {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let word = text[digits.endIndex...].drop { $0 == " " }
    guard let unit = Self.words[String(word)], digits.utf8.count <= 6 else { return nil }
    if digits.isEmpty {
      guard text.utf8.count > 3 || text == "day" else { return nil }
      self.init(1, unit)
    } else {
      guard let count = Int(digits), count >= 1, count <= Self.countsMax[unit]! else { return nil }
      self.init(count, unit)
    }
  }

  /// The first moment in which a message of `moment` is not counted any more.
  ///
  /// * Rolling: that much later; days have 24 hours, and a month goes to the same day and time of the clock, or to the
  ///   month's last day.
  /// * Calendar: the present unit counts, and the `count` − 1 before it; a week begins on Monday.
  public func end(from moment: Instant, isCalendar: Bool, in zone: ZoneRules) -> Instant {
    if isCalendar { return zone.start(of: unit, index: zone.index(of: unit, at: moment) + count) }
    switch unit {
    case .minute: return moment + .minutes(Int64(count))
    case .hour: return moment + .hours(Int64(count))
    case .day: return moment + .days(Int64(count))
    case .week: return moment + .days(7 * Int64(count))
    case .month:
      var local = zone.local(moment)
      let months = local.date.year * 12 + local.date.month - 1 + count
      let (year, month) = (months / 12, months % 12 + 1)
      local.date = CivilDate(
        year: year, month: month, day: min(local.date.day, CivilDate.days(inMonth: month, of: year)))
      return zone.instant(local)
    }
  }

  /// Whether where somebody lives makes a difference.
  func needsZone(isCalendar: Bool) -> Bool { isCalendar || unit == .month }
}
