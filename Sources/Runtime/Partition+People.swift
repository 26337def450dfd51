import Delivery
import Engine
import Events
import History
import Profiles
import RoostCore
import Segments

/// A page of a list, with where the next one begins.
public struct ListPage: Sendable {
  public var items: [JSONValue]
  public var next: String?
  public init(items: [JSONValue], next: String?) {
    self.items = items
    self.next = next
  }
}

extension Partition {
  package func workspace(key: String) throws(Problem) -> Workspace {
    guard let sources = definitions.workspace(key: key) else {
      throw Problem(.notFound, "there is no workspace \"\(key)\"")
    }
    return sources.workspace
  }

  package var workspaces: [Workspace] { definitions.workspaces.map(\.workspace) }

  /// The slot of whoever a reference names, after redirects.
  func slot(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> Int {
    var found: PersonID?
    switch reference {
    case .id(let id): found = id
    case .identifier(let kind, let value):
      found = index[IdentifierKey(workspace: workspace, kind: kind, value: value, seed: indexSeed)]
        .map { table.slots[$0].person }
    }
    var hops = 0
    while let person = found, let slot = table.find(workspace, person), let state = loadState(slot), hops < 64 {
      guard let redirect = state.redirect else { return slot }
      found = redirect
      hops += 1
    }
    throw Problem(.notFound, "there is no such person")
  }

  package func person(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> PersonState {
    let slot = try slot(workspace, reference)
    guard let state = loadState(slot) else { throw Problem(.notFound, "there is no such person") }
    return state
  }

  package func personDocument(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> JSONValue {
    let state = try person(workspace, reference)
    guard let table = symbols[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var members = PersonDocument(state, symbols: table).json.members ?? []
    members.append(.init("segments", .array(segmentKeys(of: state).map(JSONValue.string))))
    return .object(members)
  }

  package func segmentKeys(of state: PersonState) -> [String] {
    guard let keys = compiled[state.workspace]?.definitions.segmentKeys else { return [] }
    return keys.filter { state.isMember($0.key) }.map(\.value).sorted()
  }

  package func segmentsOfPerson(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> [JSONValue] {
    let state = try person(workspace, reference)
    guard let engine = compiled[workspace], let table = symbols[workspace] else { return [] }
    return engine.definitions.segmentKeys.sorted { $0.value < $1.value }.compactMap { slot, key in
      guard state.isMember(slot) else { return nil }
      let reasons = engine.definitions.segments.explain(slot, state, now: now(), symbols: table)
      return ["segment": .string(key), "reasons": .array(reasons.map(JSONValue.string))]
    }
  }

  package func consents(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> [JSONValue] {
    let state = try person(workspace, reference)
    guard let table = symbols[workspace] else { return [] }
    let items = PersonDocument(state, symbols: table).json["consents"]?.array ?? []
    let pending = pendingConsents(of: state, table)
    guard !pending.isEmpty else { return items }
    return items.map { item in
      guard let purpose = item["purpose"]?.string, pending.contains(purpose) else { return item }
      return .object((item.members ?? []) + [.init("pending", .bool(true))])
    }
  }

  /// Purposes to which the person said yes, and which wait for that to be confirmed.
  private func pendingConsents(of state: PersonState, _ table: SymbolTable) -> Set<String> {
    let kinds = compiled[state.workspace]?.definitions.policies.doubleOptIn ?? []
    let waiting = kinds.filter { kind in
      let answer = ConsentPurposes(for: kind, symbols: table).answer(in: state.consents)
      let confirmed = table.find(kind.confirmationPurpose).flatMap { state.consent($0) }
      return answer?.isGranted == true && confirmed?.isGranted != true
    }
    return Set(waiting.map { "marketing.\($0.rawValue)" })
  }

  package func timeline(
    _ workspace: WorkspaceID, _ reference: PersonReference, cursor: String?, limit: Int
  ) throws(Problem) -> ListPage {
    let state = try person(workspace, reference)
    guard let history = histories[workspace], let table = symbols[workspace] else {
      return ListPage(items: [], next: nil)
    }
    var before: TimelineCursor?
    if let cursor {
      before = TimelineCursor(text: cursor)
      if before == nil { throw .invalid("/cursor", "this cursor is not from a timeline; leave it out to start anew") }
    }
    do throws(HistoryError) {
      let page = try history.timeline(state.id, before: before, limit: limit)
      let items = page.entries.map { entry in
        entry.withEvent { Self.describe($0, id: entry.cursor.text, symbols: table) }
      }
      return ListPage(items: items, next: page.next?.text)
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
  }

  static func describe(_ event: EventView, id: String, symbols: SymbolTable) -> JSONValue {
    var properties: [UInt8] = []
    switch event.kind {
    case .identify: properties.append(fieldsOf: event, .trait, symbols)
    case .consent: properties.append(fieldsOf: event, .consent, symbols)
    default: writeProperties(of: event, symbols: symbols, into: &properties)
    }
    let parsed: JSONValue
    do throws(JSONError) { parsed = try JSONValue(parsing: properties) } catch { parsed = .object([]) }
    return [
      "id": .string(event.messageID.isEmpty ? id : event.messageID), "type": .string(event.kind.name),
      "event": event.name == .none ? .null : .string(symbols.name(event.name)), "at": .string(event.timestamp.text),
      "receivedAt": .string(event.receivedAt.text), "properties": parsed,
    ]
  }

  /// Everything known about a person: profile, receipts, timeline, messages.
  package func exportPerson(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> JSONValue {
    let state = try person(workspace, reference)
    guard let table = symbols[workspace], let history = histories[workspace] else {
      throw Problem(.notFound, "there is no such workspace")
    }
    var members = PersonDocument(state, symbols: table, detail: .export).json.members ?? []
    members.append(.init("segments", .array(segmentKeys(of: state).map(JSONValue.string))))
    var events: [JSONValue] = []
    do throws(HistoryError) {
      try history.events(of: state.id) { event in
        var call: [UInt8] = []
        call.append(callOf: event, table)
        do throws(JSONError) { events.append(try JSONValue(parsing: call)) } catch {
          fail("an event of the history is damaged: \(error.message)")
        }
      }
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
    members.append(.init("timeline", .array(events)))
    var messages: [JSONValue] = []
    var cursor: String?
    repeat {
      let page = try self.messages(workspace, MessageFilter(person: state.id), cursor: cursor, limit: 1_000)
      messages += page.items
      cursor = page.next
    } while cursor != nil
    members.append(.init("messages", .array(messages)))
    return .object(members)
  }

  /// Records answers given through the management interface: `{"marketing.email":true,"source":"…","textVersion":"…"}`
  /// with the purposes under `consents`.
  package func putConsents(
    _ workspace: WorkspaceID, _ reference: PersonReference, _ body: JSONValue
  ) throws(Problem) -> [JSONValue] {
    guard let answers = body["consents"]?.members, !answers.isEmpty else {
      throw .invalid(
        "/consents", "send {\"consents\":{\"marketing.email\":true},\"source\":\"…\",\"textVersion\":\"…\"}")
    }
    let slot = try slot(workspace, reference)
    guard let table = symbols[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var writer = EventWriter()
    let id = Array("consent-\(commit + 1)-\(self.table.slots[slot].person.text)".utf8)
    id.withUnsafeBytes {
      writer.begin(.consent, name: .none, timestamp: now(), receivedAt: now(), isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    for answer in answers {
      guard let granted = answer.value.bool, let purpose = table.intern(answer.key) else {
        throw .invalid("/consents/" + pointerToken(answer.key), "a consent is true or false, under a purpose's name")
      }
      writer.bool(.consent, purpose, granted)
    }
    for (name, member) in [
      (ProfileRules.consentSourceName, "source"), (ProfileRules.consentTextVersionName, "textVersion"),
    ] {
      let text = body[member]?.string ?? (member == "source" ? "api" : "")
      if let symbol = table.intern(name) { writer.value(.context, symbol, .string(text)) }
    }
    writer.end()
    try commitInput(writer.bytes, of: slot, in: workspace)
    return try consents(workspace, .id(self.table.slots[slot].person))
  }

  /// One event record for a person who is known already.
  func commitInput(_ record: [UInt8], of slot: Int, in workspace: WorkspaceID) throws(Problem) {
    if let failure { throw failure }
    let submission = EventSubmission(workspace: workspace, records: record, count: 1, quarantined: []) { _ in }
    var batch = Batch()
    batch.inputs.append(
      BatchInput(slot: Int32(slot), submission: 0, start: 0, length: Int32(record.count), refused: []))
    let header = beginCommit()
    recordNewSymbols(header)
    try decide(batch, [submission], header)
    try finishCommit()
    if !deviceLosses.isEmpty { try settleDeviceLosses() }
  }
}
