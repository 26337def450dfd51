import RoostCore

/// A moment read from a template's value: in UTC, or on the clock of whoever reads it.
struct ReadDate {
  var milliseconds: Int64
  /// Written without a zone: a day and time of day as they are.
  var isLocal: Bool

  /// Reads seconds since 1970, RFC 3339 and its relatives, `now`, `today` and dates in English words (`March 14, 2016`,
  /// `14 Mar 2016 10:30 pm`); `nil` for anything else.
  init?(_ value: LiquidValue, now: Instant) {
    switch value {
    case .int(let seconds): self.init(seconds: Double(seconds))
    case .double(let seconds): self.init(seconds: seconds)
    case .string(let text), .markup(let text): self.init(text: text, now: now)
    default: return nil
    }
  }

  private init?(seconds: Double) {
    guard abs(seconds) < 1e12 else { return nil }
    self.init(milliseconds: Int64((seconds * 1000).rounded()), isLocal: false)
  }

  private init(milliseconds: Int64, isLocal: Bool) {
    self.milliseconds = milliseconds
    self.isLocal = isLocal
  }

  private init?(text: String, now: Instant) {
    let trimmed = String(decoding: text.utf8.drop(while: isLiquidSpace), as: UTF8.self)
    guard trimmed.utf8.count <= 64 else { return nil }
    if trimmed == "now" || trimmed == "today" {
      self.init(milliseconds: now.milliseconds, isLocal: false)
    } else if !trimmed.isEmpty, trimmed.utf8.count <= 12, trimmed.utf8.allSatisfy({ $0.isDigit }),
      trimmed.utf8.count != 8, let seconds = Double(trimmed)
    {
      self.init(seconds: seconds)
    } else if let instant = Instant(iso8601: trimmed) {
      let time = trimmed.utf8.dropFirst(10)
      let hasZone = time.contains { $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "z") || $0 == 43 || $0 == 45 }
      self.init(milliseconds: instant.milliseconds, isLocal: !hasZone)
    } else {
      guard let milliseconds = Self.words(trimmed) else { return nil }
      self.init(milliseconds: milliseconds, isLocal: true)
    }
  }

  /// A day in words, with a time of day or without.
  private static func words(_ text: String) -> Int64? {
    var year: Int?
    var month: Int?
    var day: Int?
    var time: Int64 = 0
    for part in text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "/" }) {
      let word = part.lowercased()
      if let found = Calendar.english.months.firstIndex(where: { $0.lowercased().hasPrefix(word) }), word.count >= 3 {
        month = found + 1
      } else if Calendar.english.days.contains(where: { $0.lowercased().hasPrefix(word) }), word.count >= 3 {
        continue
      } else if word.contains(":") {
        guard let clock = clock(word) else { return nil }
        time = clock
      } else if word == "pm" || word == "am" {
        if word == "pm", time < 43_200_000 { time += 43_200_000 }
        if word == "am", time >= 43_200_000 { time -= 43_200_000 }
      } else {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count)) else {
          return nil
        }
        if digits.count == 4 { year = number } else if day == nil { day = number } else { return nil }
      }
    }
    guard let year, let month else { return nil }
    let date = CivilDate(year: year, month: month, day: day ?? 1)
    guard date.day >= 1, date.day <= CivilDate.days(inMonth: month, of: year) else { return nil }
    return Int64(date.daysSince1970) * Instant.millisecondsPerDay + time
  }

  /// `10:30`, `10:30:15`.
  private static func clock(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard parts.count == 2 || parts.count == 3, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour),
      (0..<60).contains(minute)
    else { return nil }
    guard parts.count == 3 else { return (hour * 60 + minute) * 60_000 }
    guard let second = parts[2], (0..<61).contains(second) else { return nil }
    return ((hour * 60 + minute) * 60 + second) * 1000
  }
}
