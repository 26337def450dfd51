import CLibCrypto

/// The curve P-256 (SP 800-186 3.2.1.3) in OpenSSL's hands, whose arithmetic for it takes the same time for every scalar.
enum P256Curve {
  // Never changed after this: OpenSSL only reads it.
  nonisolated(unsafe) static let group: OpaquePointer = {
    guard let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) else {
      preconditionFailure("this libcrypto has no P-256")
    }
    return group
  }()

  /// A coordinate's bytes, and a private key's.
  static let coordinateBytes = 32
  static let pointBytes = 1 + 2 * coordinateBytes
}

/// A public key of P-256: a point that lies on the curve.
public final class P256Point: @unchecked Sendable {
  // Never changed after init: OpenSSL only reads it.
  let point: OpaquePointer
  /// Uncompressed (SEC 1 2.3.3): 4, then both coordinates; 65 bytes.
  public let bytes: [UInt8]

  /// - Returns: `nil` for anything but 65 bytes of an uncompressed point of the curve.
  public init?(uncompressed bytes: [UInt8]) {
    guard bytes.count == P256Curve.pointBytes, bytes[0] == 4, let point = EC_POINT_new(P256Curve.group) else {
      return nil
    }
    // Refuses what is not on the curve.
    guard EC_POINT_oct2point(P256Curve.group, point, bytes, bytes.count, nil) == 1 else {
      EC_POINT_free(point)
      ERR_clear_error()
      return nil
    }
    self.point = point
    self.bytes = bytes
  }

  deinit { EC_POINT_free(point) }
}
