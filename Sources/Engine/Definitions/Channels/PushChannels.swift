import RoostCore

/// `push.web`: browsers, by their own push services.
public struct WebPushChannel: Sendable, Equatable {
  /// RFC 8030 5.3
  public enum Urgency: String, Sendable, CaseIterable {
    case veryLow = "very-low"
    case low, normal, high
  }
  /// Whom a push service writes to: `mailto:…` or `https:…` (RFC 8292 2.1).
  public var subject: String
  /// The VAPID key: 32 bytes in base64url, or PEM. One is made for a channel that is put without.
  public var privateKey: String?
  /// How long a push service keeps a message for a browser that is away.
  public var ttl: TimeSpan
  public var urgency: Urgency
  public var client: WebTargets

  init(_ reader: inout ChannelReader) {
    subject = reader.text("subject", "say whom push services may write to: \"mailto:ops@shop.example\"")
    if !subject.isEmpty, !subject.hasPrefix("mailto:"), !subject.hasPrefix("https://") {
      reader.refuse("subject", "begins with mailto: or https://")
    }
    privateKey = reader.optionalText("privateKey", "write the key in base64url, or leave it out: one is made")
    ttl = reader.span("ttl", max: .days(28)) ?? .days(1)
    urgency = reader.choice("urgency", default: .normal)
    client = WebTargets(&reader)
  }
}

/// `push.apns`: an app on Apple's devices.
public struct APNsChannel: Sendable, Equatable {
  /// Ten characters each, from Apple's console.
  public var keyID: String
  public var teamID: String
  /// The `.p8` file's text.
  public var privateKey: String
  /// The app's bundle id.
  public var topic: String
  public var server: String
  public var ttl: TimeSpan
  public var client: WebTargets

  init(_ reader: inout ChannelReader) {
    keyID = reader.text("keyId", "an APNs channel needs the key's id, such as \"ABC123DEFG\"")
    teamID = reader.text("teamId", "an APNs channel needs the team's id, such as \"DEF123GHIJ\"")
    privateKey = reader.text("privateKey", "an APNs channel needs the text of the .p8 file")
    topic = reader.text("topic", "an APNs channel needs the app's bundle id, such as \"com.shop.app\"")
    let usesSandbox = reader.flag("sandbox")
    let usual = usesSandbox ? "https://api.sandbox.push.apple.com" : "https://api.push.apple.com"
    server = reader.optionalText("server", "write an https address") ?? usual
    if !server.hasPrefix("https://") { reader.refuse("server", "begins with https://") }
    ttl = reader.span("ttl", max: .days(30)) ?? .days(1)
    client = WebTargets(&reader)
  }
}

/// `push.fcm`: an app, by Firebase Cloud Messaging.
public struct FCMChannel: Sendable, Equatable {
  /// What an address is (Firebase moves from the one to the other).
  public enum Target: String, Sendable, CaseIterable {
    case token, fid
  }
  /// The key file of a service account that may send messages.
  public var serviceAccount: JSONValue
  /// Only devices of this app, by package name; `nil`: of any.
  public var app: String?
  public var target: Target
  public var server: String
  public var ttl: TimeSpan
  public var client: WebTargets

  init(_ reader: inout ChannelReader) {
    serviceAccount = reader.value("serviceAccount") ?? .null
    for name in ["project_id", "client_email", "private_key"] where serviceAccount[name]?.string?.isEmpty ?? true {
      reader.refuse("serviceAccount", "give the key file of the service account, as an object; \(name) is missing")
    }
    app = reader.optionalText("app", "write a package name such as \"com.shop.app\"")
    target = reader.choice("target", default: .token)
    server = reader.optionalText("server", "write an https address") ?? "https://fcm.googleapis.com"
    if !server.hasPrefix("https://"), !server.hasPrefix("http://") { reader.refuse("server", "begins with https://") }
    ttl = reader.span("ttl", max: .days(28)) ?? .days(1)
    client = WebTargets(&reader)
  }
}

/// Whom a channel may talk to over HTTP.
public struct WebTargets: Sendable, Equatable {
  /// Whether addresses in private networks and on this machine will do: for one's own servers.
  public var allowsPrivate: Bool
  /// A PEM file of certificates trusted besides the system's.
  public var trustRoots: String?

  init(_ reader: inout ChannelReader) {
    allowsPrivate = reader.flag("allowPrivateTargets")
    trustRoots = reader.optionalText("trustRoots", "name a PEM file")
  }
}
