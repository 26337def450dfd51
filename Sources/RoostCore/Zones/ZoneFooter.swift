/// The rule that a TZif file ends with: how clocks go on for ever, in the words of POSIX's `TZ` variable
/// (RFC 9636, 3.3): `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneFooter: Sendable, Equatable {
  /// East of UTC, the reverse of how it is written.
  var standardOffset: Int32
  var summer: Summer?

  struct Summer: Sendable, Equatable {
    var offset: Int32
    var start: Rule
    var end: Rule
  }

  /// A moment of every year, by the clocks that go until then.
  struct Rule: Sendable, Equatable {
    enum Day: Sendable, Equatable {
      /// 1–365; 29 February is not counted.
      case julian(Int)
      /// 0–365; 29 February is counted.
      case ordinal(Int)
      /// The week is 1–5, 5 the last; the day is 0 for Sunday.
      case weekday(month: Int, week: Int, day: Int)
    }
    var day: Day
    /// After midnight; from -167 to 167 hours.
    var seconds: Int64

    /// When it comes in a year, by local clocks, in seconds since 1970.
    func localSeconds(in year: Int) -> Int64 { Int64(days(in: year)) * 86_400 + seconds }

    private func days(in year: Int) -> Int {
      let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
      switch day {
      case .ordinal(let day): return newYear + day
      case .julian(let day): return newYear + day - (CivilDate.isLeap(year) && day >= 60 ? 0 : 1)
      case .weekday(let month, let week, let weekday):
        let first = CivilDate(year: year, month: month, day: 1)
        // Our Sunday is 7, theirs 0.
        let ahead = (weekday - first.weekday % 7 + 7) % 7
        var day = 1 + ahead + (week - 1) * 7
        if day > CivilDate.days(inMonth: month, of: year) { day -= 7 }
        return first.daysSince1970 + day - 1
      }
    }
  }

  /// Some 35,000 years: what lies further away has no summer.
  private static let secondsMax: Int64 = 1 << 40

  /// Seconds since 1970; `start` is the least, `end` the greatest number where there is none.
  struct Period {
    var start: Int64
    var end: Int64
    var offset: Int32
  }

  func period(at seconds: Int64) -> Period {
    guard let summer else { return Period(start: .min, end: .max, offset: standardOffset) }
    guard seconds > -Self.secondsMax else {
      return Period(start: .min, end: 1 - Self.secondsMax, offset: standardOffset)
    }
    guard seconds < Self.secondsMax else { return Period(start: Self.secondsMax, end: .max, offset: standardOffset) }
    let year = Instant(seconds: seconds + Int64(standardOffset)).date.year
    var before: (at: Int64, offset: Int32) = (.min, standardOffset)
    var after = Int64.max
    for year in (year - 1)...(year + 1) {
      let start = summer.start.localSeconds(in: year) - Int64(standardOffset)
      let end = summer.end.localSeconds(in: year) - Int64(summer.offset)
      // Where summer ends when it begins, it goes on: such a rule says that it lasts all year.
      for (at, offset) in [(end, standardOffset), (start, summer.offset)] {
        if at <= seconds, at >= before.at { before = (at, offset) }
        if at > seconds { after = min(after, at) }
      }
    }
    return Period(start: before.at, end: after, offset: before.offset)
  }
}

extension ZoneFooter {
  /// Reads the text between the two line feeds; `nil` if it is none.
  init?(_ text: UnsafeRawBufferPointer) {
    var reader = FooterReader(text: text)
    guard reader.name(), let standard = reader.offset() else { return nil }
    standardOffset = Int32(-standard)
    guard !reader.isAtEnd else { return }
    guard reader.name() else { return nil }
    var offset = standardOffset + 3_600
    if !reader.isAtEnd, reader.peek != UInt8(ascii: ",") {
      guard let written = reader.offset() else { return nil }
      offset = Int32(-written)
    }
    guard let start = reader.rule(), let end = reader.rule(), reader.isAtEnd else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }
}

private struct FooterReader {
  let text: UnsafeRawBufferPointer
  var place = 0

  init(text: UnsafeRawBufferPointer) { self.text = text }

  var isAtEnd: Bool { place >= text.count }
  var peek: UInt8? { place < text.count ? text[place] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }

  /// `CET` or `<+0330>`: of no use, but it has to be there.
  mutating func name() -> Bool {
    let isQuoted = take(UInt8(ascii: "<"))
    let start = place
    while let byte = peek {
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
      let isDigitOrSign = (48...57).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      guard isLetter || (isQuoted && isDigitOrSign) else { break }
      place += 1
    }
    guard place - start >= 3 else { return false }
    return !isQuoted || take(UInt8(ascii: ">"))
  }

  mutating func number(upTo limit: Int) -> Int? {
    let start = place
    var value = 0
    while let byte = peek, (48...57).contains(byte), place - start < 3 {
      value = value * 10 + Int(byte - 48)
      place += 1
    }
    return place > start && value <= limit ? value : nil
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func clock(hoursMax: Int) -> Int? {
    let isNegative = take(UInt8(ascii: "-"))
    if !isNegative { _ = take(UInt8(ascii: "+")) }
    guard let hours = number(upTo: hoursMax) else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] {
      guard take(UInt8(ascii: ":")) else { break }
      guard let count = number(upTo: 59) else { return nil }
      seconds += count * unit
    }
    return isNegative ? -seconds : seconds
  }

  mutating func offset() -> Int? { clock(hoursMax: 24) }

  /// `,M3.5.0/2`
  mutating func rule() -> ZoneFooter.Rule? {
    guard take(UInt8(ascii: ",")) else { return nil }
    let day: ZoneFooter.Rule.Day
    if take(UInt8(ascii: "M")) {
      guard let month = number(upTo: 12), month > 0, take(UInt8(ascii: ".")), let week = number(upTo: 5), week > 0,
        take(UInt8(ascii: ".")), let weekday = number(upTo: 6)
      else { return nil }
      day = .weekday(month: month, week: week, day: weekday)
    } else if take(UInt8(ascii: "J")) {
      guard let number = number(upTo: 365), number > 0 else { return nil }
      day = .julian(number)
    } else {
      guard let number = number(upTo: 365) else { return nil }
      day = .ordinal(number)
    }
    guard take(UInt8(ascii: "/")) else { return .init(day: day, seconds: 7_200) }
    guard let seconds = clock(hoursMax: 167) else { return nil }
    return .init(day: day, seconds: Int64(seconds))
  }
}
