/// A length of time in milliseconds, written `90s`, `10m`, `2h`, `3d`, `1w` in definitions and answers.
///
/// A day is 24 hours: a span knows no calendar and no zone.
@frozen
public struct TimeSpan: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1_000) }
  public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }
  public static func hours(_ count: Int64) -> TimeSpan { .minutes(count * 60) }
  public static func days(_ count: Int64) -> TimeSpan { .hours(count * 24) }

  @inlinable
  public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }

  private static let units: [(suffix: UInt8, milliseconds: Int64)] = [
    (UInt8(ascii: "w"), 604_800_000), (UInt8(ascii: "d"), 86_400_000), (UInt8(ascii: "h"), 3_600_000),
    (UInt8(ascii: "m"), 60_000), (UInt8(ascii: "s"), 1_000),
  ]

  /// Reads `90s`, `10m`, `2h`, `3d` or `1w`; up to 100 years. `nil` for anything else.
  public init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.count <= 12,
      let unit = Self.units.first(where: { $0.suffix == bytes[bytes.count - 1] })
    else { return nil }
    var count: Int64 = 0
    for byte in bytes.dropLast() {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      count = count * 10 + Int64(byte - 0x30)
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow, product <= 100 * 366 * 86_400_000 else { return nil }
    self.init(milliseconds: product)
  }

  /// The shortest exact form, such as `36h`; milliseconds that make no whole second are written `1500ms`.
  public var text: String {
    guard milliseconds % 1_000 == 0 else { return "\(milliseconds)ms" }
    for unit in Self.units.dropFirst() where milliseconds % unit.milliseconds == 0 && milliseconds != 0 {
      return "\(milliseconds / unit.milliseconds)\(Character(UnicodeScalar(unit.suffix)))"
    }
    return "0s"
  }
}
