import CChecksum
import Glibc
import RoostCore

/// Writes one segment file: rows in the order of person, time, arrival. The counts are known before.
///
/// The space is reserved first (a full disk is an error here, not a signal later). The narrow columns are filled through a
/// mapping; the records, by far the most, through a buffer: the system would zero each mapped page before it is
/// overwritten. The file gets its name when it is whole and durable.
struct SegmentWriter: ~Copyable {
  private let directory: String
  private let temporary: String
  private var layout: SegmentLayout
  private let file: Int32
  private let base: UnsafeMutableRawPointer
  private let fileBytes: Int
  private let people: UnsafeMutablePointer<UInt64>
  private let firstRows: UnsafeMutablePointer<UInt32>
  private let times: UnsafeMutablePointer<Int64>
  private let arrivals: UnsafeMutablePointer<UInt32>
  private let symbols: UnsafeMutablePointer<UInt16>
  private let kinds: UnsafeMutablePointer<UInt8>
  private let blocks: UnsafeMutablePointer<UInt64>
  private let offsets: UnsafeMutablePointer<UInt32>
  private var records: RecordsBuffer
  private var person = 0
  private var row = 0
  private var recordBytes = 0
  private var releasedBytes = 0
  /// So many bytes of records are written before the mapped pages are given back.
  private static let releaseBytes = 32 << 20

  init(directory: String, layout: SegmentLayout) throws(HistoryError) {
    self.directory = directory
    self.layout = layout
    self.layout.earliest = .max
    self.layout.latest = .min
    temporary = "\(directory)/\(layout.level)-\(decimal(layout.lastCut)).tmp"
    fileBytes = layout.fileBytes
    (file, base) = try Self.reserve(temporary, bytes: fileBytes)
    let base = base
    func column<Element>(_ column: SegmentLayout.Column, _: Element.Type) -> UnsafeMutablePointer<Element> {
      (base + layout.range(column).lowerBound).assumingMemoryBound(to: Element.self)
    }
    people = column(.people, UInt64.self)
    firstRows = column(.firstRows, UInt32.self)
    times = column(.times, Int64.self)
    arrivals = column(.arrivals, UInt32.self)
    symbols = column(.symbols, UInt16.self)
    kinds = column(.kinds, UInt8.self)
    blocks = column(.blocks, UInt64.self)
    offsets = column(.offsets, UInt32.self)
    records = RecordsBuffer(file: file, offset: layout.range(.records).lowerBound)
  }

  private static func reserve(_ path: String, bytes: Int) throws(HistoryError) -> (Int32, UnsafeMutableRawPointer) {
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system("open", path) }
    // posix_fallocate returns the error instead of setting errno.
    errno = posix_fallocate(file, 0, bytes)
    if errno == 0, let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), start != MAP_FAILED {
      return (file, start)
    }
    let error = HistoryError.system("reserve \(bytes) bytes for", path)
    close(file)
    unlink(path)
    throw error
  }

  deinit {
    munmap(base, fileBytes)
    close(file)
  }

  mutating func begin(person id: UInt64) {
    people[person] = id
    firstRows[person] = UInt32(row)
    person += 1
  }

  mutating func append(
    time: Int64, arrival: UInt64, symbol: UInt16, kind: UInt8, record: UnsafeRawBufferPointer
  ) throws(HistoryError) {
    times[row] = time
    arrivals[row] = UInt32(arrival - layout.firstSequence)
    symbols[row] = symbol
    kinds[row] = kind
    if row % SegmentLayout.blockRows == 0 { blocks[row / SegmentLayout.blockRows] = UInt64(recordBytes) }
    offsets[row] = UInt32(recordBytes - Int(blocks[row / SegmentLayout.blockRows]))
    guard records.append(record) else { throw .system("write", temporary) }
    layout.earliest = min(layout.earliest, time)
    layout.latest = max(layout.latest, time)
    row += 1
    recordBytes += record.count
    if recordBytes - releasedBytes >= Self.releaseBytes { release() }
  }

  /// Lets go of the pages filled so far; the system's cache has them.
  private mutating func release() {
    releasedBytes = recordBytes
    madvise(base, fileBytes, MADV_DONTNEED)
  }

  /// Completes the file, makes it durable and gives it its name, which is made from its content. Returns the
  /// fingerprint.
  consuming func finish() throws(HistoryError) -> UInt64 {
    precondition(person == layout.people && row == layout.rows && recordBytes == layout.recordBytes)
    guard records.flush() else { throw .system("write", temporary) }
    firstRows[person] = UInt32(row)
    if row == 0 { (layout.earliest, layout.latest) = (0, 0) }
    let sums = layout.range(.checksums)
    let checksums = (base + sums.lowerBound).assumingMemoryBound(to: UInt32.self)
    for page in 0..<(sums.count / 4) {
      let start = max(SegmentLayout.headerBytes, page * SegmentLayout.pageBytes)
      let end = min((page + 1) * SegmentLayout.pageBytes, sums.lowerBound)
      checksums[page] = roost_crc32c(0, base + start, end - start)
      if page % 512 == 511 { madvise(base, fileBytes, MADV_DONTNEED) }
    }
    let header = SegmentHeader(
      layout: layout, checksumsChecksum: roost_crc32c(0, base + sums.lowerBound, sums.count)
    ).encode()
    header.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    let fingerprint = hash64(
      UnsafeRawBufferPointer(start: base + sums.lowerBound, count: sums.count),
      seed: header.withUnsafeBytes { hash64($0, seed: SegmentHeader.magic) })
    guard fsync(file) == 0 else { throw .system("fsync", temporary) }
    let name = SegmentName(level: layout.level, lastCut: layout.lastCut, fingerprint: fingerprint).text
    try FileSystem.rename(temporary, to: name, in: directory)
    return fingerprint
  }
}

/// Gathers bytes and writes them in large pieces that begin and end with pages of the file.
private struct RecordsBuffer: ~Copyable {
  private let file: Int32
  private var offset: Int
  private let buffer = UnsafeMutableRawPointer.allocate(byteCount: RecordsBuffer.bytes, alignment: 4_096)
  private var count = 0
  /// The first piece is shorter, so that the following ones are aligned.
  private var limit: Int
  private static let bytes = 1 << 18

  init(file: Int32, offset: Int) {
    self.file = file
    self.offset = offset
    limit = Self.bytes - offset % 4_096
  }

  deinit { buffer.deallocate() }

  /// False if the system refused; `errno` says why.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while rest.count > limit - count {
      let part = limit - count
      memcpy(buffer + count, rest.baseAddress!, part)
      count = limit
      guard flush() else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[part...])
    }
    if let start = rest.baseAddress { memcpy(buffer + count, start, rest.count) }
    count += rest.count
    return true
  }

  mutating func flush() -> Bool {
    var done = 0
    while done < count {
      let written = pwrite(file, buffer + done, count - done, off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      done += written
    }
    offset += count
    count = 0
    limit = Self.bytes
    return true
  }
}

/// A segment's file name: two versions of the same cuts (before and after an erasure) differ by their fingerprints.
struct SegmentName: Hashable {
  var level: Int
  var lastCut: UInt64
  var fingerprint: UInt64

  var text: String { "\(level)-\(decimal(lastCut))-\(PersonID(fingerprint).text).segment" }
}
