extension Instant {
  /// Reads the forms of RFC 3339 and ISO 8601 that clients send: `2026-03-01`, `2026-03-01T10:00`, seconds, a fraction of
  /// any length after `.` or `,` (cut to milliseconds), `T` or a space between, then `Z`, `+03:00`, `+0300`, `+03` or
  /// nothing, which means UTC. A leap second counts as the second after it. `nil` for anything else.
  public init?(iso8601 text: UnsafeRawBufferPointer) {
    var cursor = DigitCursor(text)
    guard let year = cursor.digits(4), cursor.take("-"), let month = cursor.digits(2), (1...12).contains(month),
      cursor.take("-"), let day = cursor.digits(2), day >= 1, day <= CivilDate.days(inMonth: month, of: year)
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    self.init(milliseconds: Int64(days) * Self.millisecondsPerDay)
    if cursor.isAtEnd { return }
    guard cursor.take("T") || cursor.take("t") || cursor.take(" "), let time = cursor.timeOfDay(),
      let offset = cursor.zoneOffset(), cursor.isAtEnd
    else { return nil }
    milliseconds += time - offset
  }

  /// The same for a text.
  public init?(iso8601 text: String) {
    var text = text
    guard let instant = text.withUTF8({ Instant(iso8601: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = instant
  }

  /// RFC 3339 in UTC with milliseconds: `2026-03-01T10:00:00.000Z`. Years beyond 0–9999 take a sign and six digits, as in
  /// ECMAScript.
  public var text: String {
    var bytes: [UInt8] = []
    bytes.append(instant: self)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends what `Instant.text` is.
  public mutating func append(instant: Instant) {
    let date = instant.date
    if (0...9_999).contains(date.year) {
      append(decimal: UInt64(date.year), width: 4)
    } else {
      append(date.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
      append(decimal: UInt64(date.year.magnitude), width: 6)
    }
    let time = UInt64(instant.millisecondsOfDay)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(date.month), width: 2)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(date.day), width: 2)
    append(UInt8(ascii: "T"))
    append(decimal: time / 3_600_000, width: 2)
    append(UInt8(ascii: ":"))
    append(decimal: time / 60_000 % 60, width: 2)
    append(UInt8(ascii: ":"))
    append(decimal: time / 1_000 % 60, width: 2)
    append(UInt8(ascii: "."))
    append(decimal: time % 1_000, width: 3)
    append(UInt8(ascii: "Z"))
  }
}

/// Steps through a time's text.
private struct DigitCursor {
  let text: UnsafeRawBufferPointer
  var offset = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  var isAtEnd: Bool { offset == text.count }

  @inline(__always)
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard offset < text.count, text[offset] == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  /// Exactly `count` digits.
  @inline(__always)
  mutating func digits(_ count: Int) -> Int? {
    guard offset + count <= text.count else { return nil }
    var number = 0
    for index in offset..<(offset + count) {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    offset += count
    return number
  }

  /// `HH:MM[:SS[.fraction]]` in milliseconds.
  mutating func timeOfDay() -> Int64? {
    guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
    var milliseconds = Int64(hour * 60 + minute) * 60_000
    guard take(":") else { return milliseconds }
    guard let second = digits(2), second <= 60 else { return nil }
    milliseconds += Int64(second) * 1_000
    guard take(".") || take(",") else { return milliseconds }
    guard let first = digits(1) else { return nil }
    milliseconds += Int64(first) * 100
    if let second = digits(1) {
      milliseconds += Int64(second) * 10
      if let third = digits(1) { milliseconds += Int64(third) }
    }
    while digits(1) != nil {}
    return milliseconds
  }

  /// The zone's distance from UTC in milliseconds.
  mutating func zoneOffset() -> Int64? {
    if isAtEnd || take("Z") || take("z") { return 0 }
    let isNegative = take("-")
    guard isNegative || take("+"), let hours = digits(2), hours < 24 else { return nil }
    var minutes = 0
    if !isAtEnd {
      _ = take(":")
      guard let found = digits(2), found < 60 else { return nil }
      minutes = found
    }
    let offset = Int64(hours * 60 + minutes) * 60_000
    return isNegative ? -offset : offset
  }
}
