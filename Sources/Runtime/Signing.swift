import Crypto
import RoostCore

/// The installation's own signature (Ed25519, RFC 8032) under records that others keep, such as why a message was sent.
public struct Signing: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// - Parameter secret: what the installation keeps to itself; the key derives from it (HKDF, RFC 5869), so that a restored
  ///   backup signs as before.
  init(secret: [UInt8]) throws(Problem) {
    let seed = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: secret), info: Array("roost record signing 1".utf8), outputByteCount: 32)
    do { key = try seed.withUnsafeBytes { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) } } catch {
      throw Problem(.internalFault, "the signing key cannot be made: \(error)")
    }
  }

  /// Hexadecimal, 32 bytes.
  public var publicKey: String { hexadecimal(key.publicKey.rawRepresentation) }

  /// `{"record", "signature": {"algorithm", "publicKey", "value"}}`; the signature is over the record's canonical JSON.
  public func sign(_ record: JSONValue) throws(Problem) -> JSONValue {
    let bytes = try record.canonicalBytes()
    do {
      let value = try key.signature(for: bytes)
      return [
        "record": record,
        "signature": [
          "algorithm": "Ed25519", "publicKey": .string(publicKey), "value": .string(hexadecimal(value)),
        ],
      ]
    } catch { throw Problem(.internalFault, "the record cannot be signed: \(error)") }
  }

  /// What is wrong with a signed record; `nil` if nothing is. Needs nothing but the record and the key.
  ///
  /// - Parameter publicKey: hexadecimal, from where the verifier trusts it; `nil`: the one that the record names.
  public static func fault(in signed: JSONValue, publicKey: String? = nil) -> String? {
    guard let record = signed["record"], record.members != nil, let signature = signed["signature"] else {
      return "this is no signed record: expected {\"record\": …, \"signature\": …}"
    }
    guard signature["algorithm"]?.string == "Ed25519" else { return "the signature's algorithm is not Ed25519" }
    guard let named = signature["publicKey"]?.string,
      let value = signature["value"]?.string.flatMap(bytes(hexadecimal:))
    else { return "the signature has no publicKey or value in hexadecimal" }
    if let publicKey, publicKey.lowercased() != named.lowercased() { return "signed with another key: \(named)" }
    guard let raw = bytes(hexadecimal: named), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
    else { return "the public key is no Ed25519 key" }
    guard let text = try? record.canonicalBytes() else { return "the record holds a number that is not whole" }
    return key.isValidSignature(value, for: text) ? nil : "the signature does not fit: the record was changed"
  }
}
