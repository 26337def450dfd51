/// The batches of a replay: all records of a file in order of time.
final class ReplayBatches: BatchSource {
  private var records: SortedRecords
  private var number = 0
  private var done = 0
  let progressTotal: Int

  /// Goes on behind the first `skip` records.
  init(_ records: SortedRecords, count: Int, skip: Int) throws(Failure) {
    self.records = records
    progressTotal = count
    var scratch: [UInt8] = []
    while done < skip, try self.records.next(into: &scratch) != nil {
      done += 1
      scratch.removeAll(keepingCapacity: true)
    }
  }

  func next() throws(Failure) -> ImportBatch? {
    var batch = ImportBatch(number: number)
    number += 1
    while !batch.isFull {
      guard try batch.add(line: { $0 }, { body throws(Failure) in try records.next(into: &body) }) != nil else { break }
      done += 1
    }
    batch.end = FilePlace(offset: done, line: 0)
    batch.progress = done
    return batch.isEmpty ? nil : batch
  }
}

extension RecordSorter {
  /// Adds all events of a file; `onBad` gets those that cannot be taken, some at a time. How many these were.
  func read(_ path: String, onBad: ([BadLine]) throws(Failure) -> Void) throws(Failure) -> Int {
    var reader = try RecordReader(path, .events, isTimeNeeded: true, from: nil)
    var progress = ImportProgress(total: reader.source.fileBytes, done: 0)
    var bad: [BadLine] = []
    var badCount = 0
    var isAtEnd = false
    while !isAtEnd {
      try add { bytes throws(Failure) in
        switch try reader.next(into: &bytes) {
        case .record(let line, let time?): return (line, time)
        case .bad(let line): bad.append(line)
        case .end: isAtEnd = true
        case .record: break
        }
        return nil
      }
      if bad.count >= ImportBatch.badMax || isAtEnd, !bad.isEmpty {
        try onBad(bad)
        badCount += bad.count
        bad.removeAll()
      }
      if count & 0xFFF == 0 { progress.show("sorting", records: count, bad: badCount, done: reader.source.fileOffset) }
    }
    progress.clear()
    return badCount
  }
}
