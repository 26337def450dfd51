import RoostCore

/// Reads `2026-03-01` (its first moment, UTC) or an RFC 3339 time such as `2026-03-01T10:00:00.5+03:00`; without an
/// offset UTC is meant.
func dateOrTime(_ text: String) -> Instant? {
  var text = text
  return text.withUTF8 { dateOrTime(UnsafeRawBufferPointer($0)) }
}

func dateOrTime(_ bytes: UnsafeRawBufferPointer) -> Instant? {
  guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
    let year = digits(bytes, 0, 4), let month = digits(bytes, 5, 2), let day = digits(bytes, 8, 2),
    (1...12).contains(month), day >= 1, day <= daysInMonth(year, month)
  else { return nil }
  let midnight = daysFromCivil(year, month, day) * 86_400_000
  if bytes.count == 10 { return Instant(milliseconds: midnight) }
  guard let (time, offset) = timeOfDay(bytes) else { return nil }
  return Instant(milliseconds: midnight + time - offset)
}

/// Milliseconds of `T10:00:00.5` from byte 10 on, and of the offset after it.
private func timeOfDay(_ bytes: UnsafeRawBufferPointer) -> (time: Int64, offset: Int64)? {
  guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == 0x20,
    bytes[13] == UInt8(ascii: ":"), let hour = digits(bytes, 11, 2), let minute = digits(bytes, 14, 2),
    hour < 24, minute < 60
  else { return nil }
  var time = (hour * 60 + minute) * 60_000
  var place = 16
  if place + 2 < bytes.count, bytes[place] == UInt8(ascii: ":") {
    guard let second = digits(bytes, place + 1, 2), second <= 60 else { return nil }
    time += min(second, 59) * 1_000
    place += 3
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      var unit: Int64 = 100
      while place < bytes.count, let digit = digits(bytes, place, 1) {
        time += digit * unit
        unit /= 10
        place += 1
      }
    }
  }
  if place == bytes.count { return (time, 0) }
  if place + 1 == bytes.count, bytes[place] | 0x20 == UInt8(ascii: "z") { return (time, 0) }
  guard place + 6 == bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-"),
    bytes[place + 3] == UInt8(ascii: ":"), let hours = digits(bytes, place + 1, 2),
    let minutes = digits(bytes, place + 4, 2), hours < 24, minutes < 60
  else { return nil }
  let offset = (hours * 60 + minutes) * 60_000
  return (time, bytes[place] == UInt8(ascii: "-") ? -offset : offset)
}

private func digits(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
  guard start + count <= bytes.count else { return nil }
  var number: Int64 = 0
  for byte in bytes[start..<(start + count)] {
    guard byte >= 0x30, byte <= 0x39 else { return nil }
    number = number * 10 + Int64(byte - 0x30)
  }
  return number
}

private func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
}

/// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
private func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
