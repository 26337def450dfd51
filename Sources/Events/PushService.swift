/// Through whom a message reaches an app, a browser or a messenger: who gives out the address, and takes it back.
public enum PushService: UInt8, Hashable, Comparable, Sendable, CaseIterable {
  /// A browser's own push service (RFC 8030).
  case web = 1
  /// Apple's.
  case apns = 2
  /// Firebase Cloud Messaging.
  case fcm = 3
  /// A chat with a Telegram bot.
  case telegram = 4

  public var name: String {
    switch self {
    case .web: "web"
    case .apns: "apns"
    case .fcm: "fcm"
    case .telegram: "telegram"
    }
  }

  public init?(name: some StringProtocol) {
    guard let service = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = service
  }

  public static func < (a: PushService, b: PushService) -> Bool { a.rawValue < b.rawValue }
}
