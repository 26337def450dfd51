import RoostCore

/// `inapp`: messages on a site or in an app, kept until the browser or the app asks for them.
public struct InAppChannel: Sendable, Equatable {
  /// What a shop signs its users' ids with, so that nobody else reads their messages; without it only visitors who are
  /// known by nothing but their browser get any.
  public var secret: String?
  /// How long a message waits to be seen.
  public var ttl: TimeSpan
  /// Of one person's no more are shown: the others wait for room.
  public var openMax: Int

  init(_ reader: inout ChannelReader) {
    secret = reader.optionalText("secret", "write 32 random characters or more")
    if let secret, secret.utf8.count < 32, secret != ChannelSecrets.redacted {
      reader.refuse("secret", "has 32 characters or more")
    }
    ttl = reader.span("ttl", max: .days(365)) ?? .days(14)
    openMax = Int(reader.number("openMax", 1...100, "write a whole number from 1 to 100") ?? 20)
  }
}
