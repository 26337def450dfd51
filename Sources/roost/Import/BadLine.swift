import RoostCore

/// A line that could not be taken: where, why, and its text, to be mended and imported again.
struct BadLine: Error, Sendable {
  /// From 1; of a row that spans several lines the first.
  var line: Int
  /// From 1: in CSV the number of the field, else that of the byte.
  var column: Int
  /// JSON pointer into the record, where that says more.
  var pointer = ""
  /// A stable code.
  var reason: String
  /// For people.
  var detail: String
  /// At most `textBytesMax` bytes.
  var text = ""

  static let textBytesMax = 32 << 10

  /// The same with the text of the row.
  func with(text row: UnsafeRawBufferPointer) -> BadLine {
    var copy = self
    copy.text = String(decoding: row.prefix(Self.textBytesMax), as: UTF8.self)
    return copy
  }

  var json: JSONValue {
    [
      "line": .int(Int64(line)), "column": .int(Int64(column)), "pointer": .string(pointer), "reason": .string(reason),
      "detail": .string(detail), "text": .string(text),
    ]
  }

  static func tooLong(line: Int) -> BadLine {
    BadLine(
      line: line, column: 1, reason: "event_too_large",
      detail: "the line is longer than \(InputWindow.rowBytesMax >> 10) KiB; an event may have 32 KiB")
  }
}
