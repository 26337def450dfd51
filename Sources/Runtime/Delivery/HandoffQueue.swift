import RoostCore

/// Messages by the time from which they may be handed over, earliest first: a binary heap. An entry may have been given up
/// since; whoever takes it out has to look.
struct HandoffQueue {
  struct Entry {
    var at: Instant
    var id: IntentID
  }
  private var heap: [Entry] = []

  var first: Entry? { heap.first }
  var count: Int { heap.count }

  private static func isBefore(_ a: Entry, _ b: Entry) -> Bool { (a.at, a.id) < (b.at, b.id) }

  mutating func insert(_ id: IntentID, at instant: Instant) {
    heap.append(Entry(at: instant, id: id))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var child = parent * 2 + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, Self.isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard Self.isBefore(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
