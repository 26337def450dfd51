import Crypto
import Foundation
import RoostCore
import Testing

@testable import Channels

/// aes128gcm and VAPID against the RFCs' vectors.
@Suite struct PushEncryptionTests {
  private static let vectors: JSONValue = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "webpush_vectors.json")
    return (try? JSONValue(parsing: Array(Data(contentsOf: file)))) ?? .null
  }()

  private func bytes(_ vector: JSONValue?, _ name: String) throws -> [UInt8] {
    let text = try #require(vector?[name]?.string)
    return try #require(Base64URL.bytes(of: text))
  }

  @Test func rfc8291AppendixA() throws {
    let vector = Self.vectors["rfc8291_appendix_a"]
    let subscription = try #require(
      PushSubscription(
        endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        keys: "\(vector?["ua_public"]?.string ?? "").\(vector?["auth"]?.string ?? "")"))
    let body = try PushEncryption.encrypt(
      Array("When I grow up, I want to be a watermelon".utf8), for: subscription,
      privateKey: try bytes(vector, "as_private"), salt: try bytes(vector, "salt"))
    #expect(try body == bytes(vector, "body"))
  }

  /// One record; and two of 25 bytes with a key id. The second example pads its first record, which no sender has to: so
  /// both its body and ours are opened.
  @Test(arguments: [0, 1])
  func rfc8188(place: Int) throws {
    let vector = Self.vectors["rfc8188"]?.array?[place]
    let material = try bytes(vector, "key")
    let key = SymmetricKey(data: material)
    let text = Array(try #require(vector?["pt"]?.string).utf8)
    let recordBytes = Int(try #require(vector?["rs"]?.int))
    let salt = try bytes(vector, "salt")
    let keyID = Array((vector?["keyid"]?.string ?? "").utf8)
    let body = try PushCipher.withOne { cipher throws(PushEncryptionError) in
      cipher.setMaterial(material)
      return try PushEncryption.seal(text, salt: salt, keyID: keyID, recordBytes: recordBytes, by: cipher)
    }
    #expect(try opened(body, key) == text)
    #expect(try opened(try bytes(vector, "body"), key) == text)
    if place == 0 { #expect(try body == bytes(vector, "body")) }
  }

  /// What RFC 8188 2 says a receiver does.
  private func opened(_ body: [UInt8], _ material: SymmetricKey) throws -> [UInt8] {
    let salt = Array(body[..<16])
    let recordBytes = body[16..<20].reduce(0) { $0 << 8 | Int($1) }
    func derived(_ info: String, _ count: Int) -> SymmetricKey {
      HKDF<SHA256>.deriveKey(
        inputKeyMaterial: material, salt: salt, info: Array("Content-Encoding: \(info)\0".utf8), outputByteCount: count)
    }
    let key = derived("aes128gcm", 16)
    let base = derived("nonce", 12).withUnsafeBytes { Array($0) }
    var plain: [UInt8] = []
    var start = 21 + Int(body[20])
    for number in 0..<100 where start < body.count {
      let record = Array(body[start..<min(start + recordBytes, body.count)])
      var nonce = base
      nonce[11] ^= UInt8(number)
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: nonce), ciphertext: record.dropLast(16), tag: record.suffix(16))
      let padded = Array(try AES.GCM.open(box, using: key))
      let end = try #require(padded.lastIndex { $0 != 0 })
      start += recordBytes
      #expect(padded[end] == (start < body.count ? 1 : 2))
      plain += padded[..<end]
    }
    return plain
  }

  /// What a browser does (RFC 8291 3.4), by another library's curve, key derivation and cipher.
  private func read(
    _ body: [UInt8], by key: P256.KeyAgreement.PrivateKey, _ secret: [UInt8]
  ) throws -> [UInt8] {
    let own = key.publicKey.x963Representation
    let sender = Array(body[21..<86])
    let agreed = try key.sharedSecretFromKeyAgreement(
      with: P256.KeyAgreement.PublicKey(x963Representation: sender))
    let material = agreed.hkdfDerivedSymmetricKey(
      using: SHA256.self, salt: secret, sharedInfo: Array("WebPush: info\0".utf8) + Array(own) + sender,
      outputByteCount: 32)
    return try opened(body, material)
  }

  private func subscription(_ key: P256.KeyAgreement.PrivateKey, _ secret: [UInt8]) throws -> PushSubscription {
    let keys = "\(Base64URL.text(of: key.publicKey.x963Representation)).\(Base64URL.text(of: secret))"
    return try #require(PushSubscription(endpoint: "https://p.example/1", keys: keys))
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100, PushEncryption.plainBytesMax])
  func browsersReadIt(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    for _ in 0..<20 {
      let key = P256.KeyAgreement.PrivateKey()
      let secret = (0..<16).map { _ in UInt8(random.below(256)) }
      let plain = (0..<count).map { _ in UInt8(random.below(256)) }
      let body = try PushEncryption.encrypt(plain, for: subscription(key, secret))
      #expect(body.count == 86 + count + 17)
      #expect(try read(body, by: key, secret) == plain)
    }
  }

  @Test func tooLongIsRefused() throws {
    let subscription = try subscription(P256.KeyAgreement.PrivateKey(), [UInt8](repeating: 7, count: 16))
    #expect(throws: PushEncryptionError.tooLong) {
      try PushEncryption.encrypt(
        [UInt8](repeating: 0, count: PushEncryption.plainBytesMax + 1), for: subscription)
    }
  }

  /// Many at once, as the transport does: each opens, and no two share a key pair or a salt.
  @Test func manyAtOnce() async throws {
    let key = P256.KeyAgreement.PrivateKey()
    let secret = [UInt8](repeating: 7, count: 16)
    let subscription = try subscription(key, secret)
    let bodies = try await withThrowingTaskGroup(of: [(Int, [UInt8])].self) { group in
      for task in 0..<8 {
        group.addTask {
          try (0..<50).map { number in
            let number = 50 * task + number
            return (number, try PushEncryption.encrypt(Array("\(number)".utf8), for: subscription))
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(bodies.count == 400)
    #expect(Set(bodies.map { Array($0.1[..<16]) }).count == 400)
    #expect(Set(bodies.map { Array($0.1[21..<86]) }).count == 400)
    for (number, body) in bodies { #expect(try read(body, by: key, secret) == Array("\(number)".utf8)) }
  }

  /// A point off the curve would give the private key away (RFC 8291 7); keys come uncompressed (RFC 8291 3.2).
  @Test func uselessPointsAreRefused() throws {
    let point = Array(P256.KeyAgreement.PrivateKey().publicKey.x963Representation)
    #expect(P256Point(uncompressed: point)?.bytes == point)
    var offCurve = point
    offCurve[64] ^= 1
    var hybrid = point
    hybrid[0] = 6 | point[64] & 1
    let compressed = [2 | point[64] & 1] + point[1..<33]
    // x is not below the field's prime.
    let tooLarge = [4] + [UInt8](repeating: 0xFF, count: 64)
    for bytes in [offCurve, hybrid, compressed, tooLarge, [0], [], point + [0], Array(point.dropLast())] {
      #expect(P256Point(uncompressed: bytes) == nil)
    }
  }

  /// Beside swift-crypto's, with keys and messages of every length up to two blocks.
  @Test func hmac() {
    var random = SeededRandom(seed: 3)
    let ours = HMACSHA256()
    for length in 0...130 {
      let key = (0..<(length % 65)).map { _ in UInt8(random.below(256)) }
      let message = (0..<length).map { _ in UInt8(random.below(256)) }
      var code = [UInt8](repeating: 0, count: HMACSHA256.codeBytes)
      key.withUnsafeBufferPointer { ours.setKey($0) }
      message.withUnsafeBufferPointer { ours.authenticate($0, into: &code) }
      #expect(code == Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))))
    }
  }

  @Test(arguments: ["", "a", "a.b", "BP4z.BTBZ", String(repeating: "A", count: 87) + ".BTBZMqHH6r4Tts7J_aSIgg", "!.!"])
  func uselessKeysAreNoSubscription(keys: String) {
    #expect(PushSubscription(endpoint: "https://p.example/1", keys: keys) == nil)
  }

  /// The same claims in the same form as pywebpush's request on the wire; signed by the key that it names.
  @Test func authorization() throws {
    let now = Instant(milliseconds: 1_795_318_315_000)
    let vapid = try #require(VAPID(privateKey: VAPID.newPrivateKey(), subject: "mailto:a@example.com"))
    let header = vapid.authorization(for: "https://push.example", now: now)
    let capture = try Capture.text("webpush-pywebpush-01")
    for text in [header, try #require(capture.firstMatch(of: /authorization: (vapid .*)/)).1.description] {
      let match = try #require(text.wholeMatch(of: /vapid t=([\w-]+)\.([\w-]+)\.([\w-]+),k=([\w-]+)\r?/))
      let key = try P256.Signing.PublicKey(x963Representation: try #require(Base64URL.bytes(of: match.4)))
      let signature = try P256.Signing.ECDSASignature(
        rawRepresentation: try #require(Base64URL.bytes(of: match.3)))
      #expect(key.isValidSignature(signature, for: Array("\(match.1).\(match.2)".utf8)))
      let claims = try JSONValue(parsing: try #require(Base64URL.bytes(of: match.2)))
      #expect(claims["sub"] == "mailto:a@example.com" && claims["aud"]?.string?.hasPrefix("http") == true)
      let life = (claims["exp"]?.int ?? 0) - now.milliseconds / 1_000
      #expect(life > 0 && life <= 86_400)
    }
    // One token serves for hours, another service gets another.
    #expect(vapid.authorization(for: "https://push.example", now: now + .hours(5)) == header)
    #expect(vapid.authorization(for: "https://push.example", now: now + .hours(7)) != header)
    #expect(vapid.authorization(for: "https://other.example", now: now) != header)
  }
}

/// What real senders sent, taken from the wire.
enum Capture {
  static func text(_ name: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "captures/\(name).txt")
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}
