import Crypto
import RoostCore

/// Encrypts push messages for browsers: `aes128gcm` (RFC 8188) with keys agreed on as RFC 8291 says.
public enum PushEncryption {
  /// RFC 8291 4: services need not take bodies above 4,096 bytes; header, tag and delimiter are 103 of them.
  public static let plainBytesMax = 3_993

  /// The body for one message, in a single record. A fresh key pair and salt for each.
  ///
  /// - Returns: `nil` if the plaintext is too long, or the subscription's key is of no use.
  public static func encrypt(_ plain: [UInt8], for subscription: PushSubscription) -> [UInt8]? {
    encrypt(
      plain, for: subscription, key: P256.KeyAgreement.PrivateKey(compactRepresentable: false),
      salt: SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
  }

  static func encrypt(
    _ plain: [UInt8], for subscription: PushSubscription, key: P256.KeyAgreement.PrivateKey, salt: [UInt8]
  ) -> [UInt8]? {
    guard plain.count <= plainBytesMax else { return nil }
    let own = Array(key.publicKey.x963Representation)
    let secret: SharedSecret
    do { secret = try key.sharedSecretFromKeyAgreement(with: subscription.publicKey) } catch { return nil }
    // RFC 8291 3.4: IKM = HKDF(auth_secret, ecdh_secret, "WebPush: info" 0x00 ua_public as_public, 32)
    let info = Array("WebPush: info\0".utf8) + Array(subscription.publicKey.x963Representation) + own
    let material = secret.hkdfDerivedSymmetricKey(
      using: SHA256.self, salt: subscription.secret, sharedInfo: info, outputByteCount: 32)
    return seal(plain, material, salt: salt, keyID: own, recordBytes: 4_096)
  }

  /// RFC 8188 2: header and records. The last record's delimiter is 2, the others' 1.
  static func seal(
    _ plain: [UInt8], _ material: SymmetricKey, salt: [UInt8], keyID: [UInt8], recordBytes: Int
  ) -> [UInt8]? {
    let key = derive(material, salt, "Content-Encoding: aes128gcm\0", 16)
    let nonce = derive(material, salt, "Content-Encoding: nonce\0", 12).withUnsafeBytes { Array($0) }
    var body = salt
    body.reserveCapacity(plain.count + 128)
    for shift in [24, 16, 8, 0] { body.append(UInt8(truncatingIfNeeded: recordBytes >> shift)) }
    body.append(UInt8(keyID.count))
    body += keyID
    let room = recordBytes - 17
    var (start, number) = (0, UInt64(0))
    repeat {
      let end = min(start + room, plain.count)
      let isLast = end == plain.count
      guard
        let box = record(Array(plain[start..<end]) + [isLast ? 2 : 1], key, Self.nonce(nonce, number))
      else { return nil }
      body += box
      (start, number) = (end, number + 1)
    } while start < plain.count
    return body
  }

  private static func record(_ plain: [UInt8], _ key: SymmetricKey, _ nonce: [UInt8]) -> [UInt8]? {
    do {
      let box = try AES.GCM.seal(plain, using: key, nonce: AES.GCM.Nonce(data: nonce))
      return Array(box.ciphertext) + Array(box.tag)
    } catch { return nil }
  }

  private static func derive(_ material: SymmetricKey, _ salt: [UInt8], _ info: String, _ count: Int) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(inputKeyMaterial: material, salt: salt, info: Array(info.utf8), outputByteCount: count)
  }

  /// RFC 8188 2.3: the nonce and the record's number, exclusive or.
  private static func nonce(_ base: [UInt8], _ number: UInt64) -> [UInt8] {
    var nonce = base
    for place in 0..<8 { nonce[11 - place] ^= UInt8(truncatingIfNeeded: number >> UInt64(8 * place)) }
    return nonce
  }
}
