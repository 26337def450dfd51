import Delivery
import Engine
import RoostCore
import Runtime

extension OpenAPI {
  private static let list = workspacePath + "/broadcasts"

  static let broadcasts: [Operation] =
    [
      Operation(
        "get", list, "listBroadcasts", "All broadcasts and how each stands", answer: page(broadcast)),
      Operation(
        "get", list + "/{key}", "readBroadcast", "One broadcast: its state, counts and variants", answer: broadcast),
      Operation(
        "put", list + "/{key}", "putBroadcast",
        "Makes a new version of a draft; nothing is sent. One that was started cannot be changed: 409",
        body: Schema.ref("broadcast"), takesYAML: true, answer: broadcast),
      Operation(
        "delete", list + "/{key}", "deleteBroadcast",
        "Deletes one that is not under way; messages stay, and the same key begins anew", status: "204", answer: nil),
      Operation(
        "post", list + "/{key}/estimate", "estimateBroadcast",
        "Who would get it if everybody had their turn now, who would not, and why; nothing is sent", answer: estimate),
    ]
    + BroadcastAction.allCases.map { action in
      Operation(
        "post", list + "/{key}/\(action.rawValue)", "\(action.rawValue)Broadcast", summary(action), answer: broadcast)
    }

  private static func summary(_ action: BroadcastAction) -> String {
    switch action {
    case .start: "Starts a draft: at once, or at the time that it names"
    case .pause: "Nobody gets their turn and nothing is handed over until it is resumed"
    case .resume: "Goes on after a pause"
    case .stop: "Stops it for good: what has not gone out is suppressed as broadcast_stopped"
    }
  }

  private static let counts: JSONValue = Schema.map(Schema.integer("by status; what there is none of is absent"))

  private static let variantFigures: [(String, JSONValue)] = [
    ("sent", Schema.integer()), ("opened", Schema.integer("clicked ones are opened")), ("clicked", Schema.integer()),
  ]

  private static let decision = Schema.object(
    [
      ("winner", Schema.integer("from 1")), ("by", Schema.text(oneOf: ["opened", "clicked"])),
      ("atLeast", Schema.text("percentage points")), ("at", Schema.time),
      ("figures", Schema.list(Schema.object([("variant", Schema.integer())] + variantFigures))),
    ], required: ["winner", "by", "figures"])

  private static let proof = Schema.object(
    [
      ("audience", Schema.integer()), ("reached", Schema.integer("have their row")),
      ("merged", Schema.integer("went into somebody who has one")), ("erased", Schema.integer()),
      ("untouched", Schema.integer("never had their turn; 0 for a finished one")), ("heldOut", Schema.integer()),
      ("open", Schema.integer()), ("messages", counts),
    ], required: ["audience", "reached", "merged", "erased", "untouched", "open", "messages"])

  private static let broadcast = Schema.object(
    [
      ("key", Schema.key), ("version", Schema.integer()), ("updatedAt", Schema.time),
      ("definition", Schema.ref("broadcast")), ("name", Schema.text()),
      (
        "state",
        Schema.text(oneOf: ["draft", "scheduled", "sending", "testing", "paused", "stopped", "finished"])
      ),
      ("journey", Schema.text("what its messages name; ?journey= of the list of messages takes it")),
      ("audience", Schema.integer("who was in it when it began")),
      ("turns", Schema.integer("of these, who had their turn")), ("heldOut", Schema.integer()), ("counts", counts),
      ("erased", Schema.integer("messages of people who were erased since")),
      ("settling", Schema.flag("stopped, and some hand-offs have not ended")), ("at", Schema.time),
      ("startedAt", Schema.time), ("sampledAt", Schema.time), ("decideAt", Schema.time), ("endedAt", Schema.time),
      (
        "variants",
        Schema.list(
          Schema.object(
            [("variant", Schema.integer()), ("label", Schema.text())] + variantFigures
              + [("trial", Schema.object(variantFigures))]))
      ),
      ("decision", decision), ("proof", proof),
    ], required: ["key", "version", "updatedAt", "definition", "state", "audience", "turns", "counts"])

  private static let estimate: JSONValue = {
    let reasons = Schema.map(Schema.integer("by reason"))
    return Schema.object(
      [
        ("audience", Schema.integer()), ("reachable", Schema.integer("would get it at once")), ("held", reasons),
        ("suppressed", reasons), ("heldOut", Schema.integer()), ("sample", Schema.integer("would try the variants")),
        ("perSecond", ["type": ["number", "null"]]), ("seconds", ["type": ["integer", "null"]]),
      ], required: ["audience", "reachable", "held", "suppressed", "heldOut", "sample"])
  }()
}

extension Schemas {
  /// A broadcast's file.
  static let broadcast: JSONValue = {
    let share = Schema.text("a percentage such as 20%")
    let test = Schema.object(
      [
        ("subjects", Schema.list(Schema.text("may hold Liquid"))), ("templates", Schema.list(Schema.key)),
        ("share", share), ("decideAfter", Schema.span), ("by", Schema.text(oneOf: ["opened", "clicked"])),
        ("atLeast", Schema.text("percentage points by which the winner must beat the first, such as 1%")),
      ], isClosed: true)
    let over = Schema.any(of: [
      Schema.text(oneOf: ["hold", "skip"]),
      Schema.object(
        [("channel", Schema.key), ("template", Schema.key)], required: ["channel", "template"], isClosed: true),
    ])
    return Schema.object(
      [
        ("broadcast", Schema.key), ("name", Schema.text()),
        ("segment", Schema.text("a segment's key, or everybody")), ("exclude", Schema.key),
        ("channel", Schema.text("a channel's key, or a kind such as email")), ("template", Schema.key),
        ("class", Schema.text(oneOf: MessageClass.allCases.map(\.rawValue))),
        ("at", Schema.text("now, or an RFC 3339 time")), ("rate", Schema.text("10/s, 600/min or 5000/h")),
        ("quiet", Schema.text(oneOf: ["hold", "skip"])), ("over", over), ("tags", Schema.list(Schema.key)),
        ("holdout", share), ("test", test),
      ], required: ["segment", "channel"], isClosed: true)
  }()
}
