import RoostCore

/// A moment on the calendar and clock of a place (proleptic Gregorian).
struct CivilTime: Equatable {
  var date: CivilDate
  var hour: Int
  var minute: Int
  var second: Int

  /// Years outside 0001…9999 are shown as the nearest of these.
  init(_ moment: Instant, offsetSeconds: Int) {
    let bounded = Swift.min(Swift.max(moment.milliseconds, -62_135_596_800_000), 253_402_214_400_000)
    let local = Int(bounded) + offsetSeconds * 1_000
    let days = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    let inDay = local - days * 86_400_000
    date = CivilDate(daysSince1970: days)
    hour = inDay / 3_600_000
    minute = inDay / 60_000 % 60
    second = inDay / 1_000 % 60
  }

  /// `10:00:00`.
  var clock: String { "\(pad(hour)):\(pad(minute)):\(pad(second))" }
  /// `10:00`.
  var clockMinutes: String { "\(pad(hour)):\(pad(minute))" }

  /// `1 Mar 2026`, `1 мар. 2026`.
  func date(in language: Language) -> String {
    "\(date.day)\u{00A0}\(Self.months(language)[date.month - 1])\u{00A0}\(date.year)"
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

  private func pad(_ number: Int) -> String {
    number < 10 ? "0\(number)" : String(number)
  }
}
