import CChecksum
import Glibc
import Synchronization

/// An immutable segment file, mapped. Safe to share: the mapping never changes and the marks of verified pages are atomic.
///
/// The directory of people is verified when the file is opened, every other page when it is first read.
final class Segment: @unchecked Sendable {
  let path: String
  let layout: SegmentLayout
  /// With the level and the cut it makes the file's name.
  let fingerprint: UInt64
  let people: UnsafePointer<UInt64>
  let firstRows: UnsafePointer<UInt32>
  let times: UnsafePointer<Int64>
  let arrivals: UnsafePointer<UInt32>
  let symbols: UnsafePointer<UInt16>
  let kinds: UnsafePointer<UInt8>
  let ranges: [Range<Int>]
  private let blocks: UnsafePointer<UInt64>
  private let offsets: UnsafePointer<UInt32>
  private let checksums: UnsafePointer<UInt32>
  private let mapping: UnsafeMutableRawBufferPointer
  private let file: Int32
  private let verified: UnsafeMutablePointer<Atomic<UInt64>>
  private let verifiedWords: Int
  /// The rows that lie elsewhere now, as of a number of fates: found anew only when a fate has come.
  let moves = Mutex<(end: UInt64, moves: SegmentMoves)?>(nil)

  init(path: String, fingerprint: UInt64) throws(HistoryError) {
    (file, mapping) = try Self.map(path)
    let header: SegmentHeader
    do throws(HistoryError) {
      header = try SegmentHeader(decoding: UnsafeRawBufferPointer(mapping), file: path)
    } catch {
      munmap(mapping.baseAddress, mapping.count)
      close(file)
      throw error
    }
    self.path = path
    self.fingerprint = fingerprint
    let layout = header.layout
    let base = UnsafeRawPointer(mapping.baseAddress!)
    self.layout = layout
    ranges = SegmentLayout.Column.allCases.map { layout.range($0) }
    func column<Element>(_ column: SegmentLayout.Column, _: Element.Type) -> UnsafePointer<Element> {
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
    checksums = column(.checksums, UInt32.self)
    let pages = ranges[SegmentLayout.Column.checksums.rawValue].count / 4
    verifiedWords = (pages + 63) / 64
    verified = .allocate(capacity: verifiedWords)
    for word in 0..<verifiedWords { (verified + word).initialize(to: Atomic(0)) }
    let sums = ranges[SegmentLayout.Column.checksums.rawValue]
    guard roost_crc32c(0, base + sums.lowerBound, sums.count) == header.checksumsChecksum else {
      throw .damaged(
        file: path, column: "the column checksums", offset: sums.lowerBound, "it does not match the header")
    }
    try verify(ranges[SegmentLayout.Column.people.rawValue])
    try verify(ranges[SegmentLayout.Column.firstRows.rawValue])
    release()
  }

  deinit {
    verified.deinitialize(count: verifiedWords)
    verified.deallocate()
    munmap(mapping.baseAddress, mapping.count)
    close(file)
  }

  private static func map(_ path: String) throws(HistoryError) -> (Int32, UnsafeMutableRawBufferPointer) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system("open", path) }
    do throws(HistoryError) {
      var status = stat()
      guard fstat(file, &status) == 0 else { throw .system("fstat", path) }
      let count = Int(status.st_size)
      guard count >= SegmentLayout.headerBytes else {
        throw .damaged(file: path, column: "the header", offset: count, "the file ends there")
      }
      guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), start != MAP_FAILED else {
        throw .system("mmap", path)
      }
      return (file, UnsafeMutableRawBufferPointer(start: start, count: count))
    } catch {
      close(file)
      throw error
    }
  }

  /// Gives the mapped pages back: they stay in the system's cache and no longer count as the process's memory.
  func release() { madvise(mapping.baseAddress, mapping.count, MADV_DONTNEED) }

  /// Compares the pages under a range of the file with their checksums, each the first time it is asked for.
  @inline(__always)
  func verify(_ range: Range<Int>) throws(HistoryError) {
    guard !range.isEmpty else { return }
    let last = (range.upperBound - 1) >> 16
    var page = range.lowerBound >> 16
    while page <= last {
      if !isVerified(page) { try verifyPage(page) }
      page += 1
    }
  }

  @inline(never)
  private func verifyPage(_ page: Int) throws(HistoryError) {
    let start = max(SegmentLayout.headerBytes, page * SegmentLayout.pageBytes)
    let end = min((page + 1) * SegmentLayout.pageBytes, ranges[SegmentLayout.Column.checksums.rawValue].lowerBound)
    guard roost_crc32c(0, mapping.baseAddress! + start, end - start) == checksums[page] else {
      throw .damaged(
        file: path, column: layout.column(at: start), offset: start,
        "the \(end - start) bytes from there do not match their checksum")
    }
    verified[page >> 6].bitwiseOr(1 << UInt64(page & 63), ordering: .relaxed)
  }

  /// Verifies some rows of a fixed-width column.
  @inline(__always)
  func verify(_ column: SegmentLayout.Column, rows: Range<Int>, width: Int) throws(HistoryError) {
    let start = ranges[column.rawValue].lowerBound
    try verify((start + rows.lowerBound * width)..<(start + rows.upperBound * width))
  }

  /// Where a row's record begins within the column of records; `rows` itself is the column's end.
  func recordStart(_ row: Int) throws(HistoryError) -> Int {
    guard row < layout.rows else { return layout.recordBytes }
    try verify(.blocks, rows: (row >> 8)..<((row >> 8) + 1), width: 8)
    try verify(.offsets, rows: row..<(row + 1), width: 4)
    return Int(blocks[row >> 8]) + Int(offsets[row])
  }

  /// A row's event record, in place.
  func record(_ row: Int) throws(HistoryError) -> UnsafeRawBufferPointer {
    let start = ranges[SegmentLayout.Column.records.rawValue].lowerBound + (try recordStart(row))
    try verify(start..<(start + 4))
    let length = Int(UnsafeRawPointer(mapping.baseAddress! + start).loadUnaligned(as: UInt32.self))
    try verify(start..<(start + length))
    return UnsafeRawBufferPointer(start: mapping.baseAddress! + start, count: length)
  }

  /// A row's event record, copied without mapping it: a system maps sixteen pages around each one that is touched, and
  /// timelines touch single records all over the file.
  func copyRecord(_ row: Int) throws(HistoryError) -> [UInt8] {
    let column = ranges[SegmentLayout.Column.records.rawValue].lowerBound
    let start = column + (try recordStart(row))
    let end = column + (try recordStart(row + 1))
    for page in (start >> 16)...((end - 1) >> 16) where !isVerified(page) {
      try verifyPage(page)
      let offset = page << 16
      madvise(mapping.baseAddress! + offset, min(SegmentLayout.pageBytes, mapping.count - offset), MADV_DONTNEED)
    }
    let record = [UInt8](unsafeUninitializedCapacity: end - start) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress!, end - start, off_t(start)))
    }
    guard record.count == end - start else { throw .system("read", path) }
    return record
  }

  @inline(__always)
  private func isVerified(_ page: Int) -> Bool {
    verified[page >> 6].load(ordering: .relaxed) & (1 << UInt64(page & 63)) != 0
  }

  func arrival(_ row: Int) -> UInt64 { layout.firstSequence + UInt64(arrivals[row]) }
}
