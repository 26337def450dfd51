import RoostCore

extension Machine {
  /// `date: "%d %B %Y"`, with `zone:` and `language:` other than the rendering's. What is no date stays as it is.
  func date(_ input: LiquidValue, _ arguments: FilterArguments) throws(Fault) -> LiquidValue {
    let pattern = arguments.text(0)
    guard !pattern.isEmpty, let read = ReadDate(input, now: settings.pointee.now) else { return input }
    let zone = arguments["zone"]?.text ?? settings.pointee.zone
    var offset = try self.offset(zone, Instant(milliseconds: read.milliseconds))
    if read.isLocal {
      // The offset at the moment that the clock there shows so.
      offset = try self.offset(zone, Instant(milliseconds: read.milliseconds - Int64(offset) * 1000))
    }
    let local = read.isLocal ? read.milliseconds : read.milliseconds + Int64(offset) * 1000
    let calendar = Calendar(language: arguments["language"]?.text ?? settings.pointee.language)
    var format = DateFormat(
      local: Instant(milliseconds: local), offset: offset, zone: zone, calendar: calendar)
    return .string(try format.text(pattern))
  }

  private func offset(_ zone: String, _ at: Instant) throws(Fault) -> Int {
    if let offset = settings.pointee.offsetSeconds(zone, at) { return offset }
    if zone.isEmpty || zone == "UTC" { return 0 }
    throw Fault("there is no zone \"\(zone.prefix(60))\"; name one such as Europe/Rome")
  }
}

/// `strftime` (POSIX), with Ruby's flags `-`, `0`, `_`, `^` and widths left out of two digits.
struct DateFormat {
  /// The clock's time, as if it were UTC.
  let local: Instant
  let offset: Int
  let zone: String
  let calendar: Calendar
  private var bytes: [UInt8] = []

  static let lengthMax = 4_096

  init(local: Instant, offset: Int, zone: String, calendar: Calendar) {
    self.local = local
    self.offset = offset
    self.zone = zone
    self.calendar = calendar
  }

  mutating func text(_ pattern: String) throws(Fault) -> String {
    let source = Array(pattern.utf8)
    guard source.count <= Self.lengthMax else { throw Fault("the pattern is longer than \(Self.lengthMax) bytes") }
    var at = 0
    while at < source.count {
      guard source[at] == UInt8(ascii: "%"), at + 1 < source.count else {
        bytes.append(source[at])
        at += 1
        continue
      }
      var place = at + 1
      var flags: [UInt8] = []
      while place + 1 < source.count, "-0_^:OE".utf8.contains(source[place]) {
        flags.append(source[place])
        place += 1
      }
      let start = bytes.count
      if !directive(source[place], flags) { bytes += source[at...place] }
      if flags.contains(UInt8(ascii: "^")) {
        let upper = String(decoding: bytes[start...], as: UTF8.self).uppercased()
        bytes.replaceSubrange(start..., with: Array(upper.utf8))
      }
      at = place + 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `false` for a letter that means nothing.
  private mutating func directive(_ letter: UInt8, _ flags: [UInt8]) -> Bool {
    let date = local.date
    let time = Int(local.millisecondsOfDay)
    let (hour, minute, second) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60)
    let weekday = date.weekday % 7
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    switch letter {
    case UInt8(ascii: "%"): bytes.append(letter)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "a"): bytes.append(utf8: calendar.daysShort[weekday])
    case UInt8(ascii: "A"): bytes.append(utf8: calendar.days[weekday])
    case UInt8(ascii: "b"), UInt8(ascii: "h"): bytes.append(utf8: calendar.monthsShort[date.month - 1])
    case UInt8(ascii: "B"):
      let alone = flags.contains(UInt8(ascii: "O"))
      bytes.append(utf8: (alone ? calendar.monthsAlone : calendar.months)[date.month - 1])
    case UInt8(ascii: "C"): number(date.year / 100, 2, flags)
    case UInt8(ascii: "Y"): number(date.year, 1, flags)
    case UInt8(ascii: "y"): number(((date.year % 100) + 100) % 100, 2, flags)
    case UInt8(ascii: "m"): number(date.month, 2, flags)
    case UInt8(ascii: "d"): number(date.day, 2, flags)
    case UInt8(ascii: "e"): number(date.day, 2, flags, pad: 32)
    case UInt8(ascii: "j"): number(dayOfYear(date) + 1, 3, flags)
    case UInt8(ascii: "H"): number(hour, 2, flags)
    case UInt8(ascii: "k"): number(hour, 2, flags, pad: 32)
    case UInt8(ascii: "I"): number(twelve, 2, flags)
    case UInt8(ascii: "l"): number(twelve, 2, flags, pad: 32)
    case UInt8(ascii: "M"): number(minute, 2, flags)
    case UInt8(ascii: "S"): number(second, 2, flags)
    case UInt8(ascii: "L"): number(time % 1000, 3, flags)
    case UInt8(ascii: "N"): number(time % 1000 * 1_000_000, 9, flags)
    case UInt8(ascii: "p"): bytes.append(utf8: hour < 12 ? "AM" : "PM")
    case UInt8(ascii: "P"): bytes.append(utf8: hour < 12 ? "am" : "pm")
    case UInt8(ascii: "s"): bytes.append(decimal: local.milliseconds / 1000 - Int64(offset))
    case UInt8(ascii: "u"): number(date.weekday, 1, flags)
    case UInt8(ascii: "w"): number(weekday, 1, flags)
    case UInt8(ascii: "U"): number((dayOfYear(date) + 7 - weekday) / 7, 2, flags)
    case UInt8(ascii: "W"): number((dayOfYear(date) + 7 - (date.weekday - 1)) / 7, 2, flags)
    case UInt8(ascii: "V"): number(isoWeek(date).week, 2, flags)
    case UInt8(ascii: "G"): number(isoWeek(date).year, 1, flags)
    case UInt8(ascii: "z"): appendOffset(hasColon: flags.contains(UInt8(ascii: ":")))
    case UInt8(ascii: "Z"): bytes.append(utf8: zone.isEmpty ? "UTC" : zone)
    default: return composite(letter)
    }
    return true
  }

  private mutating func composite(_ letter: UInt8) -> Bool {
    let pattern: String
    switch letter {
    case UInt8(ascii: "c"): pattern = "a b e H:M:S Y"
    case UInt8(ascii: "D"), UInt8(ascii: "x"): pattern = "m/d/y"
    case UInt8(ascii: "F"): pattern = "Y-m-d"
    case UInt8(ascii: "r"): pattern = "I:M:S p"
    case UInt8(ascii: "R"): pattern = "H:M"
    case UInt8(ascii: "T"), UInt8(ascii: "X"): pattern = "H:M:S"
    case UInt8(ascii: "v"): pattern = "e-b-Y"
    default: return false
    }
    for byte in pattern.utf8 {
      if ExpressionLexer.isWordByte(byte) { _ = directive(byte, []) } else { bytes.append(byte) }
    }
    return true
  }

  private mutating func number(_ value: Int, _ width: Int, _ flags: [UInt8], pad: UInt8 = 48) {
    var pad = pad
    if flags.contains(UInt8(ascii: "_")) { pad = 32 }
    if flags.contains(UInt8(ascii: "0")) { pad = 48 }
    let digits = Array(String(value.magnitude).utf8)
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    if !flags.contains(UInt8(ascii: "-")) {
      for _ in 0..<max(0, width - digits.count) { bytes.append(pad) }
    }
    bytes += digits
  }

  private func dayOfYear(_ date: CivilDate) -> Int {
    date.daysSince1970 - CivilDate(year: date.year, month: 1, day: 1).daysSince1970
  }

  /// ISO 8601: the week of the Thursday nearby.
  private func isoWeek(_ date: CivilDate) -> (year: Int, week: Int) {
    let thursday = CivilDate(daysSince1970: date.daysSince1970 + 4 - date.weekday)
    return (thursday.year, dayOfYear(thursday) / 7 + 1)
  }

  private mutating func appendOffset(hasColon: Bool) {
    bytes.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    let minutes = abs(offset) / 60
    number(minutes / 60, 2, [])
    if hasColon { bytes.append(UInt8(ascii: ":")) }
    number(minutes % 60, 2, [])
  }
}
