import NIOCore

/// Whether an address may be the target of a URL that somebody else chose.
///
/// Refused are loopback, private and link-local networks, shared address space, multicast and everything reserved (RFC 6890,
/// RFC 4193, RFC 4291): a cloud's metadata service lies there, and whatever else trusts its neighbours.
enum NetworkAddress {
  static func isPublic(_ address: SocketAddress) -> Bool {
    switch address {
    case .v4(let address):
      withUnsafeBytes(of: address.address.sin_addr.s_addr) { isPublic(v4: Array($0)) }
    case .v6(let address):
      withUnsafeBytes(of: address.address.sin6_addr) { isPublic(v6: Array($0)) }
    case .unixDomainSocket: false
    }
  }

  /// Four bytes, most significant first.
  static func isPublic(v4 bytes: [UInt8]) -> Bool {
    switch (bytes[0], bytes[1], bytes[2]) {
    case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _): false
    case (100, 64...127, _), (192, 0, 0), (192, 0, 2), (198, 18...19, _), (198, 51, 100), (203, 0, 113): false
    case (224..., _, _): false
    default: true
    }
  }

  /// Sixteen bytes. Only global unicast (2000::/3) less documentation, Teredo and 6to4, whose addresses hold others.
  static func isPublic(v6 bytes: [UInt8]) -> Bool {
    // ::ffff:a.b.c.d and 64:ff9b::a.b.c.d mean an IPv4 address.
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    let isTranslated = bytes[..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
    if isMapped || isTranslated { return isPublic(v4: Array(bytes[12...])) }
    guard bytes[0] & 0xE0 == 0x20 else { return false }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return false }
    if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] == 0, bytes[3] == 0 { return false }
    return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8)
  }
}
