import Delivery
import Engine
import Journeys
import Profiles
import RoostCore

/// How many people a workspace has, and how many are where. Present numbers are made anew from the people at start, or come
/// from the index of people; totals since the beginning live in the checkpoint.
struct WorkspaceCounts: Equatable {
  struct StepKey: Hashable {
    var journey: Symbol
    var version: UInt32
    var step: UInt32
    init(journey: Symbol, version: UInt32, step: UInt32) {
      self.journey = journey
      self.version = version
      self.step = step
    }

    init(of run: JourneyRun) { self.init(journey: run.journey, version: run.version, step: run.step) }
  }
  struct PlaceKey: Hashable {
    var journey: Symbol
    var version: UInt32
    /// Index into `CompiledJourney.places`.
    var place: UInt32
  }
  struct JourneyTotals: Equatable {
    var entered = 0
    var finished = 0
    var exited = 0
    var messages = 0
    /// Who left since the goal was reached: they are in `exited` too.
    var goals = 0
    /// Who entered and gets nothing: they are in `entered` too.
    var heldOut = 0
  }
  var people = 0
  /// By segment slot.
  var members: [Int] = []
  /// People waiting, by instruction of the journey's version.
  var waiting: [StepKey: Int] = [:]
  var totals: [Symbol: JourneyTotals] = [:]
  /// How often a step was passed since the beginning; who left at it by a rule did not pass.
  var passed: [PlaceKey: Int] = [:]
  var events = 0
  /// When everybody is there, and how they answer; and those in each segment, by slot.
  var activity = ActivityTotals()
  var segmentActivity: [Int: ActivityTotals] = [:]
  /// Who has an address that gets nothing.
  var suppressed: Set<PersonID> = []
  /// How broadcasts' messages stand, by the broadcast's journey.
  var broadcasts: [Symbol: BroadcastTally] = [:]

  /// A person's present places, when the people are read at start.
  mutating func add(_ state: PersonState) { change(state, by: 1) }

  mutating func remove(_ state: PersonState) { change(state, by: -1) }

  /// What one person counts for.
  struct Share: Equatable {
    private(set) var isNobody = true
    fileprivate var memberships: [UInt64] = []
    fileprivate var waiting: [StepKey] = []
    fileprivate var activity: ActivityStanding?
    /// Set if an address of the person gets nothing.
    fileprivate var suppressed: PersonID?

    mutating func note(_ state: inout PersonState) {
      state.loadRuns()
      isNobody = state.redirect != nil
      memberships = isNobody ? [] : state.memberships
      if isNobody { waiting.removeAll(keepingCapacity: true) } else { WorkspaceCounts.waiting(state, into: &waiting) }
      activity = nil
      suppressed = nil
      guard !isNobody, state.hasDelivery else { return }
      let memory = state.delivery
      activity = ActivityStanding(state)
      suppressed = memory.suppressions.isEmpty ? nil : state.id
    }

    mutating func clear() {
      isNobody = true
      memberships.removeAll(keepingCapacity: true)
      waiting.removeAll(keepingCapacity: true)
      activity = nil
      suppressed = nil
    }
  }

  mutating func change(_ share: Share, by amount: Int) {
    if !share.isNobody { people += amount }
    changeMembers(share.memberships, by: amount)
    for key in share.waiting { wait(at: key, amount) }
    if let activity = share.activity { count(activity, by: amount) }
    if let person = share.suppressed { note(suppressed: person, amount > 0) }
  }

  /// Where a person's journeys wait.
  static func waiting(_ state: borrowing PersonState, into keys: inout [StepKey]) {
    if !keys.isEmpty { keys.removeAll(keepingCapacity: true) }
    state.withRuns { runs in
      for index in runs.indices where runs[index].phase == .running { keys.append(StepKey(of: runs[index])) }
    }
  }

  private mutating func change(_ state: PersonState, by amount: Int) {
    guard state.redirect == nil else { return }
    people += amount
    changeMembers(state.memberships, by: amount)
    if state.hasDelivery { count(state, state.delivery, by: amount) }
    for run in state.runs where run.phase == .running {
      wait(at: run, amount)
    }
  }

  private mutating func wait(at run: JourneyRun, _ amount: Int) {
    wait(at: StepKey(of: run), amount)
  }

  private mutating func wait(at key: StepKey, _ amount: Int) {
    let count = waiting[key, default: 0] + amount
    waiting[key] = count == 0 ? nil : count
  }

  private mutating func changeMembers(_ memberships: [UInt64], by amount: Int) {
    for (word, bits) in memberships.enumerated() where bits != 0 {
      var rest = bits
      while rest != 0 {
        changeMembers(word * 64 + rest.trailingZeroBitCount, by: amount)
        rest &= rest - 1
      }
    }
  }

  mutating func changeMembers(_ slot: Int, by amount: Int) {
    while members.count <= slot { members.append(0) }
    members[slot] += amount
  }

  /// Where a person waited before a handling, and the person after it.
  mutating func moveRuns(from old: [StepKey], to state: borrowing PersonState) {
    state.withRuns { new in
      var place = 0
      var isSame = true
      for index in new.indices where new[index].phase == .running {
        isSame = isSame && place < old.count && old[place] == StepKey(of: new[index])
        place += 1
      }
      if isSame, place == old.count { return }
      for key in old { wait(at: key, -1) }
      for index in new.indices where new[index].phase == .running { wait(at: StepKey(of: new[index]), 1) }
    }
  }
}
