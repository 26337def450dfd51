import Catalog
import RoostCore

extension RecordReader {
  static func header(
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

  mutating func nextRow(into target: inout [UInt8]) throws(Failure) -> Reading {
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
