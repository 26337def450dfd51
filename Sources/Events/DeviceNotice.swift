/// What an event says about an address of its person: it is in use, or it is gone. A field of the section `.device`.
///
/// As text: `+` or `-` with the service's name, token, keys and app, on a line each.
public struct DeviceNotice: Hashable, Sendable {
  public var service: PushService
  /// APNs: hexadecimal digits; FCM: a registration token or an installation id; web: the endpoint; Telegram: a chat id.
  public var token: String
  /// Web: `p256dh.auth` of the subscription, base64url; empty for the others.
  public var keys: String
  /// Which of several apps, by bundle or package name; empty if the sender did not say.
  public var app: String
  public var isGone: Bool

  /// More is no address.
  public static let tokenBytesMax = 1_024
  public static let keysBytesMax = 128
  public static let appBytesMax = 128

  /// `nil` for what cannot be an address: empty, too long, or not of visible ASCII.
  public init?(_ service: PushService, token: String, keys: String = "", app: String = "", isGone: Bool = false) {
    func isUsable(_ text: String, _ range: ClosedRange<Int>) -> Bool {
      range.contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
    guard isUsable(token, 1...Self.tokenBytesMax), isUsable(keys, 0...Self.keysBytesMax),
      isUsable(app, 0...Self.appBytesMax), isGone || service != .web || !keys.isEmpty
    else { return nil }
    self.service = service
    self.token = token
    self.keys = keys
    self.app = app
    self.isGone = isGone
  }

  public var text: String { "\(isGone ? "-" : "+")\(service.name)\n\(token)\n\(keys)\n\(app)" }

  /// Reads what `text` writes.
  public init?(reading bytes: UnsafeRawBufferPointer) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, let sign = lines[0].first, sign == "+" || sign == "-",
      let service = PushService(name: lines[0].dropFirst())
    else { return nil }
    self.init(service, token: String(lines[1]), keys: String(lines[2]), app: String(lines[3]), isGone: sign == "-")
  }
}
