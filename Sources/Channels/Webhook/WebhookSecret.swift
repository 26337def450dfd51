import Crypto
import RoostCore

/// The secret that a webhook's sender and receiver share (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.
public struct WebhookSecret: Sendable {
  private let key: SymmetricKey

  init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

  /// `nil` if the text is no such secret.
  public init?(_ text: String) {
    let prefix = "whsec_"
    guard text.hasPrefix(prefix), let bytes = Base64.decode(text.dropFirst(prefix.count).utf8),
      (24...64).contains(bytes.count)
    else { return nil }
    self.init(bytes: bytes)
  }

  /// The header `webhook-signature`: HMAC-SHA256 over id, time and body.
  ///
  /// - Parameter seconds: since 1970, as in `webhook-timestamp`.
  public func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
    var signed = Array("\(id).\(seconds).".utf8)
    signed += body
    let code = Array(HMAC<SHA256>.authenticationCode(for: signed, using: key))
    return "v1," + String(decoding: Base64.encode(code), as: UTF8.self)
  }
}
