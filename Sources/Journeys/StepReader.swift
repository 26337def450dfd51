import RoostCore
import Segments

/// Reads a journey's steps, and knows the ids given so far and how many steps there are.
package struct StepReader {
  /// Whether an event starts the journey, so that steps may ask for its properties.
  let hasTrigger: Bool
  private var places: [String: Place] = [:]
  private var count = 0
  /// Ids that steps refer to; the step may stand further down.
  private var references: [Reference] = []

  private struct Place {
    var pointer: String
    var kind: String
  }

  private struct Reference {
    var id: String
    var pointer: String
    /// What the step must be; `nil`: any.
    var kind: String?
  }

  static let actions = ["wait", "waitFor", "send", "webhook", "branch", "split", "set", "exit"]
  /// What may stand beside an action.
  private static let companions = ["id", "after"]

  init(hasTrigger: Bool) { self.hasTrigger = hasTrigger }

  func knows(_ id: String) -> Bool { places[id] != nil }

  mutating func refer(to id: String, at pointer: String, kind: String? = nil) {
    references.append(Reference(id: id, pointer: pointer, kind: kind))
  }

  /// Reports ids of steps that there are not; asked when all steps are read.
  func checkReferences(with reader: inout DefinitionReader) {
    for reference in references {
      guard let place = places[reference.id] else {
        reader.report(reference.pointer, "there is no step with the id \"\(reference.id)\"")
        continue
      }
      if let kind = reference.kind, place.kind != kind {
        reader.report(reference.pointer, "the step \"\(reference.id)\" is a \(place.kind); name a \(kind)")
      }
    }
  }

  /// - Parameter path: the numbers of the steps and cases above, counted from 1.
  mutating func read(
    _ json: JSONValue?, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Step] {
    guard let items = json?.array, !items.isEmpty else {
      reader.report(pointer, json == nil ? "missing: a list of steps" : "expected a list with at least one step")
      return []
    }
    guard depth <= JourneyDefinition.depthMax else {
      reader.report(pointer, "steps are nested deeper than \(JourneyDefinition.depthMax)")
      return []
    }
    var steps: [JourneyDefinition.Step] = []
    for (index, item) in items.enumerated() {
      count += 1
      if count == JourneyDefinition.stepsMax + 1 {
        reader.report("\(pointer)/\(index)", "a journey has at most \(JourneyDefinition.stepsMax) steps")
      }
      guard count <= JourneyDefinition.stepsMax else { break }
      let step = readStep(item, at: "\(pointer)/\(index)", path: path + [index + 1], depth: depth, with: &reader)
      if let step { steps.append(step) }
    }
    return steps
  }

  private mutating func readStep(
    _ json: JSONValue, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Step? {
    guard let members = json.members else {
      reader.report(pointer, "expected a step (\(DefinitionReader.list(Self.actions))), not \(json.kind)")
      return nil
    }
    let found = members.filter { Self.actions.contains($0.key) }
    let companions = Self.companions + (found.contains { $0.key == "waitFor" } ? ["then", "else"] : [])
    let others = members.filter { !Self.actions.contains($0.key) && !companions.contains($0.key) }
    for member in others {
      let place = "\(pointer)/\(pointerToken(member.key))"
      if member.key == "then" || member.key == "else" {
        reader.report(place, "\"\(member.key)\" goes with waitFor; a branch writes {if: …, steps: […]} and {else: […]}")
      } else {
        reader.report(place, "unknown step; known: \(DefinitionReader.list(Self.actions))")
      }
    }
    guard found.count == 1 else {
      if found.count > 1 || others.isEmpty {
        reader.report(pointer, "a step does exactly one thing: \(DefinitionReader.list(Self.actions))")
      }
      return nil
    }
    let id = readID(json, found[0], at: pointer, path: path, with: &reader)
    let after = readAfter(json, id, at: pointer, with: &reader)
    let action = readAction(found[0], of: json, at: pointer, path: path, depth: depth, with: &reader)
    guard let id, let action else { return nil }
    return JourneyDefinition.Step(id: id, pointer: pointer, after: after, action: action)
  }

  /// The id beside the action, or in a `send` or `webhook`; made from the position if there is none.
  private mutating func readID(
    _ json: JSONValue, _ action: JSONValue.Member, at pointer: String, path: [Int],
    with reader: inout DefinitionReader
  ) -> String? {
    let inner = action.key == "send" || action.key == "webhook" ? action.value["id"] : nil
    let place = inner == nil ? pointer + "/id" : "\(pointer)/\(action.key)/id"
    let given = inner ?? json["id"]
    if inner != nil, json["id"] != nil {
      reader.report(pointer + "/id", "the step's id is in its \(action.key) already")
    }
    let made = "step-" + path.map(String.init).joined(separator: ".")
    guard let id = given == nil ? made : reader.key(given, at: place, "the step's id") else { return nil }
    if let other = places[id]?.pointer {
      reader.report(given == nil ? pointer : place, "the id \"\(id)\" is that of \(other) already")
    }
    places[id] = Place(pointer: pointer, kind: action.key)
    return id
  }

  private mutating func readAfter(
    _ json: JSONValue, _ id: String?, at pointer: String, with reader: inout DefinitionReader
  ) -> [String] {
    guard let list = json["after"] else { return [] }
    guard let items = list.array else {
      reader.report(pointer + "/after", "expected a list of ids of steps that must have come before")
      return []
    }
    var ids: [String] = []
    for (index, item) in items.enumerated() {
      let place = "\(pointer)/after/\(index)"
      guard let other = reader.text(item, at: place, "a step's id") else { continue }
      if other == id { reader.report(place, "a step cannot come after itself") }
      if other.contains("/") {
        // A step of another journey, which need not be there yet.
        let parts = other.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count != 2 || !parts.allSatisfy({ DefinitionReader.isKey(String($0)) }) {
          reader.report(place, "expected a step's id, or JOURNEY/STEP for a step of another journey")
        }
      } else {
        refer(to: other, at: place)
      }
      ids.append(other)
    }
    return ids
  }

  private mutating func readAction(
    _ action: JSONValue.Member, of step: JSONValue, at pointer: String, path: [Int], depth: Int,
    with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    let place = "\(pointer)/\(action.key)"
    switch action.key {
    case "wait": return Self.readWait(action.value, at: place, with: &reader)
    case "waitFor": return readWaitFor(action.value, of: step, at: pointer, path: path, depth: depth, with: &reader)
    case "send": return Self.readSend(action.value, at: place, with: &reader)
    case "webhook": return Self.readWebhook(action.value, at: place, with: &reader)
    case "set": return Self.readSet(action.value, at: place, with: &reader)
    case "branch":
      return readBranch(action.value, at: place, path: path, depth: depth, with: &reader).map { .branch($0) }
    case "split":
      return readSplit(action.value, at: place, path: path, depth: depth, with: &reader).map { .split($0) }
    default:
      if action.value.bool == true { return .exit }
      reader.report(place, "expected true")
      return nil
    }
  }
}
