import Glibc

/// Postfix's `smtp-sink`: takes every letter and keeps none.
final class SMTPSink {
  let port: UInt16
  private let process: ChildProcess

  /// Returns when it takes connections.
  ///
  /// - Parameter tools: the folder that it is in, as `scripts/setup.sh smtp-sink` makes it.
  /// - Throws: `.unavailable` if it is not there, or does not listen within five seconds.
  init(tools: String) throws(Failure) {
    let program = tools + "/smtp-sink"
    guard access(program, X_OK) == 0 else {
      throw Failure(.unavailable, "\(program) is not there; run scripts/setup.sh smtp-sink")
    }
    port = try SilentListener.freePort()
    // As root it insists on being somebody else.
    let user = geteuid() == 0 ? ["-u", "nobody"] : []
    process = try ChildProcess([program] + user + ["127.0.0.1:\(port)", "1000"], errors: "/dev/null")
    let watch = Stopwatch()
    while !Self.answers(at: port) {
      guard watch.seconds < 5 else { throw Failure(.unavailable, "\(program) does not listen at port \(port)") }
      usleep(20_000)
    }
  }

  func end() {
    process.signal(SIGTERM)
    process.wait()
  }

  private static func answers(at port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
