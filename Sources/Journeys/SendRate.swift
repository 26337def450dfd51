import RoostCore

/// How many messages of a journey may be handed over in a time, written `10/s`, `600/min` or `5000/h`.
public struct SendRate: Sendable, Hashable {
  public var messages: Int
  public var per: TimeSpan

  public static let messagesMax = 1_000_000

  public init(messages: Int, per: TimeSpan) {
    self.messages = messages
    self.per = per
  }

  /// `nil` for anything but the three forms, for none at all, and for more than `messagesMax`.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...7).contains(parts[0].utf8.count),
      parts[0].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let count = Int(parts[0]),
      (1...Self.messagesMax).contains(count)
    else { return nil }
    switch parts[1] {
    case "s": per = .seconds(1)
    case "min": per = .minutes(1)
    case "h": per = .hours(1)
    default: return nil
    }
    messages = count
  }

  public var text: String {
    "\(messages)/\(per == .seconds(1) ? "s" : per == .minutes(1) ? "min" : "h")"
  }
}
