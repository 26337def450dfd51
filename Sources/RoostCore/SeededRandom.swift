/// A reproducible source of randomness (SplitMix64): the same seed gives the same numbers on every machine and version.
@frozen
public struct SeededRandom: RandomNumberGenerator, Sendable {
  @usableFromInline
  var state: UInt64

  @inlinable
  public init(seed: UInt64) { state = seed }

  @inlinable
  public mutating func next() -> UInt64 {
    let word = state
    state = state &+ 0x9E37_79B9_7F4A_7C15
    return mix64(word)
  }

  /// A number from 0 up to, not including, `bound`, without the standard library's own algorithm, which may change.
  @inlinable
  public mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// From 0 up to, not including, 1.
  @inlinable
  public mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}
