import Storage

/// Loads, updates and reads a million states.
struct StateBench {
  var workload: Workload
  let candidate: any Candidate

  mutating func run() throws {
    let rows = workload.rows
    try Measure.phase("load, 10 × \(rows / 10)", rows) {
      for part in 0..<10 { try upsert(part * rows / 10..<(part + 1) * rows / 10) }
    }
    try Measure.phase("update 10 × \(rows / 10) random", rows) {
      for _ in 0..<10 { try upsert((0..<rows / 10).map { _ in workload.number() }) }
    }
    try Measure.phase("update 3 × \(rows / 10 * 9)", rows / 10 * 27) {
      for _ in 0..<3 { try upsert((0..<rows).filter { _ in workload.number() % 10 != 0 }) }
    }
    try Measure.phase("read one by one", 200_000) {
      for _ in 0..<200 {
        let found = try candidate.read((0..<1_000).map { _ in Workload.key(workload.number()) })
        precondition(found == 300_000)
      }
    }
    try Measure.phase("read 1,000 sorted keys at once", 200_000) {
      for _ in 0..<200 {
        let found = try candidate.readSorted(Workload.sorted((0..<1_000).map { _ in workload.number() }))
        precondition(found == 300_000)
      }
    }
    try Measure.phase("scan", rows) {
      let found = try candidate.scan()
      precondition(found == rows)
    }
    try Measure.phase("close", 1) { try candidate.close() }
  }

  /// A checkpoint: ascending keys in batches of 10,000, then durable.
  private mutating func upsert(_ numbers: some Sequence<Int>) throws {
    var batch = StateBatch()
    for key in Workload.sorted(numbers) {
      batch.put(key, workload.nextValue())
      if batch.count == 10_000 {
        try candidate.write(batch)
        batch.removeAll()
      }
    }
    try candidate.write(batch)
    try candidate.sync()
  }
}
