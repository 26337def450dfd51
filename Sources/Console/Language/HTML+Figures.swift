import RoostCore

/// Numbers, amounts and times as the reader writes them.
extension HTML {
  /// `69,659`, `69 659`.
  public mutating func number(_ number: Int) {
    text(reader.grouped(number))
  }

  /// `1,234.50 EUR`, `1 234,50 EUR`: two decimals, rounded half away from zero.
  public mutating func amount(_ amount: Micros, currency: String) {
    text(reader.amount(amount))
    append(literal: "\u{00A0}")
    text(currency)
  }

  /// Date and time in the reader's zone; the exact moment for machines.
  public mutating func time(_ moment: Instant, seconds: Bool = false) {
    timeElement(moment) { civil, language in
      civil.date(in: language) + ", " + (seconds ? civil.clock : civil.clockMinutes)
    }
  }

  /// The date alone.
  public mutating func date(_ moment: Instant) {
    timeElement(moment) { civil, language in civil.date(in: language) }
  }

  /// The time of day alone, for lists under a date.
  public mutating func timeOfDay(_ moment: Instant) {
    timeElement(moment) { civil, _ in civil.clock }
  }

  /// A length of time in its largest exact unit: `3 days`, `36 hours`.
  public mutating func span(_ span: TimeSpan) {
    let units: [(milliseconds: Int64, plural: Plural)] = [
      (86_400_000, .days), (3_600_000, .hours), (60_000, .minutes), (1_000, .seconds),
    ]
    let unit = units.first { span.milliseconds % $0.milliseconds == 0 && span.milliseconds != 0 } ?? units[3]
    say(Int(span.milliseconds / unit.milliseconds), unit.plural)
  }

  private mutating func timeElement(_ moment: Instant, _ write: (CivilTime, Language) -> String) {
    let exact = moment.text
    self("time", .dateTime(exact), .title(exact)) { html in
      let civil = CivilTime(moment, offsetSeconds: html.reader.zone.offsetSeconds(at: moment))
      html.text(write(civil, html.reader.language))
    }
  }
}

extension Reader {
  /// Digits in groups of three.
  func grouped(_ number: Int) -> String {
    (number < 0 ? "−" : "") + grouped(magnitude: number.magnitude)
  }

  func amount(_ amount: Micros) -> String {
    let cents = (amount.count.magnitude + 5_000) / 10_000
    let point = language == .english ? "." : ","
    let rest = String(cents % 100)
    let sign = amount.count < 0 && cents > 0 ? "−" : ""
    return sign + grouped(magnitude: UInt(cents / 100)) + point + (rest.utf8.count == 1 ? "0" + rest : rest)
  }

  private func grouped(magnitude: UInt) -> String {
    let digits = Array(String(magnitude))
    let separator: Character = language == .english ? "," : "\u{00A0}"
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(separator) }
      text.append(digit)
    }
    return text
  }
}

extension Plural {
  static let days = Plural(("day", "days"), ("день", "дня", "дней"))
  static let hours = Plural(("hour", "hours"), ("час", "часа", "часов"))
  static let minutes = Plural(("minute", "minutes"), ("минута", "минуты", "минут"))
  static let seconds = Plural(("second", "seconds"), ("секунда", "секунды", "секунд"))
}
