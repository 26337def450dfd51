import Engine
import Events
import History
import Profiles
import RoostCore
import Segments

extension Node {
  /// Counts exactly whom an expression means now, with up to five of them and the reasons why.
  public func previewSegment(_ workspace: WorkspaceID, _ body: JSONValue) async throws(Problem) -> JSONValue {
    // A draft need not have a key yet.
    let definition = try SegmentDefinition(json: body, key: body["segment"] == nil ? "preview" : nil)
    let prepared = try await perform { partition throws(Problem) in
      try partition.preparePreview(workspace, definition)
    }
    let found: PreviewCount = try await Task.detached { () -> Result<PreviewCount, Problem> in
      do throws(HistoryError) {
        let plan = prepared.plan
        let events = SymbolSet(plan.events)
        guard !plan.isTally else {
          return .success(
            PreviewCount(plan, try prepared.history.scan(events, after: plan.after, tallying: PreviewTally(plan))))
        }
        return .success(
          try prepared.history.scan(events, everyone: plan.includesPeopleWithoutEvents, into: PreviewCount(plan)))
      } catch { return .failure(Problem(.unavailable, "the history cannot be read: \(error)")) }
    }.value.get()
    return try await finish(found, prepared, workspace, definition)
  }

  /// Asks the states of people whom the events alone do not decide, some at a time, and explains the sample.
  private func finish(
    _ found: PreviewCount, _ prepared: PreparedPreview, _ workspace: WorkspaceID, _ definition: SegmentDefinition
  ) async throws(Problem) -> JSONValue {
    var count = found.count
    var sample = found.sample
    // Whoever the history does not know (people without any event) is decided by the state alone.
    if prepared.plan.needsState || prepared.plan.includesPeopleWithoutEvents {
      var next: Int? = 0
      count = 0
      sample = []
      while let from = next {
        let step = try await perform { partition throws(Problem) in
          try partition.countByState(workspace, prepared, from: from)
        }
        count += step.people.count
        sample += step.people.prefix(5 - min(5, sample.count))
        next = step.next
      }
    }
    let chosen = Array(sample.prefix(5))
    let items = try await perform { partition throws(Problem) in
      try partition.describeSample(workspace, chosen, prepared)
    }
    return ["count": .int(Int64(count)), "exact": true, "sample": .array(items)]
  }
}

/// What a preview works with: fixed at its start.
struct PreparedPreview: Sendable {
  var plan: PreviewPlan
  var history: HistoryStore
  /// The expression compiled by itself, with trackers of its own.
  var program: SegmentProgram
  var now: Instant
}

/// Counts people whom the events alone decide.
struct PreviewCount: HistoryAccumulator {
  let plan: PreviewPlan
  private var accumulator: PreviewAccumulator
  private(set) var count = 0
  private(set) var sample: [PersonID] = []

  init(_ plan: PreviewPlan) {
    self.plan = plan
    accumulator = PreviewAccumulator(plan)
  }

  init(_ plan: PreviewPlan, _ tally: PreviewTally) {
    self.init(plan)
    count = tally.count
    sample = tally.sample
  }

  mutating func add(_ batch: ScanBatch) throws(HistoryError) {
    for run in batch.people {
      accumulator.begin()
      accumulator.feed(run.rows, symbols: batch.symbols, kinds: batch.kinds, times: batch.times)
      if plan.needsRecords {
        for row in run.rows where plan.needsRecord(Symbol(UInt32(batch.symbols[row]))) {
          accumulator.feed(try batch.event(row))
        }
      }
      guard accumulator.verdict() == true else { continue }
      count += 1
      if sample.count < 5 { sample.append(run.person) }
    }
  }

  mutating func join(_ following: PreviewCount) {
    count += following.count
    sample += following.sample.prefix(5 - sample.count)
  }
}

extension PreviewTally: HistoryTally {
  public mutating func add(_ groups: ScanGroups) {
    add(
      people: groups.people, starts: groups.starts, rows: groups.rows, times: groups.times, symbols: groups.symbols,
      kinds: groups.kinds, span: groups.span)
  }
}

extension Partition {
  func preparePreview(
    _ workspace: WorkspaceID, _ definition: SegmentDefinition
  ) throws(Problem) -> PreparedPreview {
    guard let sources = definitions[workspace], let table = symbols[workspace], let history = histories[workspace]
    else {
      throw Problem(.notFound, "there is no such workspace")
    }
    var expressions: [String: Expression] = [:]
    for document in sources.all(.segment) {
      expressions[document.key] = try SegmentDefinition(json: document.body, key: document.key).expression
    }
    let plan = try PreviewPlan(definition.expression, segments: expressions, symbols: table, now: now())
    var trackers = TrackerRegistry()
    var segments = expressions.sorted { $0.key < $1.key }.enumerated().map { place, item in
      SegmentSource(slot: place + 1, key: item.key, expression: item.value, state: .live, epoch: 0)
    }
    // A key that no document can have: it stands for the draft itself.
    segments.append(
      SegmentSource(slot: 0, key: "(preview)", expression: definition.expression, state: .live, epoch: 0))
    let program = try SegmentProgram(segments: segments, trackers: &trackers, symbols: table)
    return PreparedPreview(plan: plan, history: history, program: program, now: now())
  }

  /// Decides some people by state and whole history.
  func countByState(
    _ workspace: WorkspaceID, _ prepared: PreparedPreview, from: Int
  ) throws(Problem) -> (people: [PersonID], next: Int?) {
    var people: [PersonID] = []
    let end = min(table.count, from + 512)
    for slot in from..<max(from, end) where table.slots[slot].workspace == workspace {
      try bringAhead(of: slot, workspace)
      guard let state = loadState(slot), state.redirect == nil else { continue }
      if try filled(state, prepared).isMember(0) { people.append(state.id) }
    }
    return (people, end < table.count ? end : nil)
  }

  private func filled(_ state: PersonState, _ prepared: PreparedPreview) throws(Problem) -> PersonState {
    var copy = state
    copy.memberships = []
    prepared.program.beginFill(&copy)
    do throws(HistoryError) {
      try prepared.history.events(of: state.id) { prepared.program.record($0, in: &copy) }
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
    prepared.program.finishFill(&copy)
    var changes: [MembershipChange] = []
    _ = prepared.program.evaluate(&copy, now: prepared.now, changes: &changes)
    return copy
  }

  func describeSample(
    _ workspace: WorkspaceID, _ people: [PersonID], _ prepared: PreparedPreview
  ) throws(Problem) -> [JSONValue] {
    guard let names = symbols[workspace] else { return [] }
    var items: [JSONValue] = []
    for person in people {
      guard let slot = table.find(workspace, person), let state = loadState(slot) else { continue }
      let copy = try filled(state, prepared)
      var members = Self.summarize(state, names).members ?? []
      let reasons = prepared.program.explain(0, copy, now: prepared.now, symbols: names)
      members.append(.init("reasons", .array(reasons.map(JSONValue.string))))
      items.append(.object(members))
    }
    return items
  }
}
