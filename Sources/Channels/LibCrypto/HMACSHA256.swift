import CLibCrypto

/// HMAC (RFC 2104) with SHA-256, in memory that serves one key after another.
///
/// HKDF (RFC 5869) is made of it: `extract` is the key material's code under the salt, and `expand` to at most 32 bytes is
/// the code of the info and a byte 1.
struct HMACSHA256: ~Copyable {
  /// A code's bytes.
  static let codeBytes = 32
  static let keyBytesMax = 64

  /// After the inner padded key, after the outer one, and of the message under way.
  private let states = UnsafeMutablePointer<SHA256_CTX>.allocate(capacity: 3)
  private let padded = UnsafeMutablePointer<UInt8>.allocate(capacity: keyBytesMax)

  init() {
    states.initialize(repeating: SHA256_CTX(), count: 3)
    padded.initialize(repeating: 0, count: Self.keyBytesMax)
  }

  deinit {
    clear()
    states.deallocate()
    padded.deallocate()
  }

  /// - Parameter key: at most 64 bytes.
  func setKey(_ key: UnsafeBufferPointer<UInt8>) {
    precondition(key.count <= Self.keyBytesMax)
    hash(key, pad: 0x36, states)
    hash(key, pad: 0x5C, states + 1)
  }

  private func hash(_ key: UnsafeBufferPointer<UInt8>, pad: UInt8, _ state: UnsafeMutablePointer<SHA256_CTX>) {
    for place in 0..<key.count { padded[place] = key[place] ^ pad }
    for place in key.count..<Self.keyBytesMax { padded[place] = pad }
    _ = libcrypto_sha256_init(state)
    _ = libcrypto_sha256_update(state, padded, Self.keyBytesMax)
  }

  /// The code of a message under the present key.
  ///
  /// - Parameter code: 32 bytes; may be the message itself.
  func authenticate(_ message: UnsafeBufferPointer<UInt8>, into code: UnsafeMutablePointer<UInt8>) {
    let running = states + 2
    running.pointee = states[0]
    _ = libcrypto_sha256_update(running, message.baseAddress, message.count)
    _ = libcrypto_sha256_final(running, code)
    running.pointee = states[1]
    _ = libcrypto_sha256_update(running, code, Self.codeBytes)
    _ = libcrypto_sha256_final(running, code)
  }

  /// Forgets the key.
  func clear() {
    OPENSSL_cleanse(states, 3 * MemoryLayout<SHA256_CTX>.size)
    OPENSSL_cleanse(padded, Self.keyBytesMax)
  }
}
