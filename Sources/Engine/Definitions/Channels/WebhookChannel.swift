import RoostCore

/// `webhook`: addresses that journeys call, signed by the convention of Standard Webhooks.
public struct WebhookChannel: Sendable, Equatable {
  /// `whsec_` and 24 to 64 bytes in base64; the receivers have it, too.
  public var secret: String
  public var client: WebTargets

  init(_ reader: inout ChannelReader) {
    secret = reader.text("secret", "a webhook channel needs a secret: whsec_ and 24 to 64 random bytes in base64")
    client = WebTargets(&reader)
  }
}
