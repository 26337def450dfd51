import CZlib
import Glibc

/// The bytes of a file, unpacked on the way if it is gzip (RFC 1952, several members allowed). Memory stays constant.
final class ByteSource {
  let path: String
  /// The file's own size, packed if it is.
  let fileBytes: Int
  let isPacked: Bool
  /// How much of the file was read, packed if it is: for progress.
  private(set) var fileOffset = 0
  private let descriptor: Int32
  private var stream = z_stream()
  private var packed: [UInt8] = []
  private var packedStart = 0
  private var isInMember = false
  private static let packedBytesMax = 1 << 16

  init(_ path: String) throws(Failure) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path, errno, remedy: "check the path and its permissions") }
    var status = stat()
    fstat(descriptor, &status)
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure(.foundProblem, "\(path) is no file; an import is resumed by reading its file again")
    }
    fileBytes = Int(status.st_size)
    var magic: [UInt8] = [0, 0]
    isPacked = pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
    if isPacked {
      // 16 + 15: a gzip header and the largest window.
      guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw Failure(.unavailable, "no memory to unpack \(path)")
      }
    }
  }

  deinit {
    if isPacked { inflateEnd(&stream) }
    close(descriptor)
  }

  /// Puts unpacked bytes into `target`; how many, 0 at the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard isPacked else { return try readFile(into: target) }
    while true {
      if packedStart == packed.count, try !refill() {
        guard !isInMember else { throw damaged("it ends too early") }
        return 0
      }
      let (status, count) = inflateSome(into: target)
      switch status {
      case Z_OK, Z_BUF_ERROR: isInMember = true
      case Z_STREAM_END:
        isInMember = false
        inflateReset(&stream)
      default: throw damaged(stream.msg.map { String(cString: $0) } ?? "error \(status)")
      }
      if count > 0 { return count }
    }
  }

  /// Goes on `count` unpacked bytes further.
  func skip(_ count: Int) throws(Failure) {
    guard isPacked else {
      fileOffset += count
      lseek(descriptor, off_t(fileOffset), SEEK_SET)
      return
    }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { scratch.deallocate() }
    var left = count
    while left > 0 {
      let part = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(left, scratch.count)]))
      guard part > 0 else { return }
      left -= part
    }
  }

  private func inflateSome(into target: UnsafeMutableRawBufferPointer) -> (status: Int32, count: Int) {
    packed.withUnsafeMutableBufferPointer { packed in
      stream.next_in = packed.baseAddress! + packedStart
      stream.avail_in = UInt32(packed.count - packedStart)
      stream.next_out = target.baseAddress!.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(target.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      packedStart = packed.count - Int(stream.avail_in)
      return (status, target.count - Int(stream.avail_out))
    }
  }

  private func refill() throws(Failure) -> Bool {
    if packed.count < Self.packedBytesMax { packed = [UInt8](repeating: 0, count: Self.packedBytesMax) }
    var count = 0
    var failure: Failure?
    packed.withUnsafeMutableBytes { bytes in
      do throws(Failure) { count = try readFile(into: bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    packed.removeLast(packed.count - count)
    packedStart = 0
    return count > 0
  }

  private func readFile(into target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      let count = Glibc.read(descriptor, target.baseAddress, target.count)
      if count >= 0 {
        fileOffset += count
        return count
      }
      if errno != EINTR { throw .system("read", path, errno, remedy: "check the disk") }
    }
  }

  private func damaged(_ cause: String) -> Failure {
    Failure(.foundProblem, "\(path) is a damaged gzip file near byte \(fileOffset): \(cause); fetch it again")
  }
}
