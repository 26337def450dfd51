/// What is wrong with a template, and where.
public struct TemplateError: Error, Hashable, Sendable {
  /// From 1.
  public var line: Int
  /// From 1, in characters as a reader counts them.
  public var column: Int
  /// Names what was found and what would be right.
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

extension TemplateError {
  /// An error at a byte of the source.
  init(_ message: String, at offset: Int, of source: [UInt8]) {
    let before = source[..<min(offset, source.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    self.init(
      line: 1 + before.count { $0 == UInt8(ascii: "\n") },
      column: 1 + String(decoding: before[lineStart...], as: UTF8.self).count, message: message)
  }
}
