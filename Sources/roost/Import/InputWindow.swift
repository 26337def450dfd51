import Glibc

/// The part of a file that is looked at, which slides forward. Longer rows than `rowBytesMax` are never held whole.
struct InputWindow {
  /// Far above what one event may have (32 KiB), so that the server is the one to judge.
  static let rowBytesMax = 128 << 10

  let source: ByteSource
  private(set) var bytes: [UInt8]
  /// Where the row under work begins in `bytes`.
  private(set) var start = 0
  private(set) var end = 0
  /// Where it begins in the unpacked file.
  private(set) var offset: Int
  private var isAtEnd = false

  /// Starts at an offset of the unpacked file, to which `source` was skipped.
  init(_ source: ByteSource, offset: Int = 0) {
    self.source = source
    self.offset = offset
    bytes = [UInt8](repeating: 0, count: 4 * Self.rowBytesMax)
  }

  var count: Int { end - start }

  /// Reads more behind what is there. `false`: nothing more comes, or the window is full.
  mutating func fill() throws(Failure) -> Bool {
    guard !isAtEnd else { return false }
    if start > 0, end == bytes.count || start >= bytes.count / 2 {
      _ = bytes.withUnsafeMutableBytes { memmove($0.baseAddress!, $0.baseAddress! + start, end - start) }
      end -= start
      start = 0
    }
    guard end < bytes.count else { return false }
    var outcome: Result<Int, Failure> = .success(0)
    bytes.withUnsafeMutableBytes { bytes in
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
      do throws(Failure) { outcome = .success(try source.read(into: room)) } catch { outcome = .failure(error) }
    }
    let count = try outcome.get()
    isAtEnd = count == 0
    end += count
    return count > 0
  }

  /// The row is done with: the next begins `count` bytes further.
  mutating func advance(_ count: Int) {
    start += count
    offset += count
  }

  /// How far from the row's start the next line feed is, looking from `from` on; `nil` if there is none within the
  /// longest row or before the file's end.
  mutating func lineFeed(from: Int = 0) throws(Failure) -> Int? {
    var looked = from
    while true {
      let found = bytes.withUnsafeBytes { bytes -> Int? in
        guard count > looked else { return nil }
        let base = bytes.baseAddress! + start
        return memchr(base + looked, 0x0A, count - looked).map { UnsafeRawPointer($0) - base }
      }
      if let found { return found }
      looked = count
      guard count <= Self.rowBytesMax, try fill() else { return nil }
    }
  }

  /// Drops everything up to and with the next line feed, however far it is.
  mutating func skipLine() throws(Failure) {
    while true {
      if let place = try lineFeed() { return advance(place + 1) }
      let isEmpty = count == 0
      advance(count)
      if isEmpty, try !fill() { return }
    }
  }

  func withRow<Result>(_ length: Int, _ body: (UnsafeRawBufferPointer) throws(BadLine) -> Result) throws(BadLine)
    -> Result
  {
    let range = start..<(start + length)
    var outcome: Swift.Result<Result, BadLine>?
    bytes.withUnsafeBytes { bytes in
      do throws(BadLine) {
        outcome = .success(try body(UnsafeRawBufferPointer(rebasing: bytes[range])))
      } catch { outcome = .failure(error) }
    }
    return try outcome!.get()
  }
}
