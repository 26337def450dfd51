/// Encrypts push messages for browsers: `aes128gcm` (RFC 8188) with keys agreed on as RFC 8291 says.
public enum PushEncryption {
  /// RFC 8291 4: services need not take bodies above 4,096 bytes; header, tag and delimiter are 103 of them.
  public static let plainBytesMax = 3_993

  /// The body for one message, in a single record. A fresh key pair and salt for each.
  public static func encrypt(
    _ plain: [UInt8], for subscription: PushSubscription
  ) throws(PushEncryptionError) -> [UInt8] {
    try PushCipher.withOne { cipher throws(PushEncryptionError) in
      try encrypt(plain, for: subscription, privateKey: nil, salt: try cipher.newSalt(), by: cipher)
    }
  }

  /// The same with what is known: for the RFC's example.
  ///
  /// - Parameters:
  ///   - privateKey: 32 bytes.
  ///   - salt: 16 bytes.
  static func encrypt(
    _ plain: [UInt8], for subscription: PushSubscription, privateKey: [UInt8], salt: [UInt8]
  ) throws(PushEncryptionError) -> [UInt8] {
    try PushCipher.withOne { cipher throws(PushEncryptionError) in
      try encrypt(plain, for: subscription, privateKey: privateKey, salt: salt, by: cipher)
    }
  }

  private static func encrypt(
    _ plain: [UInt8], for subscription: PushSubscription, privateKey: [UInt8]?, salt: [UInt8], by cipher: PushCipher
  ) throws(PushEncryptionError) -> [UInt8] {
    guard plain.count <= plainBytesMax else { throw .tooLong }
    let own = try cipher.agree(with: subscription, privateKey: privateKey)
    return try seal(plain, salt: salt, keyID: own, recordBytes: 4_096, by: cipher)
  }

  /// RFC 8188 2: header and records. The last record's delimiter is 2, the others' 1.
  ///
  /// - Parameter cipher: has the input keying material.
  static func seal(
    _ plain: [UInt8], salt: [UInt8], keyID: [UInt8], recordBytes: Int, by cipher: PushCipher
  ) throws(PushEncryptionError) -> [UInt8] {
    try cipher.deriveKeys(salt: salt)
    let room = recordBytes - AES128GCM.tagBytes - 1
    var body: [UInt8] = []
    body.reserveCapacity(
      salt.count + 5 + keyID.count + plain.count + (plain.count / room + 1) * (recordBytes - room))
    body += salt
    for shift in [24, 16, 8, 0] { body.append(UInt8(truncatingIfNeeded: recordBytes >> shift)) }
    body.append(UInt8(keyID.count))
    body += keyID
    var (start, number) = (0, UInt64(0))
    repeat {
      let end = min(start + room, plain.count)
      let place = body.count
      body += plain[start..<end]
      body.append(end == plain.count ? 2 : 1)
      try cipher.seal(&body, from: place, record: number)
      (start, number) = (end, number + 1)
    } while start < plain.count
    return body
  }
}

/// Why a message is not encrypted.
public enum PushEncryptionError: Error, Equatable {
  /// Longer than `PushEncryption.plainBytesMax`.
  case tooLong
  /// OpenSSL is out of memory or randomness.
  case unavailable
}
