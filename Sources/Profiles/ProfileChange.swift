/// Which parts of a person an input changed, so that nothing else need be looked at again.
@frozen
public struct ProfileChange: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let traits = ProfileChange(rawValue: 1 << 0)
  public static let consents = ProfileChange(rawValue: 1 << 1)
  /// Counters and months.
  public static let counters = ProfileChange(rawValue: 1 << 2)
  public static let orders = ProfileChange(rawValue: 1 << 3)
  public static let identifiers = ProfileChange(rawValue: 1 << 4)
  public static let devices = ProfileChange(rawValue: 1 << 5)
}
