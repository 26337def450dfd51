import Crypto
import RoostCore
import Synchronization

/// The provider token by which Apple knows who sends: ES256, used for 20 to 60 minutes (Apple refuses one that is older,
/// and one that is renewed more often).
public final class APNsToken: Sendable {
  private let key: P256.Signing.PrivateKey
  private let keyID: String
  private let teamID: String
  private let current = Mutex<(text: String, issuedAt: Instant)?>(nil)

  static let renewAfter = TimeSpan.minutes(40)
  static let renewNotBefore = TimeSpan.minutes(20)

  /// - Parameter privateKey: the `.p8` file's text.
  /// - Returns: `nil` if it is no P-256 key in PEM.
  public init?(privateKey: String, keyID: String, teamID: String) {
    do { key = try P256.Signing.PrivateKey(pemRepresentation: privateKey) } catch { return nil }
    self.keyID = keyID
    self.teamID = teamID
  }

  func text(now: Instant) -> String {
    current.withLock { current in
      if let known = current, now >= known.issuedAt, now - known.issuedAt < Self.renewAfter { return known.text }
      let text = JSONWebToken.es256(
        header: ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"],
        claims: ["iss": .string(teamID), "iat": .int(now.milliseconds / 1_000)], key: key)
      current = (text, now)
      return text
    }
  }

  /// Apple says that the token has expired: the next one is new, unless this one is too young to have.
  func expire(now: Instant) {
    current.withLock { current in
      if let known = current, now - known.issuedAt >= Self.renewNotBefore { current = nil }
    }
  }
}
