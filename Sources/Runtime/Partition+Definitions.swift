import Engine
import Events
import History
import Journeys
import RoostCore
import Segments

/// One line of the audit trail: who changed what.
struct AuditEntry {
  var at: Instant
  var action: String
  var key: String
  var version: UInt32
  /// `nil` for what Roost does by itself, and for changes older than this field.
  var author: Author?

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("at", .string(at.text)), .init("action", .string(action)), .init("key", .string(key)),
      .init("version", .int(Int64(version))),
    ]
    if let author { members.append(.init("by", .string(author.rawValue))) }
    return .object(members)
  }

  init(at: Instant, action: String, key: String, version: UInt32) {
    self.at = at
    self.action = action
    self.key = key
    self.version = version
  }

  init?(json: JSONValue) {
    guard let at = json["at"]?.string.flatMap({ Instant(iso8601: $0) }), let action = json["action"]?.string,
      let key = json["key"]?.string, let version = json["version"]?.int
    else { return nil }
    self.init(at: at, action: action, key: key, version: UInt32(version))
    author = json["by"]?.string.flatMap(Author.init)
  }
}

extension Partition {
  /// Makes changes of definitions durable and brings them into force. All of them or none.
  func change(_ changes: [DefinitionChange]) throws(Problem) {
    if let failure { throw failure }
    var trial = definitions
    for change in changes { try trial.apply(change, symbols: try symbolTable(of: change)) }
    let header = beginCommit()
    recordNewSymbols(header)
    systemRecord(header) { bytes in
      for change in changes { bytes.appendDefinition(change.json(by: author)) }
    }
    try finishCommit()
    for change in changes { try enact(change, at: header.now, by: author) }
    try compileChanged(changes)
  }

  private func symbolTable(of change: DefinitionChange) throws(Problem) -> SymbolTable {
    let workspace = change.workspaceID
    if let table = symbols[workspace] { return table }
    guard case .workspace = change else { throw Problem(.notFound, "there is no such workspace") }
    return SymbolTable()
  }

  /// Takes a change into the definitions; also while the log is replayed.
  func enact(_ change: DefinitionChange, at instant: Instant, by author: Author?) throws(Problem) {
    if case .workspace(let workspace) = change { try open(workspace) }
    try definitions.apply(change, symbols: try symbolTable(of: change), at: instant)
    guard var entry = change.auditEntry(at: instant) else { return }
    entry.author = author
    audit[change.workspaceID, default: []].append(entry)
    if audit[change.workspaceID]!.count > 1_000 { audit[change.workspaceID]!.removeFirst() }
  }

  /// Makes what a workspace needs besides its definitions.
  func open(_ workspace: Workspace, names: [String] = []) throws(Problem) {
    let table = SymbolTable(names: names)
    symbols[workspace.id] = table
    durableNames[workspace.id] = SymbolTable.firstOwnNumber + names.count
    keys.add(workspace, symbols: table)
    if counts[workspace.id] == nil { counts[workspace.id] = WorkspaceCounts() }
    do throws(HistoryError) {
      histories[workspace.id] = try HistoryStore(directory: "\(directory)/history/\(workspace.id.number)")
    } catch { throw Problem(.unavailable, "the history of \(workspace.key) cannot be opened: \(error)") }
  }

  private func compileChanged(_ changes: [DefinitionChange]) throws(Problem) {
    for workspace in Set(changes.map(\.workspaceID)) {
      try compile(workspace)
      let sources = definitions[workspace]
      if changes.contains(where: \.needsFill), sources?.filledEpoch != sources?.epoch { startFill(workspace) }
      if changes.contains(where: \.wakesPeople) { try wakePeople(workspace) }
    }
  }

  func compile(_ workspace: WorkspaceID) throws(Problem) {
    guard let sources = definitions[workspace], let table = symbols[workspace] else { return }
    activityDay = .min
    compiled[workspace] = Engine(
      try WorkspaceDefinitions(
        sources, symbols: table, zones: zones, catalog: CatalogStore(store: store, workspace: workspace).reader))
    try noteBroadcasts(sources)
  }

  /// After a journey was resumed, archived or published anew: whoever has something to do is due.
  func wakePeople(_ workspace: WorkspaceID) throws(Problem) {
    guard let engine = compiled[workspace] else { return }
    for slot in 0..<table.count where table.slots[slot].workspace == workspace {
      try bringAhead(of: slot, workspace)
      guard let state = loadState(slot), state.redirect == nil else { continue }
      guard !state.runs.isEmpty || engine.definitions.journeys.concernsEverybody else { continue }
      let next = min(engine.definitions.journeys.nextDue(of: state), state.dueAt)
      guard next != table.slots[slot].dueAt else { continue }
      table.reschedule(slot, at: next)
      if next != .distantFuture { due.insert(slot, at: next) }
    }
  }
}

extension DefinitionChange {
  var workspaceID: WorkspaceID {
    switch self {
    case .workspace(let workspace): workspace.id
    case .document(let id, _), .journey(let id, _, _, _), .broadcast(let id, _, _), .filled(let id, _),
      .activity(let id, _):
      id
    }
  }

  /// As it stands in the log: with whoever asked for it, which is no part of what it changes.
  func json(by author: Author?) -> JSONValue {
    guard let author, case .object(let members) = json else { return json }
    return .object(members + [.init("by", .string(author.rawValue))])
  }

  /// Everybody has to be looked at again.
  var needsFill: Bool {
    switch self {
    case .document(_, let document): document.kind == .segment
    case .journey: true
    case .workspace, .broadcast, .filled, .activity: false
    }
  }

  /// Somebody may have something to do at once.
  var wakesPeople: Bool {
    switch self {
    case .journey, .filled: true
    // Where somebody's message is held, whoever makes the change wakes them (`release`).
    case .workspace, .document, .broadcast, .activity: false
    }
  }

  /// `nil` for what nobody did.
  func auditEntry(at instant: Instant) -> AuditEntry? {
    switch self {
    case .activity: nil
    case .workspace(let workspace):
      AuditEntry(at: instant, action: "workspace.created", key: workspace.key, version: 1)
    case .document(_, let document):
      AuditEntry(at: instant, action: "\(document.kind.rawValue).put", key: document.key, version: document.version)
    case .journey(_, let key, let status, let published):
      AuditEntry(at: instant, action: "journey.\(status.rawValue)", key: key, version: published)
    case .broadcast(_, let key, let run):
      AuditEntry(at: instant, action: "broadcast.\(run.auditWord)", key: key, version: run.version)
    case .filled(_, let epoch): AuditEntry(at: instant, action: "people.filled", key: "", version: epoch)
    }
  }
}
