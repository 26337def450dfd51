import Events
import Profiles
import RoostCore
import Segments

extension JourneyProgram {
  /// Starts the journeys that an event starts. History starts nothing.
  func enter(_ state: inout PersonState, event: EventView, now: Instant, effects: inout [JourneyEffect]) {
    guard event.kind == .track, !event.isHistorical else { return }
    let starts = starts(by: event.name)
    var properties = EventProperties(event)
    for place in starts.indices where starts[place].match.matches(&properties) {
      let version = starts[place].version
      guard let instance = version.instance(of: event) else { continue }
      enter(&state, version, instance: instance, trigger: event, now: now, effects: &effects)
    }
  }

  /// Starts the journeys of a segment into which the person came.
  func enter(_ state: inout PersonState, segment slot: Int, now: Instant, effects: inout [JourneyEffect]) {
    for index in journeys(startedBySegment: slot) {
      guard let version = published(index) else { continue }
      enter(&state, version, instance: 0, trigger: nil, now: now, effects: &effects)
    }
  }

  /// Starts the journeys whose time has come.
  func enter(_ state: inout PersonState, scheduled: [Int], now: Instant, effects: inout [JourneyEffect]) {
    for index in scheduled {
      guard let version = published(index) else { continue }
      enter(&state, version, instance: 0, trigger: nil, now: now, effects: &effects)
    }
  }

  /// Starts the one message of a broadcast, unless the person had it.
  func enter(_ state: inout PersonState, broadcast journey: Symbol, now: Instant, effects: inout [JourneyEffect]) {
    guard let index = index(of: journey), let version = published(index), version.isBroadcast else { return }
    enter(&state, version, instance: 0, trigger: nil, now: now, effects: &effects)
  }

  private func enter(
    _ state: inout PersonState, _ version: CompiledJourney, instance: UInt64, trigger: EventView?, now: Instant,
    effects: inout [JourneyEffect]
  ) {
    // Whoever would have to leave at once does not come in.
    guard !version.exitSegments.contains(where: { state.isMember($0.slot) }) else { return }
    let earlier = state.runs.firstIndex { $0.journey == version.journey && $0.instance == instance }
    if let earlier {
      guard state.runs[earlier].phase != .running, version.again.allows(after: state.runs[earlier].enteredAt, now: now)
      else { return }
    }
    guard version.per == nil || earlier != nil || makeRoom(in: &state, for: version.journey) else { return }
    let entries = state.runs.reduce(0) { $1.journey == version.journey ? max($0, $1.entries) : $0 }
    var run = JourneyRun(
      journey: version.journey, version: version.version, phase: .running, step: 0, entries: entries + 1,
      enteredAt: now, changedAt: now, dueAt: now, trigger: trigger.map { Array($0.bytes) } ?? [])
    run.instance = instance
    if isHeldOut(state, of: version) { run.end(.heldOut, at: now) }
    if let earlier { state.runs[earlier] = run } else { state.runs.insert(run) }
    effects.append(.moved(JourneyMove(run, from: nil, to: nil)))
  }

  /// Forgets the oldest run that has ended if there are too many; `false` if all of them still run.
  ///
  /// The one with the highest entry stays: the next one is counted from it.
  private func makeRoom(in state: inout PersonState, for journey: Symbol) -> Bool {
    let runs = state.runs.indices.filter { state.runs[$0].journey == journey }
    guard runs.count >= Self.instancesMax else { return true }
    let newest = runs.map { state.runs[$0].entries }.max() ?? 0
    let ended = runs.filter { state.runs[$0].phase != .running && state.runs[$0].entries != newest }
    guard let oldest = ended.min(by: { state.runs[$0].entries < state.runs[$1].entries }) else { return false }
    state.runs.remove(at: oldest)
    return true
  }

  /// Marketing only: withholding a receipt would harm its reader.
  private func isHeldOut(_ state: PersonState, of version: CompiledJourney) -> Bool {
    guard version.messageClass == .marketing else { return false }
    if version.holdout > .none,
      Lot(holdoutOf: version.key, workspace: state.workspace, person: state.id).isWithin(version.holdout)
    {
      return true
    }
    return surroundings.globalHoldout > .none
      && Lot(globalHoldoutOf: state.workspace, person: state.id).isWithin(surroundings.globalHoldout)
  }
}

extension [JourneyRun] {
  /// Puts a run where it belongs.
  mutating func insert(_ run: JourneyRun) {
    insert(run, at: firstIndex { JourneyRun.isOrdered(run, before: $0) } ?? count)
  }
}

extension CompiledJourney {
  /// Which of a person's runs an event is about; `nil` if it lacks the property that there is one run for each value of.
  func instance(of event: EventView) -> UInt64? {
    guard let per else { return 0 }
    guard let field = event.field(.property, per), field.tag != .null else { return nil }
    var bytes: [UInt8] = [field.tag.rawValue]
    bytes.append(word: field.bits)
    bytes += field.bytes
    // 0 means that there is one run in all.
    return bytes.withUnsafeBytes { max(1, hash64($0, seed: 0x524F_4F53_545F_5045)) }
  }
}

extension JourneyDefinition.Again {
  /// Whether somebody who entered at `last` may enter again.
  func allows(after last: Instant, now: Instant) -> Bool {
    switch self {
    case .never: false
    case .always: true
    case .after(let span): now - last >= span
    }
  }
}
