/// Memory into which one state after another is encoded.
public struct StateBuffer: ~Copyable {
  private var start: UnsafeMutableRawPointer
  private var capacity = 1 << 12
  var count = 0

  public init() { start = .allocate(byteCount: capacity, alignment: 8) }

  deinit { start.deallocate() }

  /// The state encoded last; valid until the next.
  public var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  mutating func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
    if bytes > capacity {
      start.deallocate()
      capacity = bytes &* 2
      start = .allocate(byteCount: capacity, alignment: 8)
    }
    return start
  }
}
