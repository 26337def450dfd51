import Journeys
import RoostCore

/// A journey file.
extension Schemas {
  static let journey = withDefinitions(
    Schema.object(
      [
        ("journey", Schema.key), ("name", Schema.text()), ("enter", entry),
        (
          "again",
          Schema.text("whether who was in may enter again", pattern: "^(never|always|after [0-9]{1,11}[smhdw])$")
        ),
        ("per", Schema.text("a property of the entering event: one run for each of its values")),
        ("class", Schema.text(oneOf: MessageClass.allCases.map(\.rawValue))),
        ("holdout", Schema.any(of: [share, ["const": 0]])),
        ("timezone", Schema.text("person, or a zone such as Europe/Rome")),
        ("priority", Schema.integer("0 to 100; of what is due at the same instant the highest goes first")),
        ("rate", Schema.text("messages in a time: 10/s, 600/min, 5000/h", pattern: "^[0-9]{1,7}/(s|min|h)$")),
        ("tags", Schema.list(Schema.key)), ("inside", inside),
        ("exit", Schema.list(Schema.any(of: [Schema.local("pattern"), segmentRule]))),
        (
          "goal",
          Schema.object(
            [("event", Schema.text()), ("where", Schema.local("filters")), ("within", Schema.span)],
            required: ["event"], isClosed: true)
        ), ("steps", Schema.list(Schema.local("step"), least: 1)),
      ], required: ["journey", "enter", "steps"], isClosed: true), steps: true)

  private static let share = Schema.text(
    "a percentage such as 5% or 12.5%", pattern: "^[0-9]{1,3}(\\.[0-9]{1,2})?%$")

  private static let segmentRule = Schema.object([("segment", Schema.key)], required: ["segment"], isClosed: true)

  private static let entry = Schema.any(of: [
    Schema.local("pattern"), segmentRule,
    Schema.object(
      [("schedule", Schema.text("as crontab(5): 0 10 * * MON")), ("segment", Schema.key)], required: ["schedule"],
      isClosed: true), ["const": "api"],
  ])

  private static let inside = Schema.any(
    of: [
      Schema.text(oneOf: ["pin", "exit", "migrate"]),
      Schema.object(
        [("migrate", Schema.map(Schema.text("the id of a step of this version, or exit")))], required: ["migrate"],
        isClosed: true),
    ], description: "what becomes of people inside an earlier version")

  private static let wait = Schema.any(of: [
    Schema.span, Schema.object([("until", Schema.text("10:00 or MON 10:00"))], required: ["until"], isClosed: true),
    Schema.object(
      [("until", ["const": .string(JourneyDefinition.bestHourWord)]), ("within", Schema.span)], required: ["until"],
      isClosed: true),
    Schema.object(
      [
        ("days", Schema.object([("trait", Schema.text())], required: ["trait"], isClosed: true)),
        ("at", Schema.text("a time of day", pattern: "^[0-2][0-9]:[0-5][0-9]$")),
        ("before", Schema.text("whole days", pattern: "^[0-9]{1,3}[dw]$")),
      ], required: ["days"], isClosed: true),
  ])

  private static let waitFor = Schema.object(
    [
      ("event", Schema.text()), ("where", Schema.local("filters")), ("of", Schema.text("the id of a send step")),
      (
        "match",
        Schema.map(
          Schema.any(of: [
            ["const": "same"], Schema.object([("trigger", Schema.text())], required: ["trigger"], isClosed: true),
          ]))
      ), ("within", Schema.span),
    ], required: ["event"], isClosed: true)

  private static let send = Schema.object(
    [
      ("id", Schema.key), ("channel", Schema.key),
      (
        "template",
        Schema.any(
          of: [Schema.key, Schema.map(Schema.key)],
          description: "with channel: best a template for each channel to choose from")
      ),
      ("quiet", Schema.text("in quiet hours", oneOf: ["hold", "skip"])),
      (
        "over",
        Schema.any(
          of: [
            Schema.text(oneOf: ["hold", "skip"]),
            Schema.object(
              [("channel", Schema.key), ("template", Schema.key)], required: ["channel", "template"], isClosed: true),
          ], description: "over a cap")
      ),
    ], required: ["channel", "template"], isClosed: true)

  private static let webhook = Schema.object(
    [("id", Schema.key), ("url", Schema.text("https://…")), ("template", Schema.key)], required: ["url", "template"],
    isClosed: true)

  private static let set = Schema.object(
    [("trait", Schema.text()), ("to", ["type": ["string", "number", "boolean", "null"]])], required: ["trait", "to"],
    isClosed: true)

  private static let branch = Schema.any(of: [
    Schema.object(
      [("if", Schema.local("expression")), ("steps", Schema.local("steps"))], required: ["if", "steps"], isClosed: true),
    Schema.object([("else", Schema.local("steps"))], required: ["else"], isClosed: true),
  ])

  private static let way = Schema.object(
    [("share", share), ("steps", Schema.list(Schema.local("step")))], required: ["share"], isClosed: true,
    description: "the shares of a split make 100%")

  static let step: JSONValue = {
    func form(_ name: String, _ value: JSONValue, _ others: [(String, JSONValue)] = []) -> JSONValue {
      Schema.object(
        [("id", Schema.key), ("after", Schema.list(Schema.text("the id of a step that must have come before")))]
          + [(name, value)] + others, required: [name], isClosed: true)
    }
    return Schema.any(of: [
      form("wait", wait), form("send", send), form("webhook", webhook), form("set", set),
      form("waitFor", waitFor, [("then", Schema.local("steps")), ("else", Schema.local("steps"))]),
      form("branch", Schema.list(branch, least: 1)), form("split", Schema.list(way, least: 2)),
      form("exit", ["const": true]),
    ])
  }()

  static let journeyEntry = Schema.object(
    [
      ("person", Schema.text("who enters: an id, user:42, email:ann@example.com…")),
      ("properties", ["type": "object"]), ("messageId", Schema.text("makes the call idempotent for at least 30 days")),
    ], required: ["person"], isClosed: true)

  static let journeyEntered = Schema.object(
    [
      ("person", Schema.text()), ("messageId", Schema.text()),
      ("entered", Schema.flag("whether this call began a run")),
      ("phase", Schema.text(oneOf: ["running", "finished", "exited", "held_out"])),
      ("entry", Schema.integer("how often the person has entered")),
    ], required: ["person", "messageId", "entered"])
}
