import Glibc
import Storage

/// Appends and reads records of 230 bytes, and appends the same bytes with a bare loop for comparison.
struct LogBench {
  let directory: String
  private let payload = [UInt8](repeating: 0x61, count: 216)

  init(directory: String) { self.directory = directory }

  func run() throws {
    for (size, count) in [(1, 2_000), (10, 20_000), (100, 200_000), (1_000, 2_000_000), (10_000, 4_000_000)] {
      let path = directory + "/log-\(size)"
      let log = try FileLog(directory: path)
      try Measure.phase("append groups of \(size)", count) { try append(to: log, count, groupsOf: size) }
      try Measure.phase("bare pwrite + fdatasync of the same bytes", count) {
        try bare(path + "/bare", count, groupsOf: size)
      }
      if size == 1_000 { try read(log, count) }
      try log.close()
      try Measure.phase("open", 1) { try FileLog(directory: path).close() }
    }
  }

  private func append(to log: FileLog, _ count: Int, groupsOf size: Int) throws {
    var group = RecordGroup(capacityBytes: size * 256)
    var sequences = [UInt64](repeating: 0, count: 256)
    var record = 0
    while record < count {
      group.removeAll()
      for _ in 0..<size {
        let bucket = record & 255
        sequences[bucket] += 1
        group.beginRecord(bucket: UInt16(bucket), sequence: sequences[bucket])
        group.bytes.append(contentsOf: payload)
        group.endRecord()
        record += 1
      }
      try log.append(group)
    }
  }

  private func read(_ log: FileLog, _ count: Int) throws {
    var bytes = 0
    try Measure.phase("read all", count) {
      try log.read(from: .start) { _, record in
        bytes += record.payload.count
        return true
      }
    }
    precondition(bytes == count * payload.count)
  }

  private func bare(_ path: String, _ count: Int, groupsOf size: Int) throws {
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0)
    defer {
      close(file)
      unlink(path)
    }
    let bytes = [UInt8](repeating: 0x61, count: size * 230)
    var offset = 0
    for _ in 0..<(count / size) {
      precondition(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
      precondition(fdatasync(file) == 0)
      offset += bytes.count
    }
  }
}
