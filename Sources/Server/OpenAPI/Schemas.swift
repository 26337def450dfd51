import Engine
import RoostCore

/// The JSON Schemas (draft 2020-12) served under `/schemas/NAME.json`.
enum Schemas {
  /// - Parameter file: `track.json`.
  static func named(_ file: String) -> JSONValue? {
    guard file.hasSuffix(".json") else { return nil }
    let name = String(file.dropLast(5))
    return all.first { $0.name == name }.map { name, title, schema in
      let head: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string("/schemas/\(name).json"),
        "title": .string(title),
      ]
      return .object((head.members ?? []) + (schema.members ?? []))
    }
  }

  static let all: [(name: String, title: String, schema: JSONValue)] = [
    ("identify", "Who somebody is", call("identify")), ("track", "What somebody did", call("track")),
    ("page", "A page that somebody opened", call("page")), ("screen", "A screen that somebody opened", call("screen")),
    ("group", "A company or group that somebody belongs to", call("group")),
    ("alias", "Another name of somebody", call("alias")), ("batch", "Several calls", batch),
    ("segment", "Who is meant", segment), ("journey", "A way through waits and messages", journey),
    ("template", "What a message says", template), ("channel", "By what way messages go out", channel),
    ("message", "A message and what became of it", message), ("rehearsal", "What to rehearse", rehearsal),
    ("broadcast", "One message to many people at once", broadcast),
    ("finding", "What the lint found", finding),
    ("problem", "Problem details (RFC 9457)", problem),
    ("policies", "Rules for all marketing messages of a workspace", policies),
  ]
}

extension Schemas {
  static let template = Schema.any(of: [letterOrOther, snippet], description: "docs/templates.md")

  /// A template for a channel: which parts belong to which is said by `TemplateChannel`.
  private static var letterOrOther: JSONValue {
    var names: [String] = []
    var members: [(String, JSONValue)] = [
      ("kind", Schema.text(oneOf: ["message"])),
      ("channel", Schema.text(oneOf: TemplateChannel.allCases.map(\.rawValue))),
      ("name", Schema.text()), ("description", Schema.text()),
      ("strict", ["type": "boolean", "description": "a message for which a value is missing is not sent"]),
      ("language", Schema.text("the language of the parts here: a tag such as en or pt-BR")),
      ("languages", Schema.map(anyObject("the parts that a language says otherwise, by its tag"))),
      ("layout", Schema.text("the key of a template of kind layout")),
      ("sample", anyObject("values for previews: person, event …")), ("blocks", Schema.list(block)),
    ]
    for channel in TemplateChannel.allCases {
      for part in channel.parts where !names.contains(part.name) {
        names.append(part.name)
        members.append((part.name, Schema.text("Liquid: \(part.purpose)")))
      }
    }
    return Schema.object(members, required: ["channel"])
  }

  private static let snippet = Schema.object(
    [
      ("kind", Schema.text(oneOf: ["snippet", "layout"])),
      ("source", Schema.text("Liquid; a layout shows {{ content }}")),
      ("text", Schema.text("a layout's frame for plain text")), ("name", Schema.text()), ("description", Schema.text()),
    ], required: ["kind", "source"])

  private static let block = Schema.object(
    [
      (
        "type",
        Schema.text(oneOf: ["heading", "text", "html", "image", "button", "products", "coupon", "divider", "footer"])
      )
    ], required: ["type"])

  private static func anyObject(_ description: String) -> JSONValue {
    ["type": "object", "description": .string(description)]
  }

  static let problem = Schema.object(
    [
      ("type", Schema.text()), ("title", Schema.text()), ("status", Schema.integer("the HTTP status")),
      ("detail", Schema.text("what went wrong, for people")),
      ("code", Schema.text("the kind of problem, for programs", oneOf: Problem.Code.allCases.map(\.rawValue))),
      ("message", Schema.text("the same as detail, for clients of Segment")),
      (
        "errors",
        Schema.list(
          Schema.object(
            [("pointer", Schema.text("JSON pointer into the input")), ("detail", Schema.text())],
            required: ["pointer", "detail"]))
      ),
    ], required: ["type", "title", "status", "detail", "code", "message", "errors"])
}
