import Crypto
import Glibc
import RoostCore
import Synchronization

/// Seals the credentials of channels, so that neither log nor store nor backup holds them, and opens them for the courier.
///
/// AES-256-GCM with a random nonce; what is sealed belongs to one document (the associated data). The key
/// lies in a file of its own, one key a line as 64 hexadecimal digits: the first seals, all open. It is made when it is
/// first needed, and is not part of backups.
public final class SecretBox: Sendable {
  private struct Keys {
    var isRead = false
    var keys: [(id: String, key: SymmetricKey)] = []
  }
  private let path: String
  private let keys = Mutex(Keys())

  /// - Parameter path: the file with the key.
  public init(path: String) { self.path = path }

  /// How sealed text begins; all of it may stand in a URL's password as it is.
  static let mark = "~sealed.v1."

  static func isSealed(_ text: String) -> Bool { text.hasPrefix(mark) }

  /// Sealed text as documents have it: `~sealed.v1.`, the key's id, nonce, ciphertext and tag, base64url.
  ///
  /// - Parameter place: what the text belongs to; opening asks for the same.
  public func seal(_ text: String, for place: String) throws(Problem) -> String {
    let (id, key) = try sealingKey()
    do {
      let box = try AES.GCM.seal(Array(text.utf8), using: key, authenticating: Array(place.utf8))
      guard let combined = box.combined else { throw Problem(.internalFault, "a nonce of an unknown size") }
      return "\(Self.mark)\(id).\(Base64URL.text(of: Array(combined)))"
    } catch { throw Problem(.internalFault, "a credential could not be sealed") }
  }

  /// The text that was sealed for `place`. Throws a `Problem` that says which key is missing, and what to do.
  public func open(_ sealed: String, for place: String) throws(Problem) -> String {
    let parts = sealed.dropFirst(Self.mark.count).split(separator: ".", omittingEmptySubsequences: false)
    guard Self.isSealed(sealed), parts.count == 2, let combined = Base64URL.bytes(of: parts[1]) else {
      throw Problem(.unavailable, "the credential is damaged; put it again")
    }
    guard let key = try readKeys().first(where: { $0.id == parts[0] })?.key else {
      throw Problem(
        .unavailable,
        "the credential was sealed with the key \(parts[0]), which is not in \(path): bring that file back from where it "
          + "was kept (backups do not have it), or put the channel's credential again")
    }
    do {
      let box = try AES.GCM.SealedBox(combined: combined)
      let text = try AES.GCM.open(box, using: key, authenticating: Array(place.utf8))
      return String(decoding: text, as: UTF8.self)
    } catch {
      throw Problem(.unavailable, "the credential is damaged or belongs to another channel; put it again")
    }
  }

  private func sealingKey() throws(Problem) -> (id: String, key: SymmetricKey) {
    if let first = try readKeys().first { return first }
    return try keys.withLock { keys throws(Problem) in
      _ = try Secrets.file(path) { hexadecimal(randomBytes(32)) }
      keys.keys = try Self.read(path)
      guard let first = keys.keys.first else { throw Problem(.unavailable, "\(path) holds no key") }
      return first
    }
  }

  private func readKeys() throws(Problem) -> [(id: String, key: SymmetricKey)] {
    try keys.withLock { keys throws(Problem) in
      // A file that was missing may have been brought back.
      if keys.isRead, !keys.keys.isEmpty { return keys.keys }
      keys.keys = try Self.read(path)
      keys.isRead = true
      return keys.keys
    }
  }

  private static func read(_ path: String) throws(Problem) -> [(id: String, key: SymmetricKey)] {
    guard let lines = try Secrets.lines(path) else { return [] }
    var keys: [(id: String, key: SymmetricKey)] = []
    for line in lines where !line.isEmpty {
      guard let bytes = bytes(hexadecimal: line), bytes.count == 32 else {
        throw Problem(
          .unavailable, "\(path) holds a line that is no key of 64 hexadecimal digits; bring the file back as it was")
      }
      let id = hexadecimal(SHA256.hash(data: bytes).prefix(4))
      keys.append((id, SymmetricKey(data: bytes)))
    }
    return keys
  }
}
