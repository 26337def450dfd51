/// A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Later than anything that happens: "never due".
  public static let distantFuture = Instant(milliseconds: .max)
  /// Earlier than anything that happened.
  public static let distantPast = Instant(milliseconds: .min)

  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

  /// The moment `span` later; saturates instead of overflowing.
  @inlinable
  public static func + (a: Instant, span: TimeSpan) -> Instant {
    let (sum, overflow) = a.milliseconds.addingReportingOverflow(span.milliseconds)
    return Instant(milliseconds: overflow ? (span.milliseconds > 0 ? .max : .min) : sum)
  }

  /// The moment `span` earlier; saturates instead of overflowing.
  @inlinable
  public static func - (a: Instant, span: TimeSpan) -> Instant {
    let (sum, overflow) = a.milliseconds.subtractingReportingOverflow(span.milliseconds)
    return Instant(milliseconds: overflow ? (span.milliseconds > 0 ? .min : .max) : sum)
  }

  /// How long from `b` to `a`.
  @inlinable
  public static func - (a: Instant, b: Instant) -> TimeSpan {
    TimeSpan(milliseconds: a.milliseconds &- b.milliseconds)
  }
}
