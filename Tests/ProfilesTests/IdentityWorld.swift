import Events
import Profiles
import RoostCore

/// A resolver as simple as can be: who owns which identifier, and everybody's state, in dictionaries.
struct IdentityWorld {
  static let workspace = WorkspaceID(3)
  static let seed: UInt64 = 0xC0FF_EE

  private(set) var owners: [IdentifierKey: PersonID] = [:]
  private(set) var people: [PersonID: PersonState] = [:]
  private(set) var redirects: [PersonID: PersonID] = [:]
  private(set) var refusals: [IdentityPlan.Reason] = []

  /// Resolves an event, carries out the plan, applies the event. Whose it is.
  @discardableResult
  mutating func take(_ record: [UInt8]) throws -> PersonID {
    try record.asEvent { event in
      var candidates: [IdentityCandidate] = []
      IdentityCandidate.append(of: event, workspace: Self.workspace, seed: Self.seed, to: &candidates)
      for index in candidates.indices { candidates[index].owner = owners[candidates[index].key] }
      guard let plan = IdentityPlan(for: candidates, facts: { OwnerFacts(of: people[$0]!) }) else {
        throw Nobody()
      }
      var target =
        people[plan.target] ?? PersonState(workspace: Self.workspace, id: plan.target, createdAt: event.timestamp)
      for index in plan.claims { owners[candidates[index].key] = plan.target }
      for source in plan.merges {
        let state = people.removeValue(forKey: source)!
        redirects[source] = plan.target
        for key in state.identifierKeys(seed: Self.seed) where owners[key] == source { owners[key] = plan.target }
        target.absorb(state)
      }
      refusals += plan.refusals.map(\.reason)
      if !target.isRepeated(event) {
        _ = target.apply(event, rules: Sample.rules, refused: plan.refusedPositions(candidates))
      }
      people[plan.target] = target
      return plan.target
    }
  }

  struct Nobody: Error {}

  func owner(_ kind: IdentifierKind, _ value: String) -> PersonID? {
    owners[IdentifierKey(workspace: Self.workspace, kind: kind, value: value, seed: Self.seed)]
  }

  /// Everybody, without what depends on the order of arrival.
  var outcome: [PersonID: PersonState] {
    people.mapValues { person in
      var person = person
      person.handledAt = .distantPast
      person.absorbed = 0
      return person
    }
  }
}

/// A call with identifiers, for the tables of the tests.
func call(
  _ kind: EventKind, _ identifiers: [(IdentifierKind, String)], id: String = "m", at offset: Int64 = 0,
  with fields: [Sample.Field] = []
) -> [UInt8] {
  Sample.record(
    kind, kind == .track ? Symbol(20) : .none, at: Sample.march1 + TimeSpan(milliseconds: offset), id: id,
    by: identifiers.map { Identifier($0.0, $0.1) }, with: fields)
}

func born(_ kind: IdentifierKind, _ value: String) -> PersonID {
  PersonID(firstNamedBy: kind, value, in: IdentityWorld.workspace)
}
