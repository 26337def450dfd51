import RoostCore

/// `Retry-After` (RFC 9110 10.2.3): seconds, or a date.
enum RetryAfter {
  /// A longer wait is not believed.
  static let most = TimeSpan.days(1)

  static func span(_ text: String?, now: Instant) -> TimeSpan? {
    guard let text else { return nil }
    if let seconds = Int64(text), seconds >= 0 { return min(.seconds(min(seconds, 86_400)), most) }
    guard let date = date(text) else { return nil }
    return min(max(date - now, .seconds(0)), most)
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`
  private static func date(_ text: String) -> Instant? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return Instant(iso8601: "\(parts[3])-\(two(month + 1))-\(parts[1])T\(parts[4])Z")
  }
}
