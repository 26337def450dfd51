import Glibc
import RoostCore

extension Node {
  /// Called by the committer after each batch: what other threads may know.
  func noteStatus(_ partition: Partition, _ lastDiskCheck: inout Int) {
    let now = partition.now()
    var isDiskFull: Bool?
    let monotonic = monotonicMicroseconds()
    if monotonic - lastDiskCheck > 1_000_000 {
      lastDiskCheck = monotonic
      isDiskFull = freeDiskBytes(configuration.directory).map { $0 < configuration.diskReserveBytes } ?? false
    }
    let failure = partition.failure
    status.withLock { status in
      status.now = now
      if let isDiskFull { status.isDiskFull = isDiskFull }
      if let failure { status.reasons = [failure.message] }
    }
  }

  /// Figures of the moment for `/metrics`.
  public func gauges() async throws(Problem) -> [(name: String, help: String, value: Double)] {
    let queued = queue.waitingEvents
    let directory = configuration.directory
    return try await perform { partition throws(Problem) in
      var people = 0
      for (_, counts) in partition.counts { people += counts.people }
      return [
        ("roost_people", "People known", Double(people)),
        ("roost_state_bytes", "Bytes of people's states in memory", Double(partition.table.residentBytes)),
        ("roost_queued_events", "Events waiting for the committer", Double(queued)),
        ("roost_outbox_messages", "Messages still to be handed over", Double(partition.outbox.count)),
        (
          "roost_broadcasts_active", "Broadcasts scheduled or under way",
          Double(partition.activeBroadcasts.values.reduce(0) { $0 + $1.count })
        ),
        ("roost_wakeups_waiting", "Wake-ups in the queue", Double(partition.due.count)),
        ("roost_log_end", "Position behind the last record", Double(partition.log.end.rawValue)),
        ("roost_disk_free_bytes", "Free space for the data", Double(freeDiskBytes(directory) ?? 0)),
        ("process_resident_memory_bytes", "Resident memory", Double(residentBytes())),
      ]
    }
  }
}

/// Free space where `path` lies; `nil` if it cannot be asked.
public func freeDiskBytes(_ path: String) -> Int? {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  return Int(status.f_bavail) * Int(status.f_frsize)
}

/// The process's resident memory.
func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, 128, file) != nil else { return 0 }
  let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
    separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
}
