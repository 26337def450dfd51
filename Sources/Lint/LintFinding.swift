import RoostCore

/// Something that is wrong, or may surprise, in a journey; with a story that makes it happen.
public struct LintFinding: Sendable, Equatable {
  public var code: LintCode
  /// The journey's key; `nil` for a document of which no key is known.
  public var journey: String?
  /// Into the journey's document; "" is the whole of it.
  public var pointer: String
  /// What happens, why it hurts and what would mend it.
  public var message: String
  /// What to do in a sandbox, and what one sees then; empty where nothing happens at all.
  public var story: Story?

  public init(code: LintCode, journey: String?, pointer: String, message: String, story: Story? = nil) {
    self.code = code
    self.journey = journey
    self.pointer = pointer
    self.message = message
    self.story = story
  }

  public var severity: LintCode.Severity { code.severity }

  /// As `POST …/journeys/lint` answers it.
  ///
  /// - Parameter line: where the pointer stands in the text, from 1; `nil` if there is no text.
  public func json(line: Int?) -> JSONValue {
    [
      "code": .string(code.rawValue), "severity": .string(severity.rawValue),
      "journey": journey.map { .string($0) } ?? .null, "pointer": .string(pointer),
      "line": line.map { .int(Int64($0)) } ?? .null, "message": .string(message),
      "story": .array(story?.json ?? []),
    ]
  }
}
