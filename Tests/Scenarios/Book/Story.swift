import Engine
import RoostCore
import Server
import Testing

/// A story of the scenario book: definitions, what happened when, and what people must have got by then.
///
/// The form is described in `stories/README.md`.
struct Story: Sendable, CustomTestStringConvertible {
  var file: String
  var title: String
  var workspace: JSONValue
  var start: String
  var people: [String]
  var definitions: [JSONValue]
  var happenings: [JSONValue]
  /// `TIME person journey/step status [reason]`, oldest first.
  var messages: [String]
  /// What else must be true at the end; `null` if nothing.
  var expectations: JSONValue

  var testDescription: String { file }

  private static let fields = [
    "story", "source", "about", "workspace", "start", "people", "definitions", "happens", "messages", "expect",
  ]

  init(file: String, yaml: String) throws {
    let json = try JSONValue(yaml: yaml)
    for member in json.members ?? [] where !Self.fields.contains(member.key) {
      throw Problem(.invalid, "\(file): a story has no \(member.key)")
    }
    self.file = file
    title = json["story"]?.string ?? ""
    workspace = json["workspace"] ?? [:]
    start = json["start"]?.string ?? ""
    people = json["people"]?.array?.compactMap(\.string) ?? []
    definitions = json["definitions"]?.array ?? []
    happenings = json["happens"]?.array ?? []
    messages = json["messages"]?.array?.compactMap(\.string) ?? []
    expectations = json["expect"] ?? .null
    guard !title.isEmpty, Instant(iso8601: start) != nil, json["messages"]?.array != nil, !happenings.isEmpty else {
      throw Problem(.invalid, "\(file): a story has a title, a start, happenings and messages (maybe none)")
    }
  }
}
