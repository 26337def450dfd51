/// Why a message cannot be written as e-mail. Names the field; never repeats its content, which is personal data.
public struct EmailMessageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of mistakes.
  public enum Code: Sendable, Equatable {
    /// CR, LF or NUL in a header field, or NUL in a body: a header injection or damaged text.
    case forbiddenCharacter
    /// An address that RFC 5321 and RFC 5322 do not allow.
    case invalidAddress
    /// A field without the content it must have.
    case missing
    /// A header name that is no token, or one that the message writes itself.
    case invalidName
    /// Content longer than a line or a protocol field may be.
    case tooLong
    /// A date before 1900 or after 9999.
    case outOfRange
  }

  public var code: Code
  /// The field at fault: `subject`, `to/0`, `headers/List-Unsubscribe`.
  public var field: String
  /// What was wrong and what would be right; safe to show to anyone.
  public var detail: String

  public init(_ code: Code, field: String, detail: String) {
    self.code = code
    self.field = field
    self.detail = detail
  }

  public var description: String { "\(field): \(detail)" }
}

extension EmailMessageError {
  /// Refuses CR, LF and NUL: with them a field could end its header and begin another.
  static func refuseLineBreaks(in value: String, field: String) throws(EmailMessageError) {
    for byte in value.utf8 where byte == 0 || byte == 0x0A || byte == 0x0D {
      let name = byte == 0 ? "NUL" : byte == 0x0A ? "a line feed" : "a carriage return"
      throw EmailMessageError(
        .forbiddenCharacter, field: field, detail: "contains \(name); a header field is a single line")
    }
  }
}
