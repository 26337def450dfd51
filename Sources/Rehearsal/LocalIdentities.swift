import Events
import Profiles
import RoostCore

/// Finds out anew which of a person's events were handled under which id: the history has them under the one that is left,
/// but a visitor was somebody else until it turned out who. The rules are those of `IdentityPlan`, asked as the partition
/// asks them.
struct LocalIdentities {
  /// Whose each event of the batch is, in the order of the events.
  private(set) var inputs: [Input] = []
  /// In the order in which they were decided.
  private(set) var merges: [Merge] = []

  struct Input {
    /// Into the lives.
    var life: Int
    var refused: [Int]
    /// The life began with this batch.
    var isFresh: Bool
  }

  struct Merge {
    var source: Int
    var target: Int
    /// The source began with this batch: its events are the target's already.
    var isFresh: Bool
    var isTargetFresh: Bool
  }

  private var owned: [(key: IdentifierKey, life: Int)] = []
  private var foreign: [IdentifierKey] = []
  private var workspace = WorkspaceID(0)
  private var candidates: [IdentityCandidate] = []
  private var positions: [Int] = []
  private var refusedForeign: [Int] = []
  private var facts: [(person: PersonID, facts: OwnerFacts)] = []
  private var fresh: [Int] = []
  /// The identifiers of the event before and whose they were: most events of a person name the same ones.
  private var lastBytes: [UInt8] = []
  private var last: Int?
  /// Whose the history says all is.
  private var person = PersonID(0)

  /// Keys the local index only: the installation's secret is not needed for that.
  static let seed: UInt64 = 0

  mutating func begin(workspace: WorkspaceID, foreign: [IdentifierKey]) {
    self.workspace = workspace
    self.foreign = foreign
    owned.removeAll(keepingCapacity: true)
    last = nil
  }

  mutating func beginBatch() {
    inputs.removeAll(keepingCapacity: true)
    merges.removeAll(keepingCapacity: true)
    facts.removeAll(keepingCapacity: true)
    fresh.removeAll(keepingCapacity: true)
  }

  /// - Parameter person: whose the history says it is.
  mutating func resolve(_ event: EventView, of person: PersonID, _ lives: inout [Life]) {
    guard event.identifierCount > 0 else {
      let life = named(by: event, or: person, &lives)
      return inputs.append(Input(life: life, refused: [], isFresh: fresh.contains(life)))
    }
    let bytes = event.identifierBytes
    if let last, bytes.count == lastBytes.count, lastBytes.elementsEqual(bytes) {
      inputs.append(Input(life: last, refused: refusedForeign, isFresh: fresh.contains(last)))
      return
    }
    last = nil
    gather(event)
    self.person = person
    let sole = owners(lives)
    var refused = refusedForeign
    let life = sole ?? carryOut(&refused, &lives)
    inputs.append(Input(life: life, refused: refused, isFresh: fresh.contains(life)))
    // The same identifiers once more: all are owned by then, or refused again.
    guard refused == refusedForeign else { return }
    lastBytes.removeAll(keepingCapacity: true)
    lastBytes.append(contentsOf: bytes)
    last = life
  }

  /// Whom an event without identifiers is about: the id that it was said of stands at the end of its message id.
  private mutating func named(by event: EventView, or person: PersonID, _ lives: inout [Life]) -> Int {
    let alive = lives.indices.filter { !lives[$0].isGone }
    if alive.count > 1, let id = PersonID(text: event.messageID.suffix(16)),
      let life = alive.first(where: { lives[$0].state.id == id })
    {
      return life
    }
    if let life = alive.first(where: { lives[$0].state.id == person }) ?? alive.last { return life }
    lives.append(Life(person, in: workspace))
    fresh.append(lives.count - 1)
    return lives.count - 1
  }

  /// The candidates that are not somebody else's in truth, and the places of those that are.
  private mutating func gather(_ event: EventView) {
    candidates.removeAll(keepingCapacity: true)
    refusedForeign.removeAll(keepingCapacity: true)
    IdentityCandidate.append(of: event, workspace: workspace, seed: Self.seed, to: &candidates)
    guard !foreign.isEmpty else { return }
    let all = candidates
    candidates.removeAll { foreign.contains($0.key) }
    for candidate in all where foreign.contains(candidate.key) {
      let isKept = candidates.contains { $0.position == candidate.position }
      if !isKept, !refusedForeign.contains(candidate.position) { refusedForeign.append(candidate.position) }
    }
    // An index that is younger than the history may know better whose everything is: then the events say it.
    if candidates.isEmpty { candidates = all }
    refusedForeign.sort()
  }

  private mutating func owners(_ lives: [Life]) -> Int? {
    var sole: Int?
    var isSole = true
    for place in candidates.indices {
      let life = owned.first { $0.key == candidates[place].key }?.life
      candidates[place].owner = life.map { lives[$0].state.id }
      if place == 0 { sole = life } else if life != sole { isSole = false }
    }
    return isSole ? sole : nil
  }

  private mutating func carryOut(_ refused: inout [Int], _ lives: inout [Life]) -> Int {
    guard let plan = IdentityPlan(for: candidates, facts: { self.facts($0, lives) }) else {
      preconditionFailure("an event without identifiers is in the history")
    }
    let target: Int
    var known: OwnerFacts
    if plan.isNew {
      target = lives.count
      lives.append(Life(idGiven(for: plan.target), in: workspace))
      fresh.append(target)
      known = OwnerFacts(hasUser: false, rank: .max, identifierCount: 0, absorbedCount: 0, families: [])
    } else {
      target = life(of: plan.target, lives)
      known = facts(plan.target, lives)
    }
    for claim in plan.claims {
      owned.append((candidates[claim].key, target))
      known.add(candidates[claim])
    }
    for source in plan.merges {
      known.add(facts(source, lives))
      merge(life(of: source, lives), into: target)
    }
    let person = lives[target].state.id
    facts.removeAll { $0.person == person }
    facts.append((person, known))
    if !plan.refusals.isEmpty { refused = (refused + plan.refusedPositions(candidates)).sorted() }
    return target
  }

  /// An id that was taken when somebody was first named gave way to another (`PersonID(firstNamedBy:attempt:)`): the
  /// history has it.
  private func idGiven(for wanted: PersonID) -> PersonID {
    guard wanted != person else { return wanted }
    return (1...8).contains { PersonID(mix64(wanted.number &+ $0)) == person } ? person : wanted
  }

  private func life(of person: PersonID, _ lives: [Life]) -> Int {
    // From the end: an id may come back after it was merged.
    lives.lastIndex { $0.state.id == person && !$0.isGone } ?? lives.lastIndex { $0.state.id == person }!
  }

  private func facts(_ person: PersonID, _ lives: [Life]) -> OwnerFacts {
    facts.last { $0.person == person }?.facts ?? OwnerFacts(of: lives[life(of: person, lives)].state)
  }

  /// The source's identifiers, and what the batch holds for it, are the target's from now on.
  private mutating func merge(_ source: Int, into target: Int) {
    for place in inputs.indices where inputs[place].life == source {
      inputs[place].life = target
      inputs[place].isFresh = fresh.contains(target)
    }
    for place in merges.indices where merges[place].target == source {
      merges[place].target = target
      merges[place].isTargetFresh = fresh.contains(target)
    }
    for place in owned.indices where owned[place].life == source { owned[place].life = target }
    merges.append(
      Merge(
        source: source, target: target, isFresh: fresh.contains(source), isTargetFresh: fresh.contains(target)))
    last = nil
  }
}

extension Rehearser {
  /// The keys of all identifiers that some events name, each once: to ask the installation's index whose they are.
  ///
  /// - Parameter seed: the index's.
  /// - Returns: for each the key in the index, and the one by which `rehearse` knows it.
  public static func identifierKeys(
    of events: ArraySlice<RecordedEvent>, workspace: WorkspaceID, seed: UInt64
  ) -> [(index: IdentifierKey, local: IdentifierKey)] {
    var keys: [(index: IdentifierKey, local: IdentifierKey)] = []
    var last = UnsafeRawBufferPointer(start: nil, count: 0)
    for event in events {
      let view = EventView(trusted: event.record)
      let bytes = view.identifierBytes
      if bytes.count == last.count, bytes.elementsEqual(last) { continue }
      last = bytes
      view.forEachIdentifier { kind, value in
        for kind in kind == .previous ? [.user, .anonymous] : [kind] {
          let local = IdentifierKey(workspace: workspace, kind: kind, value: value, seed: LocalIdentities.seed)
          guard !keys.contains(where: { $0.local == local }) else { continue }
          keys.append((IdentifierKey(workspace: workspace, kind: kind, value: value, seed: seed), local))
        }
      }
    }
    return keys
  }
}
