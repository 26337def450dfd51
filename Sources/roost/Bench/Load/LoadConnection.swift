import Glibc

/// One kept-alive connection of the load generator: a request on its way out, then its answer on the way in.
final class LoadConnection {
  enum Progress {
    case waiting
    /// The status.
    case answered(Int)
  }

  let descriptor: Int32
  let template: CallTemplate
  let request: UnsafeMutableRawBufferPointer
  /// When the request began to be sent, ns of the monotonic clock.
  private(set) var startedAt: UInt64 = 0
  private(set) var isBusy = false
  private var sent = 0
  private let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 8)
  private var receivedCount = 0

  init(port: UInt16, _ template: CallTemplate) throws(Failure) {
    descriptor = try Socket.connect(port: port)
    self.template = template
    request = .allocate(byteCount: template.request.count, alignment: 8)
    template.request.withUnsafeBytes { [request] in request.copyMemory(from: $0) }
  }

  deinit {
    close(descriptor)
    request.deallocate()
    received.deallocate()
  }

  var isSending: Bool { sent < request.count }
  /// What the server said, for a message.
  var answerText: String { String(decoding: received[..<receivedCount], as: UTF8.self) }

  func start() throws(Failure) {
    startedAt = Stopwatch.nanoseconds(CLOCK_MONOTONIC)
    isBusy = true
    sent = 0
    receivedCount = 0
    try write()
  }

  /// Sends as much as the socket takes.
  func write() throws(Failure) {
    while sent < request.count {
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      let count = send(descriptor, request.baseAddress! + sent, request.count - sent, flags)
      guard count >= 0 else {
        if errno == EAGAIN || errno == EINTR { return }
        throw .system("send")
      }
      sent += count
    }
  }

  func read() throws(Failure) -> Progress {
    let room = received.count - receivedCount
    let count = recv(descriptor, received.baseAddress! + receivedCount, room, Int32(MSG_DONTWAIT))
    guard count != 0 else { throw Failure(.unavailable, "the server closed a connection, or its answer is too long") }
    guard count > 0 else {
      if errno == EAGAIN || errno == EINTR { return .waiting }
      throw .system("recv")
    }
    receivedCount += count
    guard let response = ResponseReader.read(UnsafeRawBufferPointer(rebasing: received[..<receivedCount])) else {
      return .waiting
    }
    isBusy = false
    return .answered(response.status)
  }
}
