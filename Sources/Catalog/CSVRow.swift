/// Splits one row of CSV by RFC 4180: fields in quotes may hold separators, quotes (doubled) and line ends. A byte order mark
/// is the caller's affair.
public struct CSVRow: Sendable {
  /// What stands between fields; RFC 4180 has a comma.
  public let separator: UInt8
  /// The fields' texts.
  public private(set) var fields: [String] = []
  /// Bytes of the row with its line end.
  public private(set) var length = 0
  /// Line ends inside quotes.
  public private(set) var lineFeeds = 0

  public init(separator: UInt8 = UInt8(ascii: ",")) { self.separator = separator }

  public enum Outcome {
    case row
    /// The bytes end before the row does: within quotes that the field with this number opened, or plainly.
    case unfinished(openField: Int?)
    case bad(field: Int, reason: String)
  }

  /// Reads a row from the start of `bytes`. `isWhole`: the end of the bytes ends the row too.
  public mutating func read(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Outcome {
    fields.removeAll(keepingCapacity: true)
    lineFeeds = 0
    var offset = 0
    while true {
      let end: Int
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
        guard let close = readQuoted(bytes, from: offset + 1, isWhole: isWhole) else {
          return .unfinished(openField: fields.count + 1)
        }
        end = close
        if end < bytes.count, bytes[end] != separator, bytes[end] != 0x0A, bytes[end] != 0x0D {
          return .bad(field: fields.count, reason: "something follows the closing quote")
        }
      } else {
        end = plainEnd(bytes, from: offset)
        if end == bytes.count, !isWhole { return .unfinished(openField: nil) }
        let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
        guard !text.contains(UInt8(ascii: "\"")) else {
          return .bad(field: fields.count + 1, reason: "a quote inside a field without quotes; write \"a \"\"b\"\" c\"")
        }
        fields.append(String(decoding: text, as: UTF8.self))
      }
      guard end < bytes.count else {
        length = end
        return isWhole ? .row : .unfinished(openField: nil)
      }
      offset = end + 1
      if bytes[end] == separator { continue }
      if bytes[end] == 0x0D {
        if offset == bytes.count, !isWhole { return .unfinished(openField: nil) }
        if offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
      }
      length = offset
      return .row
    }
  }

  private func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != separator, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    return end
  }

  /// Appends a quoted field; where it ends behind its closing quote, `nil` if that is not there.
  private mutating func readQuoted(_ bytes: UnsafeRawBufferPointer, from start: Int, isWhole: Bool) -> Int? {
    var text: [UInt8] = []
    var offset = start
    var feeds = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == UInt8(ascii: "\"") else {
        if byte == 0x0A { feeds += 1 }
        text.append(byte)
        continue
      }
      // A quote at the end of what is there may be the first of two.
      if offset == bytes.count, !isWhole { return nil }
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
        text.append(byte)
        offset += 1
        continue
      }
      fields.append(String(decoding: text, as: UTF8.self))
      lineFeeds += feeds
      return offset
    }
    return nil
  }
}
