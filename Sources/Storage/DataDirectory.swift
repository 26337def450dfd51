/// Where the embedded storage of one installation lies.
public struct DataDirectory: Equatable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// Of the `FileLog`.
  public var log: String { path + "/" + Self.logName }
  /// Of the `RocksStateStore`.
  public var states: String { path + "/" + Self.statesName }

  static let logName = "log"
  static let statesName = "states"
}
