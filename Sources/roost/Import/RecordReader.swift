import Catalog
import RoostCore

/// What an import's file is about.
enum ImportKind: String, CaseIterable, Sendable {
  case events
  case people
}

/// A place between two records of a file.
struct FilePlace: Sendable, Equatable {
  /// In the unpacked file.
  var offset: Int
  /// The number of the line that begins there.
  var line: Int
}

/// Reads the records of a file one after another.
struct RecordReader {
  enum Reading {
    /// One was appended.
    case record(line: Int, time: Instant?)
    case bad(BadLine)
    case end
  }

  private let kind: ImportKind
  let isTimeNeeded: Bool
  var window: InputWindow
  /// The number of the next line.
  var line = 1
  let columns: CSVColumns?
  var row = CSVRow()

  var source: ByteSource { window.source }
  /// Behind the last record that was read.
  var place: FilePlace { FilePlace(offset: window.offset, line: line) }

  /// Opens a file whose name says its form, and goes on from `place` if there is one.
  init(_ path: String, _ kind: ImportKind, isTimeNeeded: Bool, from place: FilePlace?) throws(Failure) {
    self.kind = kind
    self.isTimeNeeded = isTimeNeeded
    window = InputWindow(try ByteSource(path))
    try Self.skipByteOrderMark(&window)
    guard try Self.isCSV(path) else {
      columns = nil
      try resume(place)
      return
    }
    let (header, length) = try Self.header(&window, &row, path)
    columns = try CSVColumns(header, kind, file: path)
    window.advance(length)
    line += 1 + row.lineFeeds
    try resume(place)
  }

  private mutating func resume(_ place: FilePlace?) throws(Failure) {
    guard let place, place.offset > window.offset else { return }
    // From the start again: what the window holds is dropped.
    let source = try ByteSource(window.source.path)
    try source.skip(place.offset)
    window = InputWindow(source, offset: place.offset)
    line = place.line
  }

  /// Appends the next record's event to `target`.
  mutating func next(into target: inout [UInt8]) throws(Failure) -> Reading {
    columns == nil ? try nextLine(into: &target) : try nextRow(into: &target)
  }

  private mutating func nextLine(into target: inout [UInt8]) throws(Failure) -> Reading {
    while true {
      var length = try window.lineFeed()
      var step = 1
      if length == nil, window.count <= InputWindow.rowBytesMax {
        guard window.count > 0 else { return .end }
        length = window.count
        step = 0
      }
      guard let length, length <= InputWindow.rowBytesMax else { return try skipLong() }
      defer {
        window.advance(length + step)
        line += 1
      }
      let start = target.count
      do throws(BadLine) {
        let time = try window.withRow(length) { row throws(BadLine) -> Instant?? in
          let text = Self.trimmed(row)
          return text.isEmpty ? nil : .some(try append(text, to: &target))
        }
        if let time { return .record(line: line, time: time) }
      } catch {
        target.removeLast(target.count - start)
        return .bad(withText(error, length))
      }
    }
  }

  private func append(_ text: UnsafeRawBufferPointer, to target: inout [UInt8]) throws(BadLine) -> Instant? {
    switch kind {
    case .events: return try EventLine(text, number: line, isTimeNeeded: isTimeNeeded, into: &target).time
    case .people:
      _ = try PersonLine(text, number: line, into: &target)
      return nil
    }
  }

  private mutating func skipLong() throws(Failure) -> Reading {
    let bad = withText(.tooLong(line: line), min(window.count, 256))
    try window.skipLine()
    line += 1
    return .bad(bad)
  }

  func withText(_ bad: BadLine, _ length: Int) -> BadLine {
    window.bytes.withUnsafeBytes {
      bad.with(text: Self.trimmed(UnsafeRawBufferPointer(rebasing: $0[window.start..<(window.start + length)])))
    }
  }

  /// Without white space around it.
  static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var range = 0..<text.count
    while let last = range.last, text[last] <= 0x20 { range.removeLast() }
    while let first = range.first, text[first] <= 0x20 { range.removeFirst() }
    return UnsafeRawBufferPointer(rebasing: text[range])
  }

  private static func skipByteOrderMark(_ window: inout InputWindow) throws(Failure) {
    while window.count < 3, try window.fill() {}
    if window.count >= 3, Array(window.bytes[window.start..<(window.start + 3)]) == [0xEF, 0xBB, 0xBF] {
      window.advance(3)
    }
  }

  private static func isCSV(_ path: String) throws(Failure) -> Bool {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".csv") { return true }
    if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") { return false }
    throw Failure(.usage, "\(path): the name must end in .ndjson, .jsonl or .csv, with .gz behind it if it is packed")
  }
}
