import CLibCrypto

/// ECDH on P-256 with a key pair for each agreement (RFC 8291 3.1), in memory of OpenSSL's that serves again and again.
///
/// The curve's own functions do it: through `EVP_PKEY` the same two multiplications cost almost half as much again, for
/// allocations, fetches, and checks of keys that were made or checked a moment ago.
struct P256Agreement: ~Copyable {
  private let context: OpaquePointer
  private let scalar: OpaquePointer
  private let coordinate: OpaquePointer
  private let own: OpaquePointer
  private let shared: OpaquePointer
  /// Random numbers for the next key pairs, the last one first: OpenSSL's generator costs the same for one as for all of
  /// them. They are worth no more to a thief of memory than the generator's own state, and each is wiped when it is used.
  private let drawn: UnsafeMutableBufferPointer<UInt8>
  private var drawnLeft = 0
  private static let drawnMax = 16

  /// `nil` without memory.
  init?() {
    guard let context = BN_CTX_secure_new(), let scalar = BN_secure_new(), let coordinate = BN_secure_new(),
      let own = EC_POINT_new(P256Curve.group), let shared = EC_POINT_new(P256Curve.group)
    else { return nil }
    (self.context, self.scalar, self.coordinate, self.own, self.shared) = (context, scalar, coordinate, own, shared)
    drawn = .allocate(capacity: Self.drawnMax * P256Curve.coordinateBytes)
    drawn.initialize(repeating: 0)
  }

  deinit {
    OPENSSL_cleanse(drawn.baseAddress, drawn.count)
    drawn.deallocate()
    EC_POINT_clear_free(shared)
    EC_POINT_free(own)
    BN_clear_free(coordinate)
    BN_clear_free(scalar)
    BN_CTX_free(context)
  }

  /// Agrees on a secret.
  ///
  /// - Parameters:
  ///   - privateKey: 32 bytes below the curve's order, for the vectors of RFCs; `nil` makes a fresh key pair.
  ///   - publicKey: where our public key goes: 65 bytes.
  ///   - secret: where the shared secret goes, the common point's x: 32 bytes.
  /// - Returns: `false` if OpenSSL is out of memory or randomness.
  mutating func agree(
    with peer: P256Point, privateKey: [UInt8]?, publicKey: UnsafeMutablePointer<UInt8>,
    secret: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    if let privateKey {
      guard BN_bin2bn(privateKey, Int32(privateKey.count), scalar) != nil else { return failed() }
    } else {
      guard drawScalar() else { return failed() }
    }
    return multiply(peer, publicKey, secret)
  }

  /// A private key by FIPS 186-5 A.2.2: random numbers until one is from 1 to the curve's order less 1, which all but one
  /// of 4,000,000,000 are.
  private mutating func drawScalar() -> Bool {
    repeat {
      if drawnLeft == 0 {
        guard RAND_priv_bytes(drawn.baseAddress, Int32(drawn.count)) == 1 else { return false }
        drawnLeft = Self.drawnMax
      }
      drawnLeft -= 1
      let number = drawn.baseAddress.map { $0 + drawnLeft * P256Curve.coordinateBytes }
      guard BN_bin2bn(number, Int32(P256Curve.coordinateBytes), scalar) != nil else { return false }
      OPENSSL_cleanse(number, P256Curve.coordinateBytes)
    } while BN_is_zero(scalar) == 1 || BN_cmp(scalar, EC_GROUP_get0_order(P256Curve.group)) >= 0
    return true
  }

  private func multiply(
    _ peer: P256Point, _ publicKey: UnsafeMutablePointer<UInt8>, _ secret: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let (group, size) = (P256Curve.group, P256Curve.coordinateBytes)
    let isAgreed =
      EC_POINT_mul(group, own, scalar, nil, nil, context) == 1
      && EC_POINT_point2oct(group, own, POINT_CONVERSION_UNCOMPRESSED, publicKey, P256Curve.pointBytes, context)
        == P256Curve.pointBytes
      && EC_POINT_mul(group, shared, nil, peer.point, scalar, context) == 1
      && EC_POINT_get_affine_coordinates(group, shared, coordinate, nil, context) == 1
      && BN_bn2binpad(coordinate, secret, Int32(size)) == Int32(size)
    // No secret outlives its message here: the common point is overwritten with the one that goes on the wire.
    BN_clear(scalar)
    BN_clear(coordinate)
    return EC_POINT_copy(shared, own) == 1 && isAgreed ? true : failed()
  }

  private func failed() -> Bool {
    ERR_clear_error()
    return false
  }
}
