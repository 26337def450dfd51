import RoostCore

/// A moment on the calendar and clock of a place (proleptic Gregorian).
struct CivilTime: Equatable {
  var year: Int
  /// 1…12.
  var month: Int
  /// 1…31.
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var millisecond: Int

  /// Years outside 0001…9999 are shown as the nearest of these.
  init(_ moment: Instant, offsetSeconds: Int) {
    let bounded = Swift.min(Swift.max(moment.milliseconds, -62_135_596_800_000), 253_402_214_400_000)
    let local = Int(bounded) + offsetSeconds * 1_000
    let days = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    let inDay = local - days * 86_400_000
    hour = inDay / 3_600_000
    minute = inDay / 60_000 % 60
    second = inDay / 1_000 % 60
    millisecond = inDay % 1_000
    (year, month, day) = Self.date(daysSince1970: days)
  }

  /// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last of its year.
  private static func date(daysSince1970 days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// `2026-03-01T10:00:00.000Z`, if made for UTC.
  var rfc3339: String {
    "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock).\(pad(millisecond, 3))Z"
  }

  /// `10:00:00`.
  var clock: String { "\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))" }
  /// `10:00`.
  var clockMinutes: String { "\(pad(hour, 2)):\(pad(minute, 2))" }

  /// `1 Mar 2026`, `1 мар. 2026`.
  func date(in language: Language) -> String {
    "\(day)\u{00A0}\(Self.months(language)[month - 1])\u{00A0}\(year)"
  }

  /// Abbreviations of months within a date, by Unicode CLDR.
  private static func months(_ language: Language) -> [String] {
    switch language {
    case .english: english
    case .russian: russian
    }
  }
  private static let english = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  private static let russian = [
    "янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.",
  ]

  private func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
