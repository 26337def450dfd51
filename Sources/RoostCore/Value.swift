/// A trait's or property's value. Lists and objects stay JSON text: they are shown and exported, never computed with.
public enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// A list, an object or a number that no Double holds exactly: JSON text as sent.
  case json(String)
}

/// Amounts are summed as whole millionths, so that a sum does not depend on the order of its parts.
@frozen
public struct Micros: Hashable, Comparable, Sendable {
  public var count: Int64
  @inlinable
  public init(count: Int64) { self.count = count }

  /// Rounds half away from zero; saturates at ±9.2 × 10¹² units; not a number counts as 0.
  @inlinable
  public init(_ number: Double) {
    let scaled = (number * 1_000_000).rounded()
    let bound = 9.2e18
    count = scaled.isNaN ? 0 : Int64(max(-bound, min(bound, scaled)))
  }

  @inlinable
  public static func < (a: Micros, b: Micros) -> Bool { a.count < b.count }

  @inlinable
  public static func + (a: Micros, b: Micros) -> Micros {
    let (sum, overflow) = a.count.addingReportingOverflow(b.count)
    return Micros(count: overflow ? (a.count > 0 ? .max : .min) : sum)
  }

  public var number: Double { Double(count) / 1_000_000 }
}
