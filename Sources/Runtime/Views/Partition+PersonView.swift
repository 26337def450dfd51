import Engine
import Events
import History
import Profiles
import RoostCore

/// Everything known of one person.
package struct PersonView: Sendable {
  package struct Trait: Sendable {
    package var name: String
    package var value: Value
    package var changedAt: Instant
  }
  package struct Membership: Sendable {
    package var key: String
    package var name: String
  }
  package struct Run: Sendable {
    package var key: String
    package var name: String
    package var phase: JourneyRun.Phase
    package var version: UInt32
    /// The step where the person waits; "" where nobody waits.
    package var step: String
    package var enteredAt: Instant
    package var dueAt: Instant?
  }

  package var person: PersonLabel
  package var createdAt: Instant
  package var lastSeenAt: Instant
  package var merged: Int
  /// Kind's name and value.
  package var identifiers: [(kind: String, value: String)]
  package var traits: [Trait]
  package var consents: [ConsentView]
  package var orders: [OrderTotals]
  package var segments: [Membership]
  package var runs: [Run]
}

/// A consent's receipt.
package struct ConsentView: Sendable, Equatable {
  package var purpose: String
  package var isGranted: Bool
  package var at: Instant
  package var source: String
  package var textVersion: String
}

/// What a person did.
package struct TimelineView: Sendable {
  package struct Item: Sendable {
    package var type: String
    package var event: String
    package var at: Instant
    package var receivedAt: Instant
    package var properties: [(name: String, value: Value)]
  }
  /// Newest first.
  package var items: [Item]
  package var next: String?
}

extension Partition {
  package func personView(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> PersonView {
    let state = try person(workspace, reference)
    guard let names = symbols[workspace], let sources = definitions[workspace] else {
      throw Problem(.notFound, "there is no such workspace")
    }
    return PersonView(
      person: state.label, createdAt: state.createdAt, lastSeenAt: state.lastSeenAt, merged: Int(state.absorbed),
      identifiers: state.identifiers.map { ($0.kind.name, $0.value) },
      traits: state.traits.filter { $0.value != .null }.map {
        .init(name: names.name($0.symbol), value: $0.value, changedAt: $0.changedAt)
      },
      consents: state.consents.map {
        ConsentView(
          purpose: names.name($0.purpose), isGranted: $0.isGranted, at: $0.at, source: $0.source,
          textVersion: $0.textVersion)
      },
      orders: state.orders,
      segments: segmentKeys(of: state).map { key in
        .init(key: key, name: sources.latest(.segment, key)?.body["name"]?.string ?? key)
      },
      runs: state.runs.map { run(of: $0, names, sources) })
  }

  private func run(of run: JourneyRun, _ names: SymbolTable, _ sources: WorkspaceSources) -> PersonView.Run {
    let key = names.name(run.journey)
    var step = ""
    if run.phase == .running,
      let version = compiled[sources.workspace.id]?.definitions.journeys.version(run.version, of: run.journey)
    {
      let place = version.place(ofRunAt: run.step).map(Int.init) ?? 0
      if version.places.indices.contains(place) { step = version.places[place].id }
    }
    return PersonView.Run(
      key: key, name: sources.latest(.journey, key)?.body["name"]?.string ?? key, phase: run.phase,
      version: run.version, step: step, enteredAt: run.enteredAt,
      dueAt: run.phase == .running && run.dueAt != .distantFuture ? run.dueAt : nil)
  }

  package func timelineView(
    _ workspace: WorkspaceID, _ reference: PersonReference, cursor: String?, limit: Int
  ) throws(Problem) -> TimelineView {
    let state = try person(workspace, reference)
    guard let history = histories[workspace], let names = symbols[workspace] else {
      return TimelineView(items: [], next: nil)
    }
    let before = cursor.flatMap(TimelineCursor.init(text:))
    if cursor != nil, before == nil {
      throw .invalid("/cursor", "this cursor is not from a timeline; leave it out to start anew")
    }
    do throws(HistoryError) {
      let page = try history.timeline(state.id, before: before, limit: limit)
      return TimelineView(
        items: page.entries.map { entry in entry.withEvent { Self.timelineItem($0, names) } }, next: page.next?.text)
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
  }

  private static func timelineItem(_ event: EventView, _ names: SymbolTable) -> TimelineView.Item {
    let section: FieldSection =
      switch event.kind {
      case .identify: .trait
      case .consent: .consent
      default: .property
      }
    var properties: [(name: String, value: Value)] = []
    var fields = event.fields
    while let field = fields.next() {
      if field.section == section { properties.append((names.name(field.symbol), field.value)) }
    }
    return TimelineView.Item(
      type: event.kind.name, event: event.name == .none ? "" : names.name(event.name), at: event.timestamp,
      receivedAt: event.receivedAt, properties: properties)
  }
}
