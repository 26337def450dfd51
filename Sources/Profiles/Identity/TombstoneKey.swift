import Events
import RoostCore

/// What is left of an erased person's identifier: enough to refuse it when a later import brings it back, and nothing
/// that could be read. SipHash-2-4 with 128 bits of output, keyed with the workspace's salt.
///
/// Whoever has the salt can try out addresses one by one: keep it like the operator's token, never beside a copy of the
/// tombstones.
@frozen
public struct TombstoneKey: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - value: normalised.
  ///   - salt: 128 random bits, secret, made once for each workspace.
  public init(kind: IdentifierKind, value: String, salt: (UInt64, UInt64)) {
    var message = [kind.rawValue]
    message.append(contentsOf: value.utf8)
    (low, high) = message.withUnsafeBytes { sipHash128($0, key: salt) }
  }
}
