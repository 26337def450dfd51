import Delivery
import Engine
import Events
import Profiles
import RoostCore

@testable import Runtime

/// What only tests look at.
extension Partition {
  func people(of workspace: WorkspaceID) -> Int { counts[workspace]?.people ?? 0 }

  /// All that must survive a crash, in a form in which a difference can be read.
  func snapshot() throws(Problem) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.now = now()
    snapshot.definitions = definitions
    for slot in 0..<table.count where !table.isErased(slot) {
      guard let state = loadState(slot) else { continue }
      let name = "\(state.workspace.number)/\(state.id.text)"
      snapshot.people[name] = state
      if table.slots[slot].dueAt != .distantFuture { snapshot.due[name] = table.slots[slot].dueAt }
      guard state.redirect == nil else { continue }
      for identifier in state.identifiers where identifier.kind != .previous {
        let key = IdentifierKey(
          workspace: state.workspace, kind: identifier.kind, value: identifier.value, seed: indexSeed)
        let owner = index[key].map { table.slots[$0].person.text } ?? "nobody"
        snapshot.owners["\(state.workspace.number)/\(identifier.kind.name):\(identifier.value)"] = owner
      }
      snapshot.timelines[name] = try timeline(state.workspace, .id(state.id), cursor: nil, limit: 10_000).items
    }
    for workspace in definitions.workspaces.map(\.workspace.id) {
      snapshot.messages += try messageRecords(workspace, MessageFilter(), cursor: nil, limit: 100_000).records
      snapshot.quarantine += try quarantineItems(workspace, cursor: nil, limit: 10_000).items
      let counts = counts[workspace] ?? WorkspaceCounts()
      // Slots that nobody was ever in need not be there.
      let members = counts.members.enumerated().filter { $0.element != 0 }.map { "\($0.offset)=\($0.element)" }
      let waiting = counts.waiting.map { "\($0.key.journey.number).\($0.key.version).\($0.key.step)=\($0.value)" }
      let totals = counts.totals.map { "\($0.key.number)=\($0.value)" }
      snapshot.counts.append(
        "people \(counts.people), events \(counts.events), members \(members), waiting \(waiting.sorted()), totals "
          + "\(totals.sorted())")
    }
    snapshot.outbox = Dictionary(uniqueKeysWithValues: outbox.messages.map { ($0.id, $0) })
    return snapshot
  }
}

struct Snapshot: Sendable, Equatable {
  var now = Instant.distantPast
  var people: [String: PersonState] = [:]
  var due: [String: Instant] = [:]
  var owners: [String: String] = [:]
  var timelines: [String: [JSONValue]] = [:]
  var counts: [String] = []
  var messages: [MessageRecord] = []
  var quarantine: [QuarantineItem] = []
  var outbox: [IntentID: MessageRecord] = [:]
  var definitions = DefinitionSet()

  /// What is not the same, in words; empty if nothing.
  func differences(from other: Snapshot) -> [String] {
    var found: [String] = []
    if now != other.now { found.append("time: \(now.text), not \(other.now.text)") }
    for name in Set(people.keys).union(other.people.keys).sorted() {
      if people[name] != other.people[name] {
        found.append(
          "person \(name): \(String(describing: people[name])), not \(String(describing: other.people[name]))")
      }
      if due[name] != other.due[name] {
        found.append("due \(name): \(due[name]?.text ?? "never"), not \(other.due[name]?.text ?? "never")")
      }
      if timelines[name] != other.timelines[name] { found.append("timeline of \(name)") }
    }
    if owners != other.owners { found.append("owners: \(owners), not \(other.owners)") }
    if counts != other.counts { found.append("counts: \(counts), not \(other.counts)") }
    if messages != other.messages { found.append("messages: \(messages), not \(other.messages)") }
    if quarantine != other.quarantine { found.append("quarantine: \(quarantine), not \(other.quarantine)") }
    if outbox != other.outbox { found.append("outbox: \(outbox), not \(other.outbox)") }
    if definitions != other.definitions { found.append("definitions") }
    return found
  }
}

extension Partition {
  /// Whether nothing is to be done before time goes on.
  var isIdle: Bool { fills.isEmpty && !hasDueHandoffs && nextDue().map { $0 > now() } ?? true }
}
