import History
import RoostCore

/// What is read, and how fast.
struct Reader {
  let store: HistoryStore
  let workload: Workload

  /// Counts people with at least two events of one name and one of another: two event conditions.
  struct Preview: HistoryAccumulator {
    let first: UInt16
    let second: UInt16
    var people = 0
    var rows = 0

    mutating func add(_ batch: ScanBatch) {
      rows += batch.times.count
      for run in batch.people {
        var firsts = 0
        var seconds = 0
        for row in run.rows {
          firsts += batch.symbols[row] == first ? 1 : 0
          seconds += batch.symbols[row] == second ? 1 : 0
        }
        people += firsts >= 2 && seconds >= 1 ? 1 : 0
      }
    }

    mutating func join(_ following: Preview) {
      people += following.people
      rows += following.rows
    }
  }

  func scans() throws(HistoryError) {
    let rows = store.status.segmentRows + store.status.recentRows
    let absent = SymbolSet([Symbol(60_000)])
    for (name, threads) in [("scan that finds nothing, first time", 1), ("again", 1), ("again, 2 threads", 2)] {
      let watch = Stopwatch()
      _ = try store.scan(absent, threads: threads, into: Preview(first: 0, second: 0))
      Report.line(
        name,
        "\(Report.milliseconds(watch.nanoseconds)) ms, CPU \(Report.milliseconds(watch.cpuNanoseconds)) ms, "
          + "\(Report.rate(rows, watch.seconds)) rows/s")
    }
    bareScan(rows)
  }

  /// The same comparison over a plain array, as the ratio's other side.
  private func bareScan(_ rows: Int) {
    var random = SeededRandom(seed: 2)
    let symbols = (0..<rows).map { _ in UInt16(random.below(20)) }
    let watch = Stopwatch()
    var found = 0
    for symbol in symbols where symbol == 60_000 { found += 1 }
    Report.line("bare loop over an array of the names", "\(Report.rate(rows, watch.seconds)) rows/s (\(found) found)")
  }

  func previews() throws(HistoryError) {
    for (first, second) in [(10, 15), (1, 5), (1, 2)] as [(UInt32, UInt32)] {
      var durations = Durations()
      var cpu = Durations()
      var result = Preview(first: 0, second: 0)
      for _ in 0..<7 {
        let watch = Stopwatch()
        result = try store.scan(
          SymbolSet([Symbol(first), Symbol(second)]), threads: 2,
          into: Preview(first: UInt16(first), second: UInt16(second)))
        durations.add(watch.nanoseconds)
        cpu.add(watch.cpuNanoseconds)
      }
      Report.line(
        "preview of two conditions, \(result.rows) matching events",
        "\(Report.milliseconds(durations.at(0.5))) ms, CPU \(Report.milliseconds(cpu.at(0.5))) ms, \(result.people) people"
      )
    }
  }

  func timelines() throws(HistoryError) {
    var random = SeededRandom(seed: 3)
    for name in ["timeline of 20, first touch", "timeline of 20, again"] {
      var durations = Durations()
      var entries = 0
      for _ in 0..<20_000 {
        let person = workload.person(random.below(workload.people))
        let watch = Stopwatch()
        entries += try store.timeline(person, limit: 20).entries.count
        durations.add(watch.nanoseconds)
      }
      Report.line(
        name, "p50 \(durations.at(0.5) / 1_000) µs, p99 \(durations.at(0.99) / 1_000) µs (\(entries) entries)")
    }
  }
}
