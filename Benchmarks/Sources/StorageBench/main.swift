import Glibc

// StorageBench log|rocksdb|sqlite [folder] [rows]: figures for decision 0002 and for the log, as Markdown tables.
let arguments = CommandLine.arguments
let engine = arguments.count > 1 ? arguments[1] : "log"
let folder = arguments.count > 2 ? arguments[2] : "/var/tmp/roost-storage-bench-\(getpid())"
mkdir(folder, 0o755)
if engine == "log" {
  Measure.header("log, records of 230 bytes")
  try LogBench(directory: folder).run()
} else {
  let rows = arguments.count > 3 ? Int(arguments[3]) ?? 1_000_000 : 1_000_000
  Measure.header("\(engine), \(rows) states of 300 bytes")
  func openCandidate() throws -> any Candidate {
    engine == "sqlite" ? SQLiteCandidate(directory: folder) : try RocksCandidate(directory: folder)
  }
  var bench = StateBench(workload: Workload(rows: rows), candidate: try openCandidate())
  try bench.run()
  try Measure.phase("open again", 1) { try openCandidate().close() }
}
print("\nFiles are in \(folder); remove them when done.")
