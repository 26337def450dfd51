/// Bytes that are no JSON text by RFC 8259: where, and why.
@frozen
public struct JSONError: Error, Hashable, Sendable {
  public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    case unexpectedEnd, unexpectedByte, byteOrderMark, trailingBytes
    case badLiteral, badNumber, numberOutOfRange
    case badUTF8, controlCharacter, badEscape, loneSurrogate
    case tooDeep

    /// What is wrong, as the middle of a sentence.
    public var text: String {
      switch self {
      case .unexpectedEnd: "the text ends too early"
      case .unexpectedByte: "an unexpected character"
      case .byteOrderMark: "a byte order mark, which JSON forbids"
      case .trailingBytes: "something follows the value"
      case .badLiteral: "a word other than true, false and null"
      case .badNumber: "a malformed number"
      case .numberOutOfRange: "a number beyond ±1.8e308"
      case .badUTF8: "bytes that are not UTF-8"
      case .controlCharacter: "an unescaped control character in a string"
      case .badEscape: "an unknown escape in a string"
      case .loneSurrogate: "half of a surrogate pair in a string"
      case .tooDeep: "lists and objects nested deeper than \(JSONScanner.depthMax)"
      }
    }
  }

  /// From 0, in bytes.
  public var offset: Int
  public var reason: Reason

  @inlinable
  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  /// The error for people: what and where.
  public var message: String { "The body is not valid JSON: \(reason.text), at byte \(offset)." }
}
