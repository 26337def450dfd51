import Glibc
import RoostCore

/// Sorts records by time, equal times in the order in which they were added, in constant memory: what does not fit is
/// written as sorted runs to a temporary file, which has no name and so vanishes with the process.
final class RecordSorter {
  /// One record in the run under construction.
  struct Entry {
    var time: Int64
    var line: Int
    var start: Int
    var count: Int
  }

  private let memoryBytesMax: Int
  private let folders: [String]
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var spill: SpillFile?
  private var runs: [Range<Int>] = []
  private(set) var count = 0

  /// `folders`: where the temporary file may be, the best first.
  init(memoryBytesMax: Int, folders: [String]) {
    self.memoryBytesMax = memoryBytesMax
    self.folders = folders
  }

  /// Adds the record that `write` appends, unless it answers `nil`.
  func add(_ write: (inout [UInt8]) throws(Failure) -> (line: Int, time: Instant)?) throws(Failure) {
    let start = bytes.count
    guard let (line, time) = try write(&bytes) else { return }
    entries.append(Entry(time: time.milliseconds, line: line, start: start, count: bytes.count - start))
    count += 1
    if bytes.count + entries.count * MemoryLayout<Entry>.stride >= memoryBytesMax { try spillRun() }
  }

  /// Ends adding: the records in order.
  func sorted() throws(Failure) -> SortedRecords {
    guard let spill else {
      sortEntries()
      return SortedRecords(bytes: bytes, entries: entries)
    }
    if !entries.isEmpty { try spillRun() }
    bytes = []
    entries = []
    return try SortedRecords(spill, runs)
  }

  private func sortEntries() {
    // Places in `bytes` grow in the order of adding: they keep equal times stable.
    entries.sort { ($0.time, $0.start) < ($1.time, $1.start) }
  }

  private func spillRun() throws(Failure) {
    sortEntries()
    let file: SpillFile
    if let spill {
      file = spill
    } else {
      file = try SpillFile(folders)
      spill = file
    }
    let start = file.end
    var block: [UInt8] = []
    for entry in entries {
      for word in [UInt64(bitPattern: entry.time), UInt64(entry.line), UInt64(entry.count)] {
        withUnsafeBytes(of: word.littleEndian) { block.append(contentsOf: $0) }
      }
      block += bytes[entry.start..<(entry.start + entry.count)]
      if block.count >= 1 << 20 {
        try file.append(block)
        block.removeAll(keepingCapacity: true)
      }
    }
    try file.append(block)
    runs.append(start..<file.end)
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }
}
