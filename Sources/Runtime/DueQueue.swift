import RoostCore

/// Who must be looked at next: a binary heap of (time, slot). An entry counts only while the slot's own due time equals
/// it, so that a change of plan needs no search: the old entry is passed over when it comes up.
struct DueQueue {
  private struct Entry {
    var at: Int64
    var slot: Int32
  }
  private var heap: [Entry] = []

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }

  /// The earliest entry's time; it may have been given up since.
  var next: Instant? { heap.first.map { Instant(milliseconds: $0.at) } }

  /// The earliest entry's slot.
  var peek: Int? { heap.first.map { Int($0.slot) } }

  private static func isBefore(_ a: Entry, _ b: Entry) -> Bool { a.at < b.at || (a.at == b.at && a.slot < b.slot) }

  /// The queue of these entries alone: an entry that was given up stays until its time comes, and with people whose
  /// plans change often they become many.
  init(_ entries: some Sequence<(slot: Int, at: Instant)>) {
    heap = entries.map { Entry(at: $0.at.milliseconds, slot: Int32($0.slot)) }
    // Sorted is a heap too.
    heap.sort(by: Self.isBefore)
  }

  init() {}

  mutating func insert(_ slot: Int, at instant: Instant) {
    heap.append(Entry(at: instant.milliseconds, slot: Int32(slot)))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest entry.
  mutating func removeFirst() -> (slot: Int, at: Instant) {
    let first = heap[0]
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while true {
        var child = parent * 2 + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, Self.isBefore(heap[child + 1], heap[child]) { child += 1 }
        guard Self.isBefore(heap[child], heap[parent]) else { break }
        heap.swapAt(child, parent)
        parent = child
      }
    }
    return (Int(first.slot), Instant(milliseconds: first.at))
  }
}
