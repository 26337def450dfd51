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
  private let isTimeNeeded: Bool
  private var window: InputWindow
  /// The number of the next line.
  private var line = 1
  private let columns: CSVColumns?
  private var row = CSVRow()

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

  private func withText(_ bad: BadLine, _ length: Int) -> BadLine {
    window.bytes.withUnsafeBytes {
      bad.with(text: Self.trimmed(UnsafeRawBufferPointer(rebasing: $0[window.start..<(window.start + length)])))
    }
  }

  /// Without white space around it.
  private static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
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

// MARK: CSV

extension RecordReader {
  private static func header(
    _ window: inout InputWindow, _ row: inout CSVRow, _ path: String
  ) throws(Failure) -> (names: [String], length: Int) {
    guard try readRow(&window, &row) else {
      throw Failure(.foundProblem, "\(path): the first row, which must name the columns, is empty or damaged")
    }
    return (row.fields, row.length)
  }

  /// Reads a whole row; `false` if what is there is none.
  private static func readRow(_ window: inout InputWindow, _ row: inout CSVRow) throws(Failure) -> Bool {
    if case .row? = try readRow(&window, &row) as CSVRow.Outcome? { return true }
    return false
  }

  /// What stands at the window's start; `nil` at the end of the file.
  private static func readRow(_ window: inout InputWindow, _ row: inout CSVRow) throws(Failure) -> CSVRow.Outcome? {
    var isWhole = false
    while true {
      let range = window.start..<(window.start + window.count)
      let outcome = window.bytes.withUnsafeBytes {
        row.read(UnsafeRawBufferPointer(rebasing: $0[range]), isWhole: isWhole)
      }
      guard case .unfinished(let openField) = outcome else { return outcome }
      if window.count == 0, isWhole { return nil }
      if openField != nil, isWhole || window.count > InputWindow.rowBytesMax { return outcome }
      if openField == nil, window.count > InputWindow.rowBytesMax { return outcome }
      if try !window.fill() {
        if isWhole { return outcome }
        if window.count == 0 { return nil }
        isWhole = true
      }
    }
  }

  private mutating func nextRow(into target: inout [UInt8]) throws(Failure) -> Reading {
    while true {
      guard let outcome: CSVRow.Outcome = try Self.readRow(&window, &row) else { return .end }
      switch outcome {
      case .bad(let field, let reason):
        return try skip(BadLine(line: line, column: field, reason: "invalid_csv", detail: reason))
      case .unfinished(let field?):
        return try skip(
          BadLine(
            line: line, column: field, reason: "invalid_csv",
            detail: "the quote that opens this field is not closed within \(InputWindow.rowBytesMax >> 10) KiB"))
      case .unfinished: return try skip(.tooLong(line: line))
      case .row:
        let length = row.length
        let number = line
        defer {
          window.advance(length)
          line += 1 + row.lineFeeds
        }
        if row.fields.count == 1, row.fields[0].isEmpty { continue }
        let start = target.count
        do throws(BadLine) {
          return .record(line: number, time: try append(row: length, to: &target))
        } catch {
          target.removeLast(target.count - start)
          return .bad(withText(error, length))
        }
      }
    }
  }

  /// Names the first line of a row that cannot be read and goes on with the next line.
  private mutating func skip(_ bad: BadLine) throws(Failure) -> Reading {
    let length = try window.lineFeed() ?? min(window.count, 256)
    let named = withText(bad, length)
    try window.skipLine()
    line += 1
    return .bad(named)
  }

  private func append(row length: Int, to target: inout [UInt8]) throws(BadLine) -> Instant? {
    guard let columns else { return nil }
    return try window.withRow(length) { bytes throws(BadLine) in
      try columns.append(row.fields, line: line, bytes: Self.trimmed(bytes), isTimeNeeded: isTimeNeeded, to: &target)
    }
  }
}
