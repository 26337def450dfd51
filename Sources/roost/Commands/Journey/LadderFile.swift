import Catalog
import Ladders

/// Reads a table of offers from a CSV file.
enum LadderFile {
  static let bytesMax = 16 << 20

  /// The separator is the one of comma, semicolon and tab that the first line has most of: spreadsheets write what their
  /// language uses.
  static func read(_ path: String) throws(Failure) -> LadderTable {
    var bytes = try wholeFile(path)
    guard bytes.count <= bytesMax else {
      throw Failure(
        .foundProblem, "\(path) has more than \(bytesMax >> 20) MiB; a ladder has at most \(Ladder.rowsMax) rows")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Failure(.foundProblem, "\(path) is no UTF-8; save it as CSV UTF-8")
    }
    var row = CSVRow(separator: separator(of: bytes))
    var offset = 0
    var line = 1
    var header: [String]?
    var rows: [LadderTable.Row] = []
    while offset < bytes.count {
      let outcome = bytes.withUnsafeBytes { row.read(UnsafeRawBufferPointer(rebasing: $0[offset...]), isWhole: true) }
      switch outcome {
      case .row: break
      case .bad(let field, let reason):
        throw Failure(.foundProblem, "\(path) line \(line), field \(field): \(reason)")
      case .unfinished(let field):
        throw Failure(.foundProblem, "\(path) line \(line), field \(field ?? 1): the quote is not closed")
      }
      let isEmpty = row.fields.allSatisfy { $0.isEmpty || $0 == " " }
      if header == nil { header = row.fields } else if !isEmpty { rows.append(.init(line: line, cells: row.fields)) }
      offset += row.length
      line += row.lineFeeds + 1
    }
    guard let header, !rows.isEmpty else {
      throw Failure(.foundProblem, "\(path) has no row; the first line names the columns, each further one is an offer")
    }
    return LadderTable(header: header, rows: rows)
  }

  private static func separator(of bytes: [UInt8]) -> UInt8 {
    let first = bytes.prefix { $0 != 0x0A }
    let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
    return candidates.max { a, b in first.count { $0 == a } < first.count { $0 == b } } ?? candidates[0]
  }
}
