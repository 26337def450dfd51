import RoostCore

/// A test on a trait's or property's value.
///
/// For equality texts are compared byte by byte, numbers as doubles, and never one with the other; for greater and less
/// a text that is a number counts as one. `null` counts as missing. Tests that say what a value is fail on a missing
/// one; `isNot` and `notIn` are the exact opposites of `is` and `in` and hold.
public enum ValueTest: Hashable, Sendable {
  case oneOf([Literal])
  case noneOf([Literal])
  case exists(Bool)
  case atLeast(Double)
  case atMost(Double)
  case moreThan(Double)
  case lessThan(Double)
  /// A text with this part, or a list with this element.
  case contains(String)
  case startsWith(String)
  /// A date before this moment.
  case before(Instant)
  /// A date at this moment or after it.
  case after(Instant)
  /// A date at most this long ago, and not in the future.
  case within(TimeSpan)

  /// What a value may be compared with.
  public enum Literal: Hashable, Sendable {
    case bool(Bool)
    case number(Double)
    case text(String)
  }
}
