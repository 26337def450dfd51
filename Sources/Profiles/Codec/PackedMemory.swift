/// Bytes at an address that stays: readers of packed sections go over them by pointer. Shared by copies of a state until
/// one of them changes it.
@usableFromInline
final class PackedMemory: @unchecked Sendable {
  // Safe to share: only a sole owner writes.
  let start: UnsafeMutableRawPointer
  let capacity: Int

  static let empty = PackedMemory(capacity: PackedSections.slack)

  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(byteCount: capacity, alignment: 8)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
  }

  deinit { start.deallocate() }
}
