import Glibc

/// What a check of a log's files found intact.
public struct LogVerification: Equatable, Sendable {
  public var records = 0
  public var segments = 0
  public var bytes = 0
  public var end = LogPosition.start
  /// Behind the last whole group: a write cut short, or one that is just happening.
  public var tornBytes = 0
}

extension FileLog {
  /// Reads every file of the log in `directory` against its checksums and sequences, and changes nothing. Throws at the
  /// first damage, naming file and position.
  public static func verify(directory path: String) throws(StorageError) -> LogVerification {
    let directory = DiskDirectory(path)
    let segments = try Segment.all(in: directory)
    guard let last = segments.last else {
      throw StorageError(.missing, "There is no log in \(path)", remedy: "Check the path of the data directory.")
    }
    try checkChain(segments, directory)
    let file = try DiskFile(directory.file(last.name), O_RDONLY)
    let tail = try SegmentTail(file, SegmentHeader(reading: file), size: file.size())
    let extent = LogExtent(segments: segments, lastFile: file, end: tail.end, endOffset: tail.offset)
    var result = LogVerification(segments: segments.count, end: tail.end, tornBytes: tail.tornBytes)
    var sequences = BucketSequences()
    for index in segments.indices {
      try verify(SegmentChain(directory, extent), index, &sequences, &result)
    }
    return result
  }

  private static func verify(
    _ chain: SegmentChain, _ index: Int, _ sequences: inout BucketSequences, _ result: inout LogVerification
  ) throws(StorageError) {
    var cursor = try SegmentCursor(chain, index)
    guard cursor.header.sequences == sequences else {
      throw cursor.damage("the last sequences in its header differ from the records before it")
    }
    while let (frame, body) = try cursor.next() {
      guard sequences.follow(body, count: frame.count) else {
        throw cursor.damage("the records of a group do not follow those before")
      }
      result.records += frame.count
    }
    result.bytes += cursor.offset
  }
}
