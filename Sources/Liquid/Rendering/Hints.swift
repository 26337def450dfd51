import Synchronization

/// Where each step found its member the last time: objects of one kind mostly have their members in one order. A hint may
/// be wrong, and is looked at before it is believed.
final class MemberHints: @unchecked Sendable {
  // Unchecked: the pointer is set by `init`, and what it leads to is atomic.
  private let places: UnsafeMutablePointer<Atomic<Int32>>
  private let count: Int

  init(count: Int) {
    self.count = count
    places = .allocate(capacity: max(1, count))
    for index in 0..<count { (places + index).initialize(to: Atomic(0)) }
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  @inline(__always)
  subscript(step: Int) -> Int {
    get { Int(places[step].load(ordering: .relaxed)) }
    set { places[step].store(Int32(truncatingIfNeeded: newValue), ordering: .relaxed) }
  }
}

/// How long the text becomes: as long as the longest so far, within reason. What is asked for is a little more.
final class LengthHint: Sendable {
  private let length = Atomic<Int>(1024)
  private static let lengthMax = 65_536

  /// A first reservation.
  var room: Int {
    let length = length.load(ordering: .relaxed)
    return length + length / 8
  }

  func note(_ count: Int) {
    if count > length.load(ordering: .relaxed) { length.store(min(count, Self.lengthMax), ordering: .relaxed) }
  }
}
