import Lint
import RoostCore

/// What the lint finds.
extension Schemas {
  static let finding = Schema.object(
    [
      ("code", Schema.text("docs/lint.md explains each", oneOf: LintCode.allCases.map(\.rawValue))),
      (
        "severity",
        Schema.text(
          "an error stands in the way of publication", oneOf: LintCode.Severity.allCases.map(\.rawValue))
      ),
      ("journey", ["type": ["string", "null"]]),
      ("pointer", Schema.text("JSON pointer into the journey's document")),
      ("line", ["type": ["integer", "null"]]), ("message", Schema.text("what happens, and what would mend it")),
      ("story", Schema.list(storyItem)),
    ], required: ["code", "severity", "journey", "pointer", "line", "message", "story"])

  /// One of `identify`, `event` (done by the person), `enters`, `reaches`, `leaves`, `message` (seen then).
  private static let storyItem = Schema.object(
    [
      ("at", Schema.time), ("identify", Schema.text("the user id of a call to identify")),
      ("traits", ["type": "object"]), ("consents", Schema.map(Schema.flag())),
      ("event", Schema.text("the name of a call to track")), ("user", Schema.text("by whom")),
      ("properties", ["type": "object"]), ("enters", Schema.text("a journey")),
      ("reaches", Schema.text("a step, as JOURNEY/STEP")), ("leaves", Schema.text("a journey")),
      ("why", Schema.text()), ("message", Schema.text("the step that decided it, as JOURNEY/STEP")),
      ("template", Schema.text()), ("status", Schema.text()), ("reason", Schema.text()),
    ], required: ["at"])
}
