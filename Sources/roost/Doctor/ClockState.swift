import Glibc

/// What the kernel knows about the clock (adjtimex(2)).
enum ClockState {
  case synchronized
  case unsynchronized
  /// The kernel was not asked: it is not Linux, or does not allow it.
  case unknown

  static var current: ClockState {
    // `adjtimex` is looked up by name because Glibc's Swift module does not show it. With a `struct timex` of zeros it
    // only reads; its answer is TIME_ERROR (5) while nobody keeps the clock right.
    guard let symbol = dlsym(nil, "adjtimex") else { return .unknown }
    typealias Adjtimex = @convention(c) (UnsafeMutableRawPointer) -> Int32
    // The struct has 208 bytes on 64-bit Linux.
    let answer = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { buffer in
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return unsafeBitCast(symbol, to: Adjtimex.self)(buffer.baseAddress!)
    }
    return answer < 0 ? .unknown : answer == 5 ? .unsynchronized : .synchronized
  }
}
