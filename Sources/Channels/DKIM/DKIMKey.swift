import CLibCrypto
import Crypto

/// A private key that signs mail: RSA (RFC 6376) or Ed25519 (RFC 8463).
public enum DKIMKey: Sendable {
  case rsa(RSAPrivateKey)
  case ed25519(Curve25519.Signing.PrivateKey)

  /// Reads a key: PEM (PKCS #1 or PKCS #8, without a password), its Base64 without the PEM lines, or the 32 bytes of an
  /// Ed25519 seed in Base64.
  ///
  /// - Throws: `DKIMError`, which never repeats the key.
  public init(parsing text: String) throws(DKIMError) {
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if !trimmed.hasPrefix("-----BEGIN"), let bytes = Self.decoded(trimmed), bytes.count == 32 {
      self = try Self.ed25519(seed: bytes)
      return
    }
    let key = trimmed.hasPrefix("-----BEGIN") ? Self.read(pem: text) : Self.decoded(trimmed).flatMap(Self.read(der:))
    guard let key else {
      throw DKIMError(
        "is no private key that can be read: give PEM without a password (openssl genrsa -traditional 2048, openssl "
          + "genpkey -algorithm ed25519)")
    }
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA:
      let rsa = try RSAPrivateKey(owning: key)
      // RFC 8301 3.2: signers use 1024 to 4096 bits; what is longer, verifiers need not accept.
      guard (1024...4096).contains(rsa.bits) else {
        throw DKIMError("has \(rsa.bits) bits; RSA keys of 1024 to 4096 bits are accepted everywhere (RFC 8301)")
      }
      self = .rsa(rsa)
    case EVP_PKEY_ED25519:
      defer { EVP_PKEY_free(key) }
      var seed = [UInt8](repeating: 0, count: 32)
      var count = seed.count
      guard EVP_PKEY_get_raw_private_key(key, &seed, &count) == 1, count == 32 else {
        throw DKIMError("is an Ed25519 key without its private part")
      }
      self = try Self.ed25519(seed: seed)
    default:
      EVP_PKEY_free(key)
      throw DKIMError("is neither an RSA nor an Ed25519 key; DKIM knows no others")
    }
  }

  /// The value of the tag `a`.
  public var algorithm: String {
    switch self {
    case .rsa: "rsa-sha256"
    case .ed25519: "ed25519-sha256"
    }
  }

  /// What to publish as TXT record at `SELECTOR._domainkey.DOMAIN`.
  public var record: String {
    switch self {
    case .rsa(let key): "v=DKIM1; k=rsa; p=" + String(decoding: Base64.encode(key.publicKey), as: UTF8.self)
    case .ed25519(let key):
      "v=DKIM1; k=ed25519; p="
        + String(decoding: Base64.encode(Array(key.publicKey.rawRepresentation)), as: UTF8.self)
    }
  }

  /// Signs what DKIM signs: RSA the data itself (PKCS #1 1.5 over its SHA-256), Ed25519 the data's SHA-256 (RFC 8463 3).
  func signature(of data: [UInt8]) throws(DKIMError) -> [UInt8] {
    switch self {
    case .rsa(let key): return try key.signature(of: data)
    case .ed25519(let key):
      do { return Array(try key.signature(for: Array(SHA256.hash(data: data)))) } catch {
        throw DKIMError("does not sign: \(error)")
      }
    }
  }

  private static func ed25519(seed: [UInt8]) throws(DKIMError) -> DKIMKey {
    do { return .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: seed)) } catch {
      throw DKIMError("is no Ed25519 key: \(error)")
    }
  }

  private static func decoded(_ text: String) -> [UInt8]? {
    Base64.decode(text.utf8.filter { $0 != 0x20 })
  }

  private static func read(pem text: String) -> OpaquePointer? {
    // A BIO of bytes in memory is told its length as Int32.
    guard text.utf8.count <= 65_536 else { return nil }
    var text = text
    let key: OpaquePointer? = text.withUTF8 { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer { BIO_free(bio) }
      // Without a callback OpenSSL would ask for a password at the terminal.
      return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in 0 }, nil)
    }
    ERR_clear_error()
    return key
  }

  private static func read(der: [UInt8]) -> OpaquePointer? {
    var place: UnsafePointer<UInt8>?
    let key: OpaquePointer? = der.withUnsafeBufferPointer { bytes in
      place = bytes.baseAddress
      return d2i_AutoPrivateKey(nil, &place, bytes.count)
    }
    ERR_clear_error()
    return key
  }
}

/// What is wrong with a key or a signer; continues a sentence that begins with the field's name.
public struct DKIMError: Error, Equatable, Sendable, CustomStringConvertible {
  public var detail: String

  public init(_ detail: String) { self.detail = detail }

  public var description: String { detail }
}
