/// What went wrong, in words that outsiders may read: each finding names the field and says what would be right.
public struct Problem: Error, Hashable, Sendable {
  /// The kind of problem; stable, part of the interface, sent as `code`.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case invalid = "invalid_request"
    case unauthorized
    case forbidden
    case notFound = "not_found"
    case conflict
    case tooLarge = "too_large"
    case overloaded
    case unavailable
    case internalFault = "internal_error"
  }

  /// One thing to mend, by JSON pointer (RFC 6901) into the input; "" is the whole of it.
  public struct Finding: Hashable, Sendable {
    public var pointer: String
    public var detail: String
    public init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  public var code: Code
  public var message: String
  public var findings: [Finding]

  public init(_ code: Code, _ message: String, findings: [Finding] = []) {
    self.code = code
    self.message = message
    self.findings = findings
  }

  /// An invalid field.
  public static func invalid(_ pointer: String, _ detail: String) -> Problem {
    Problem(.invalid, detail, findings: [Finding(pointer: pointer, detail: detail)])
  }
}

/// Escapes one reference token of a JSON pointer (RFC 6901: `~` → `~0`, `/` → `~1`).
public func pointerToken(_ token: String) -> String {
  var escaped = ""
  for character in token.unicodeScalars {
    switch character {
    case "~": escaped += "~0"
    case "/": escaped += "~1"
    default: escaped.unicodeScalars.append(character)
    }
  }
  return escaped
}
