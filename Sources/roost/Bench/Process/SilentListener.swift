import Glibc

/// A port at which connections are taken and nothing is ever said.
final class SilentListener {
  private let descriptor: Int32
  let port: UInt16

  init() throws(Failure) { (descriptor, port) = try Self.listen() }
  deinit { close(descriptor) }

  /// One that nobody listens at just now.
  static func freePort() throws(Failure) -> UInt16 {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  private static func listen() throws(Failure) -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .system("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 1_024) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else {
      close(descriptor)
      throw .system("listen")
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
