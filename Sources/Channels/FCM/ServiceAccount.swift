import RoostCore

/// Google's key file of a service account: who asks for access, and for which project.
public struct ServiceAccount: Sendable {
  public let projectID: String
  public let email: String
  let tokenURL: String
  private let key: RSAPrivateKey
  private let keyID: String

  /// Reads the key file's members.
  ///
  /// - Throws: a finding that names the member; never repeats the key.
  public init(_ file: JSONValue) throws(Problem) {
    func text(_ name: String) throws(Problem) -> String {
      guard let text = file[name]?.string, !text.isEmpty else {
        throw .invalid(
          "/serviceAccount/\(name)", "give the whole key file of the service account; this member is missing")
      }
      return text
    }
    projectID = try text("project_id")
    email = try text("client_email")
    tokenURL = file["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
    keyID = file["private_key_id"]?.string ?? ""
    let pem = try text("private_key")
    do throws(DKIMError) {
      guard case .rsa(let key) = try DKIMKey(parsing: pem) else {
        throw DKIMError("is no RSA key")
      }
      self.key = key
    } catch { throw .invalid("/serviceAccount/private_key", "the key \(error.detail)") }
    guard WebAddress(tokenURL) != nil else {
      throw .invalid("/serviceAccount/token_uri", "write an https address")
    }
  }

  /// What is exchanged for an access token (RFC 7523): RS256, an hour.
  func assertion(now: Instant) -> String? {
    let seconds = now.milliseconds / 1_000
    var header: [JSONValue.Member] = [.init("alg", "RS256"), .init("typ", "JWT")]
    if !keyID.isEmpty { header.append(.init("kid", .string(keyID))) }
    let input = JSONWebToken.unsigned(
      .object(header),
      [
        "iss": .string(email), "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": .string(tokenURL), "iat": .int(seconds), "exp": .int(seconds + 3_600),
      ])
    do throws(DKIMError) { return "\(input).\(Base64URL.text(of: try key.signature(of: Array(input.utf8))))" } catch {
      return nil
    }
  }
}
