import RoostCore

/// A browser's push subscription: where to, and whom to encrypt for (RFC 8291 2).
public struct PushSubscription: Sendable {
  public let endpoint: WebAddress
  /// The browser's public key.
  public let publicKey: P256Point
  /// Sixteen bytes that only browser and sender know.
  public let secret: [UInt8]

  /// - Parameter keys: `p256dh.auth`, base64url each. `nil` if endpoint or keys cannot be used.
  public init?(endpoint: String, keys: String) {
    let parts = keys.split(separator: ".", omittingEmptySubsequences: false)
    guard let address = WebAddress(endpoint), parts.count == 2, let bytes = Base64URL.bytes(of: parts[0]),
      let secret = Base64URL.bytes(of: parts[1]), secret.count == 16, let point = P256Point(uncompressed: bytes)
    else { return nil }
    self.endpoint = address
    publicKey = point
    self.secret = secret
  }
}
