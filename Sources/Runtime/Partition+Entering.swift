import Engine
import Events
import Journeys
import Profiles
import RoostCore

/// A call for a journey with `enter: api` to take a person in.
package struct JourneyEntryRequest: Sendable {
  package var person: PersonReference
  package var properties: [JSONValue.Member]
  /// Makes the call idempotent, as an event's `messageId` does; `nil`: each call is another one.
  package var messageID: String?

  /// Reads `{"person", "properties"?, "messageId"?}`.
  package init(json: JSONValue) throws(Problem) {
    guard let members = json.members else {
      throw .invalid("", "send an object such as {\"person\": \"user:42\", \"properties\": {}}, not \(json.kind)")
    }
    for member in members where !["person", "properties", "messageId"].contains(member.key) {
      throw .invalid("/" + pointerToken(member.key), "unknown field; known here: person, properties, messageId")
    }
    guard let reference = json["person"]?.string else {
      throw .invalid("/person", "missing: who enters, such as user:42 or email:ann@example.com")
    }
    do throws(Problem) { person = try PersonReference(reference) } catch { throw .invalid("/person", error.message) }
    guard json["properties"] == nil || json["properties"]?.members != nil else {
      throw .invalid("/properties", "expected an object, not \(json["properties"]?.kind ?? "nothing")")
    }
    properties = json["properties"]?.members ?? []
    guard properties.count < EventLimits.fieldsMax else {
      throw .invalid("/properties", "an event has at most \(EventLimits.fieldsMax) properties")
    }
    if properties.contains(where: { $0.key == JourneyRequest.journeyProperty }) {
      throw .invalid("/properties/journey", "this one holds the journey's key; give yours another name")
    }
    messageID = json["messageId"]?.string
    guard
      json["messageId"] == nil
        || messageID.map({ (1...EventLimits.identifierBytesMax).contains($0.utf8.count) }) == true
    else { throw .invalid("/messageId", "expected a text of 1 to \(EventLimits.identifierBytesMax) bytes") }
  }
}

extension Partition {
  /// Asks a journey with `enter: api` to take a person in. The request is an ordinary event, `Journey Requested`: it is in
  /// the log, in the person's timeline and in what is rehearsed.
  ///
  /// - Returns: `{"person", "messageId", "entered", "phase", "entry"}`: whether this call began a run, and how the run
  ///   stands, if there is one.
  package func enter(
    _ workspace: WorkspaceID, journey key: String, _ request: JourneyEntryRequest
  ) throws(Problem) -> JSONValue {
    try checkEntry(workspace, key)
    let slot: Int
    do throws(Problem) { slot = try self.slot(workspace, request.person) } catch {
      throw Problem(
        error.code, error.message,
        findings: [.init(pointer: "/person", detail: "nobody is known so; send an identify call first")])
    }
    let person = table.slots[slot].person
    let messageID = request.messageID ?? "enter-\(commit + 1)-\(person.text)"
    let before = lastRun(slot, key)?.entries ?? 0
    try commitInput(try record(of: request, key, messageID, workspace), of: slot, in: workspace)
    let run = lastRun(slot, key)
    var members: [JSONValue.Member] = [
      .init("person", .string(person.text)), .init("messageId", .string(messageID)),
      .init("entered", .bool((run?.entries ?? 0) > before)),
    ]
    if let run {
      members.append(.init("phase", .string(run.phase.word)))
      members.append(.init("entry", .int(Int64(run.entries))))
    }
    return .object(members)
  }

  private func checkEntry(_ workspace: WorkspaceID, _ key: String) throws(Problem) {
    guard let sources = definitions[workspace], let state = sources.journeys[key] else {
      throw Problem(.notFound, "there is no journey \"\(key)\"")
    }
    guard state.published > 0, state.status == .published || state.status == .paused,
      let document = sources.document(.journey, key, version: state.published)
    else { throw Problem(.conflict, "the journey \"\(key)\" is \(state.status.rawValue); publish it first") }
    guard document.body["enter"]?.string == "api" else {
      throw Problem(.conflict, "the journey \"\(key)\" is not entered by calls; its file would say enter: api")
    }
  }

  private func lastRun(_ slot: Int, _ key: String) -> JourneyRun? {
    guard let journey = symbols[table.slots[slot].workspace]?.find(key) else { return nil }
    return loadState(slot)?.runs.filter { $0.journey == journey }.max { $0.entries < $1.entries }
  }

  private func record(
    of request: JourneyEntryRequest, _ key: String, _ messageID: String, _ workspace: WorkspaceID
  ) throws(Problem) -> [UInt8] {
    guard let names = symbols[workspace], let event = names.intern(JourneyRequest.event),
      let journey = names.intern(JourneyRequest.journeyProperty)
    else { throw Problem(.tooLarge, "the workspace has too many names of events and properties") }
    var writer = EventWriter()
    let moment = now()
    Array(messageID.utf8).withUnsafeBytes {
      writer.begin(.track, name: event, timestamp: moment, receivedAt: moment, isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    writer.value(.property, journey, .string(key))
    for property in request.properties {
      let pointer = "/properties/" + pointerToken(property.key)
      guard let symbol = names.intern(property.key) else {
        throw .invalid(pointer, "a property's name has 1 to \(SymbolTable.nameBytesMax) bytes")
      }
      writer.value(.property, symbol, Value(json: property.value))
    }
    writer.end()
    guard writer.bytes.count <= EventLimits.eventBytesMax else {
      throw Problem(.tooLarge, "an event has at most \(EventLimits.eventBytesMax) bytes")
    }
    return writer.bytes
  }
}

extension JourneyRun.Phase {
  /// As the interface says it.
  var word: String {
    switch self {
    case .running: "running"
    case .finished: "finished"
    case .exited: "exited"
    case .heldOut: "held_out"
    }
  }
}

extension Value {
  /// A JSON value as events keep it: lists and objects as text.
  fileprivate init(json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = Double(exactly: number).map { .number($0) } ?? .json(json.text)
    case .double(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .array, .object: self = .json(json.text)
    }
  }
}
