import Events
import Glibc
import History
import RoostCore

// history-bench [events] [people] [directory] [items per segment]
let arguments = CommandLine.arguments
let count = arguments.count > 1 ? Int(arguments[1])! : 10_000_000
let people = arguments.count > 2 ? Int(arguments[2])! : 1_000_000
let directory = arguments.count > 3 ? arguments[3] : "/tmp/roost-history-bench-\(getpid())"
let itemsMax = arguments.count > 4 ? Int(arguments[4])! : HistoryLimits().recentItemsMax

let workload = Workload(people: people)
print("\(count) events of \(people) people, \(workload.recordBytes) bytes a record, in \(directory)")

func fill() throws(HistoryError) {
  var recent = HistoryLimits()
  recent.recentItemsMax = itemsMax
  if itemsMax > 200_000 { recent.recentBytesMax = .max }
  let store = try HistoryStore(directory: directory, limits: recent)
  let appended = Stopwatch()
  let batches = try workload.append(count, to: store)
  let appendSeconds = appended.seconds
  try store.flush()
  let status = store.status
  Report.line("memory while filling", "\(Memory.peakMegabytes) MB at most")
  Report.line("append", "\(Report.rate(count, appendSeconds)) events/s, the disk keeping up")
  Report.line("append alone, median and p99 of 1,000", "\(batches.at(0.5) / 1_000) ns, \(batches.at(0.99) / 1_000) ns")
  Report.line("appending waited for the disk", "\(status.waits) times")
  Report.line(
    "until sealed and merged",
    "\(Report.rate(count, appended.seconds)) events/s, CPU \(appended.cpuNanoseconds / count) ns each"
  )
  let bare = Stopwatch()
  workload.appendBare(count, to: directory + "/bare.tmp")
  Report.line(
    "bare pwrite and fdatasync of the records",
    "\(Report.rate(count, bare.seconds)) events/s, ratio "
      + Report.ratio(bare.seconds / appended.seconds))
  Report.line(
    "files",
    "\(status.segments) segments, \(Report.ratio(Double(status.segmentBytes) / Double(status.segmentRows))) bytes an event"
  )
}

func read() throws(HistoryError) {
  let opened = Stopwatch()
  let store = try HistoryStore(directory: directory)
  Report.line("open", "\(Report.ratio(opened.seconds * 1_000)) ms, \(Memory.residentMegabytes) MB resident")
  let reader = Reader(store: store, workload: workload)
  try reader.scans()
  try reader.previews()
  try reader.timelines()
  Report.line("memory", "\(Memory.residentMegabytes) MB resident, \(Memory.peakMegabytes) MB at most")
}

if access(directory, F_OK) != 0 { try fill() }
try read()
if arguments.count <= 3 { Directory.remove(directory) }
