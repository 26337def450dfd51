import RoostCore

/// Records in order of time: from memory, or merged from the runs of a temporary file.
struct SortedRecords {
  private enum Content {
    case memory(bytes: [UInt8], entries: [RecordSorter.Entry], next: Int)
    case runs([RunCursor], heap: [Int])
  }
  private var content: Content

  init(bytes: [UInt8], entries: [RecordSorter.Entry]) {
    content = .memory(bytes: bytes, entries: entries, next: 0)
  }

  init(_ spill: SpillFile, _ runs: [Range<Int>]) throws(Failure) {
    // 16 MiB for all runs together.
    let blockBytes = max(64 << 10, (16 << 20) / max(1, runs.count))
    var cursors: [RunCursor] = []
    for run in runs { cursors.append(try RunCursor(spill, run, blockBytes: blockBytes)) }
    var heap: [Int] = []
    for index in cursors.indices where cursors[index].current != nil { heap.append(index) }
    heap.sort { Self.precedes(cursors, $0, $1) }
    content = .runs(cursors, heap: heap)
  }

  /// Appends the next record to `target`; its line, `nil` at the end.
  mutating func next(into target: inout [UInt8]) throws(Failure) -> Int? {
    switch content {
    case .memory(let bytes, let entries, let next):
      guard next < entries.count else { return nil }
      let entry = entries[next]
      content = .memory(bytes: bytes, entries: entries, next: next + 1)
      target += bytes[entry.start..<(entry.start + entry.count)]
      return entry.line
    case .runs(var cursors, var heap):
      guard let first = heap.first, let record = cursors[first].current else { return nil }
      // Nothing may share the arrays while they change, or each record would copy them.
      content = .memory(bytes: [], entries: [], next: 0)
      target += cursors[first].bytes[record.range]
      try cursors[first].step()
      if cursors[first].current == nil {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
      }
      Self.siftDown(&heap, cursors)
      content = .runs(cursors, heap: heap)
      return record.line
    }
  }

  /// Earlier runs hold what was added earlier.
  private static func precedes(_ cursors: [RunCursor], _ a: Int, _ b: Int) -> Bool {
    guard let left = cursors[a].current, let right = cursors[b].current else { return false }
    return (left.time, a) < (right.time, b)
  }

  private static func siftDown(_ heap: inout [Int], _ cursors: [RunCursor]) {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && precedes(cursors, heap[child], heap[least]) {
        least = child
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
