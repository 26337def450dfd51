/// What is wrong with a template, and where.
public struct TemplateError: Error, Hashable, Sendable {
  /// The snippet or layout in which it is; "" for the template itself.
  public var source: String
  /// From 1.
  public var line: Int
  /// From 1, in characters as a reader counts them.
  public var column: Int
  /// Names what was found and what would be right.
  public var message: String

  public init(source: String = "", line: Int, column: Int, message: String) {
    self.source = source
    self.line = line
    self.column = column
    self.message = message
  }

  /// "line 3, column 7: …", with the snippet's name before it.
  public var text: String {
    "\(source.isEmpty ? "" : "in \(source), ")line \(line), column \(column): \(message)"
  }
}

extension TemplateError {
  /// An error at a byte of a source.
  init(_ message: String, at offset: Int, of source: [UInt8], named name: String = "") {
    let (line, column) = Self.place(offset, source)
    self.init(source: name, line: line, column: column, message: message)
  }

  static func place(_ offset: Int, _ source: [UInt8]) -> (line: Int, column: Int) {
    let before = source[..<min(offset, source.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (
      1 + before.count { $0 == UInt8(ascii: "\n") }, 1 + String(decoding: before[lineStart...], as: UTF8.self).count
    )
  }
}

/// What a filter or tag could not do, before anybody knows where it stands.
struct Fault: Error {
  var message: String
  init(_ message: String) { self.message = message }
}
