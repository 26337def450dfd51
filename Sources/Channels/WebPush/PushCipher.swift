import CLibCrypto
import Synchronization

/// The keys of one message and what OpenSSL needs to work with them. Making that anew would cost a tenth of an encryption,
/// so a cipher serves one message after another, and forgets each one's secrets.
///
/// `withOne` sees to it that it has one user at a time; hence `@unchecked`.
final class PushCipher: @unchecked Sendable {
  private static let idle = Mutex<[PushCipher]>([])
  /// As many may wait for work; threads that encrypt at the same moment are hardly more.
  private static let idleMax = 64

  private var agreement: P256Agreement
  private let gcm: AES128GCM
  private let hmac = HMACSHA256()
  /// Five times 32 bytes, named below.
  private let secrets: UnsafeMutablePointer<UInt8>
  private static let secretsBytes = 5 * HMACSHA256.codeBytes
  private var materialBytes = HMACSHA256.codeBytes
  /// Random bytes for salts, which are no secrets: drawn for many messages at once.
  private var salts: [UInt8] = []
  private static let saltBytes = 16

  private init() throws(PushEncryptionError) {
    guard let agreement = P256Agreement(), let gcm = AES128GCM() else { throw .unavailable }
    self.agreement = agreement
    self.gcm = gcm
    secrets = .allocate(capacity: Self.secretsBytes)
    secrets.initialize(repeating: 0, count: Self.secretsBytes)
  }

  deinit {
    forget()
    secrets.deallocate()
  }

  static func withOne<Result>(
    _ body: (PushCipher) throws(PushEncryptionError) -> Result
  ) throws(PushEncryptionError) -> Result {
    let waiting = idle.withLock { $0.popLast() }
    let cipher = if let waiting { waiting } else { try PushCipher() }
    defer {
      cipher.forget()
      idle.withLock { if $0.count < idleMax { $0.append(cipher) } }
    }
    return try body(cipher)
  }

  private func forget() {
    OPENSSL_cleanse(secrets, Self.secretsBytes)
    hmac.clear()
    gcm.clear()
  }

  private var agreed: UnsafeMutablePointer<UInt8> { secrets }
  private var material: UnsafeMutablePointer<UInt8> { secrets + HMACSHA256.codeBytes }
  private var pseudorandom: UnsafeMutablePointer<UInt8> { secrets + 2 * HMACSHA256.codeBytes }
  private var key: UnsafeMutablePointer<UInt8> { secrets + 3 * HMACSHA256.codeBytes }
  private var nonce: UnsafeMutablePointer<UInt8> { secrets + 4 * HMACSHA256.codeBytes }

  func newSalt() throws(PushEncryptionError) -> [UInt8] {
    if salts.isEmpty {
      salts = [UInt8](repeating: 0, count: 64 * Self.saltBytes)
      guard RAND_bytes(&salts, Int32(salts.count)) == 1 else {
        salts = []
        ERR_clear_error()
        throw .unavailable
      }
    }
    defer { salts.removeLast(Self.saltBytes) }
    return Array(salts.suffix(Self.saltBytes))
  }

  /// RFC 8291 3.4: IKM = HKDF(auth_secret, ecdh_secret, "WebPush: info" 0x00 ua_public as_public, 32).
  ///
  /// - Parameter privateKey: instead of a fresh key pair.
  /// - Returns: our public key.
  func agree(with browser: PushSubscription, privateKey: [UInt8]?) throws(PushEncryptionError) -> [UInt8] {
    var own = [UInt8](repeating: 0, count: P256Curve.pointBytes)
    guard agreement.agree(with: browser.publicKey, privateKey: privateKey, publicKey: &own, secret: agreed) else {
      throw .unavailable
    }
    materialBytes = HMACSHA256.codeBytes
    extract(salt: browser.secret, material: UnsafeBufferPointer(start: agreed, count: P256Curve.coordinateBytes))
    var info = Self.agreementInfo
    info.reserveCapacity(info.count + 2 * P256Curve.pointBytes + 1)
    info += browser.publicKey.bytes
    info += own
    info.append(1)
    expand(info, into: material)
    return own
  }

  /// Input keying material that is known, at most 32 bytes: for the examples of RFC 8188.
  func setMaterial(_ bytes: [UInt8]) {
    materialBytes = bytes.count
    precondition(materialBytes <= HMACSHA256.codeBytes)
    for (place, byte) in bytes.enumerated() { material[place] = byte }
  }

  /// RFC 8188 2.2, 2.3.
  func deriveKeys(salt: [UInt8]) throws(PushEncryptionError) {
    extract(salt: salt, material: UnsafeBufferPointer(start: material, count: materialBytes))
    expand(Self.keyInfo, into: key)
    expand(Self.nonceInfo, into: nonce)
    guard gcm.setKey(key) else { throw .unavailable }
  }

  // The byte 1 behind each is HKDF-Expand's number of its first block (RFC 5869 2.3).
  private static let agreementInfo = Array("WebPush: info\0".utf8)
  private static let keyInfo = Array("Content-Encoding: aes128gcm\0\u{1}".utf8)
  private static let nonceInfo = Array("Content-Encoding: nonce\0\u{1}".utf8)

  /// HKDF-Extract; `expand` works with what it finds.
  private func extract(salt: [UInt8], material: UnsafeBufferPointer<UInt8>) {
    salt.withUnsafeBufferPointer { hmac.setKey($0) }
    hmac.authenticate(material, into: pseudorandom)
    hmac.setKey(UnsafeBufferPointer(start: pseudorandom, count: HMACSHA256.codeBytes))
  }

  /// HKDF-Expand to one block.
  private func expand(_ info: [UInt8], into output: UnsafeMutablePointer<UInt8>) {
    info.withUnsafeBufferPointer { hmac.authenticate($0, into: output) }
  }

  /// Encrypts the end of a body where it lies, and puts the tag behind it.
  ///
  /// - Parameter number: the record's, from 0. It gives each record a nonce of its own (RFC 8188 2.3).
  func seal(_ body: inout [UInt8], from place: Int, record number: UInt64) throws(PushEncryptionError) {
    let count = body.count - place
    body.append(contentsOf: repeatElement(0, count: AES128GCM.tagBytes))
    combine(nonce, number)
    // Back to the base, from which the next record's is made.
    defer { combine(nonce, number) }
    let isSealed = body.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      return gcm.seal(start + place, count: count, nonce: nonce)
    }
    guard isSealed else { throw .unavailable }
  }

  private func combine(_ nonce: UnsafeMutablePointer<UInt8>, _ number: UInt64) {
    for place in 0..<8 {
      nonce[AES128GCM.nonceBytes - 1 - place] ^= UInt8(truncatingIfNeeded: number >> UInt64(8 * place))
    }
  }
}
