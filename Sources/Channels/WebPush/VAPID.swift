import Crypto
import RoostCore
import Synchronization

/// Who sends web push messages, so that push services know whom to tell when something goes wrong (RFC 8292).
public final class VAPID: Sendable {
  private let key: P256.Signing.PrivateKey
  /// `mailto:` or `https:`.
  private let subject: String
  /// The public key as browsers take it when they subscribe: base64url of its 65 bytes.
  public let publicKey: String
  /// One token for each push service, used again until half its life is over.
  private let tokens = Mutex<[String: (text: String, issuedAt: Instant)]>([:])

  /// RFC 8292 2: a token lives for at most 24 hours.
  static let life = TimeSpan.hours(12)
  private static let originsMax = 256

  /// - Parameters:
  ///   - privateKey: 32 bytes in base64url, as `web-push generate-vapid-keys` prints it, or PEM.
  ///   - subject: `mailto:ops@shop.example` or an `https:` address.
  /// - Returns: `nil` if the key cannot be read.
  public init?(privateKey: String, subject: String) {
    let text = privateKey.filter { !$0.isWhitespace || privateKey.contains("BEGIN") }
    do {
      if text.contains("BEGIN") {
        key = try P256.Signing.PrivateKey(pemRepresentation: text)
      } else {
        guard let bytes = Base64URL.bytes(of: text) else { return nil }
        key = try P256.Signing.PrivateKey(rawRepresentation: bytes)
      }
    } catch { return nil }
    self.subject = subject
    publicKey = Base64URL.text(of: key.publicKey.x963Representation)
  }

  /// A new private key, base64url.
  public static func newPrivateKey() -> String {
    Base64URL.text(of: P256.Signing.PrivateKey(compactRepresentable: false).rawRepresentation)
  }

  /// The `Authorization` header for a push service.
  ///
  /// - Parameter origin: the endpoint's.
  public func authorization(for origin: String, now: Instant) -> String {
    let token = tokens.withLock { tokens -> String in
      if let known = tokens[origin], now >= known.issuedAt, (now - known.issuedAt) < TimeSpan.hours(6) {
        return known.text
      }
      if tokens.count >= Self.originsMax { tokens.removeAll() }
      let text = makeToken(for: origin, now: now)
      tokens[origin] = (text, now)
      return text
    }
    return "vapid t=\(token),k=\(publicKey)"
  }

  private func makeToken(for origin: String, now: Instant) -> String {
    let claims: JSONValue = [
      "aud": .string(origin), "exp": .int((now + Self.life).milliseconds / 1_000), "sub": .string(subject),
    ]
    return JSONWebToken.es256(header: ["typ": "JWT", "alg": "ES256"], claims: claims, key: key)
  }
}

/// JSON Web Tokens (RFC 7519) as senders need them: signed, compact.
enum JSONWebToken {
  /// ES256 (RFC 7518 3.4): the signature is both numbers, 32 bytes each.
  static func es256(header: JSONValue, claims: JSONValue, key: P256.Signing.PrivateKey) -> String {
    let input = unsigned(header, claims)
    do {
      let signature = try key.signature(for: Array(input.utf8))
      return "\(input).\(Base64URL.text(of: signature.rawRepresentation))"
    } catch {
      preconditionFailure("P-256 does not sign: \(error)")
    }
  }

  static func unsigned(_ header: JSONValue, _ claims: JSONValue) -> String {
    "\(Base64URL.text(of: header.bytes)).\(Base64URL.text(of: claims.bytes))"
  }
}
