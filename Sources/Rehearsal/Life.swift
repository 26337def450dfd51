import Engine
import Events
import Profiles
import RoostCore

/// One person as the engine knows them at a moment of the rehearsal; two of them until a merge makes them one.
struct Life {
  var state: PersonState
  /// The time of the last handling: it never runs backwards.
  var now = Instant.distantPast
  /// Into `RehearsalPlan.phases`; `nil` before the first one.
  var phase: Int?
  /// What the person is assumed to do with messages, by time.
  var assumed: [AssumedAct] = []
  var isGone = false

  init(_ id: PersonID, in workspace: WorkspaceID) {
    // As the partition makes a person: their first event says when they were first seen.
    state = PersonState(workspace: workspace, id: id, createdAt: .distantFuture)
  }
}

/// An opening or a click that an assumption says.
struct AssumedAct {
  var at: Instant
  var name: Symbol
  var message: IntentID
  var journey: String
  var step: String
}

/// What is remembered about the person across handlings, for the figures. One for all lives that become one person.
struct PersonNotes {
  /// Where each run stands, and since when.
  struct Position {
    var journey: Int
    var entry: UInt32
    var life: Int
    var step: Int?
    var since: Instant
  }
  var positions: [Position] = []
  var entered: [Int] = []
  var messages: [RehearsedMessage] = []

  mutating func clear() {
    positions.removeAll(keepingCapacity: true)
    entered.removeAll(keepingCapacity: true)
    messages.removeAll(keepingCapacity: true)
  }
}
