import Delivery
import Rehearsal
import RoostCore

extension OpenAPI {
  private static let list = workspacePath + "/rehearsals"

  static let rehearsals: [Operation] = [
    Operation(
      "post", workspacePath + "/journeys/rehearse", "beginRehearsal",
      "Runs journeys over a period of the recorded history by the production engine; nothing is sent",
      body: Schema.ref("rehearsal"), takesYAML: true, status: "202",
      answer: Schema.object([("id", Schema.text()), ("state", Schema.text())], required: ["id", "state"])),
    Operation("get", list, "listRehearsals", "Rehearsals of the last 30 days, newest first", answer: page(rehearsal)),
    Operation(
      "get", list + "/{rehearsal}", "readRehearsal", "How far a rehearsal is; its summary once it is done",
      answer: rehearsal),
    Operation(
      "get", list + "/{rehearsal}/messages", "listRehearsedMessages", "What would have been sent or not, oldest first",
      query: [
        (name: "journey", description: "a journey's key"), (name: "person", description: "as {ref}"),
        (name: "status", description: "sent, suppressed or held"),
      ] + paging, answer: page(Schema.ref("message"))),
    Operation(
      "get", list + "/{rehearsal}/people/{ref}", "readRehearsedPerson",
      "One person's way through the period, with what caused each decision"),
    Operation(
      "get", list + "/{rehearsal}/difference/{other}", "compareRehearsals",
      "What changes for people from one rehearsal to another"),
    Operation(
      "post", list + "/{rehearsal}/cancel", "cancelRehearsal", "Stops a rehearsal that runs", answer: rehearsal),
    Operation(
      "delete", list + "/{rehearsal}", "deleteRehearsal", "Forgets a rehearsal that has ended", status: "204",
      answer: nil),
  ]

  private static let rehearsal = Schema.object(
    [
      ("id", Schema.text()), ("state", Schema.text(oneOf: ["running", "done", "failed", "cancelled"])),
      ("progress", Schema.number("0 to 1")), ("createdAt", Schema.time), ("request", anything),
      ("summary", anything), ("error", Schema.text("why it failed")),
    ], required: ["id", "state", "progress", "createdAt"])
}

extension Schemas {
  private static let rate = Schema.object(
    [
      ("opened", Schema.number("of all messages, 0 to 1")), ("clicked", Schema.number("of all messages, 0 to 1")),
      ("after", Schema.span),
    ], isClosed: true)

  static let rehearsal = Schema.object(
    [
      ("journeys", Schema.list(Schema.key)),
      (
        "drafts",
        Schema.list(
          Schema.any(of: [Schema.text("YAML, of one document or several"), ["type": "object"]]))
      ),
      ("from", Schema.time), ("to", Schema.time), ("people", Schema.key),
      ("withLive", Schema.flag("whether the published journeys compete")), ("seed", Schema.integer()),
      (
        "imports",
        Schema.text(
          "what imported history does: act as if it had come at its own time, or nothing, as it was",
          oneOf: RehearsalRequest.Imports.allCases.map(\.rawValue))
      ),
      (
        "assume",
        Schema.any(
          of: [
            Schema.text(oneOf: ["never", "recorded"]),
            Schema.object(ChannelKind.allCases.map { ($0.rawValue, rate) }, isClosed: true),
          ], description: "what people do with messages that were never sent")
      ),
    ], required: ["from", "to"], isClosed: true)
}
