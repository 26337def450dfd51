import CLibCrypto

/// AES-128-GCM (SP 800-38D) in memory that serves one key after another.
struct AES128GCM: ~Copyable {
  static let (keyBytes, nonceBytes, tagBytes) = (16, 12, 16)

  private let context: OpaquePointer
  /// Fetched once: OpenSSL 3 looks through its providers at every `EVP_aes_128_gcm()`.
  nonisolated(unsafe) private static let cipher = EVP_CIPHER_fetch(nil, "AES-128-GCM", nil)

  /// `nil` without memory, or where libcrypto has no AES-GCM.
  init?() {
    guard let cipher = Self.cipher, let context = EVP_CIPHER_CTX_new() else { return nil }
    guard EVP_EncryptInit_ex2(context, cipher, nil, nil, nil) == 1 else {
      EVP_CIPHER_CTX_free(context)
      return nil
    }
    self.context = context
  }

  // OpenSSL cleanses the key's schedule.
  deinit { EVP_CIPHER_CTX_free(context) }

  /// - Parameter key: 16 bytes.
  func setKey(_ key: UnsafePointer<UInt8>) -> Bool {
    EVP_EncryptInit_ex2(context, nil, key, nil, nil) == 1
  }

  /// Encrypts bytes where they lie, and writes the tag's 16 behind them.
  ///
  /// - Parameter nonce: 12 bytes; never the same twice under one key.
  func seal(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, nonce: UnsafePointer<UInt8>) -> Bool {
    var (written, last) = (Int32(0), Int32(0))
    return EVP_EncryptInit_ex2(context, nil, nil, nonce, nil) == 1
      && EVP_EncryptUpdate(context, bytes, &written, bytes, Int32(count)) == 1 && Int(written) == count
      && EVP_EncryptFinal_ex(context, bytes + count, &last) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), bytes + count) == 1
  }

  /// Forgets the key: its schedule is overwritten with another's.
  func clear() { _ = setKey([UInt8](repeating: 0, count: Self.keyBytes)) }
}
