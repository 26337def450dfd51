import Events
import Profiles
import RoostCore

/// Which trackers an event changes, by the number of its name.
struct EventPlans: Sendable {
  /// An event pattern and the trackers that count its matches.
  struct Stream: Sendable {
    var filters: PropertyFilters
    var updates: [Update]
  }
  struct Update: Sendable {
    enum Kind: Sendable { case count, first, times, total, amounts }
    var kind: Kind
    var slot: UInt32
    var capacity: Int
    /// What is summed.
    var property: Symbol
  }
  struct Sequence: Sendable {
    var slot: UInt32
    var search: SequenceSearch
    /// Which patterns of this event stand for which bits of the mask.
    var parts: [(filters: PropertyFilters, mask: Int64)]
  }
  struct Plan: Sendable {
    var streams: [Stream] = []
    var sequences: [Sequence] = []
  }

  private(set) var plans: [Plan] = []
  /// By the number of the event's name: its plan, or −1.
  private var planOfSymbol: [Int32] = []

  init(_ needs: [TrackerNeed], symbols: SymbolTable) throws(Problem) {
    var streamOfPattern: [EventPattern: (plan: Int, stream: Int)] = [:]
    for need in needs {
      if case .sequence(let sequence) = need.kind {
        try add(sequence, slot: need.slot, symbols)
        continue
      }
      let pattern = need.patterns[0]
      let update = try Self.update(need, symbols)
      if let place = streamOfPattern[pattern] {
        plans[place.plan].streams[place.stream].updates.append(update)
        continue
      }
      let plan = plan(of: try symbols.symbol(pattern.event))
      streamOfPattern[pattern] = (plan, plans[plan].streams.count)
      plans[plan].streams.append(
        Stream(filters: try PropertyFilters(pattern.filters, symbols: symbols), updates: [update]))
    }
  }

  private static func update(_ need: TrackerNeed, _ symbols: SymbolTable) throws(Problem) -> Update {
    switch need.kind {
    case .count: return Update(kind: .count, slot: need.slot, capacity: 0, property: .none)
    case .first: return Update(kind: .first, slot: need.slot, capacity: 0, property: .none)
    case .times: return Update(kind: .times, slot: need.slot, capacity: Int(need.capacity), property: .none)
    case .total(let property):
      return Update(kind: .total, slot: need.slot, capacity: 0, property: try symbols.symbol(property))
    case .amounts(let property):
      return Update(kind: .amounts, slot: need.slot, capacity: 0, property: try symbols.symbol(property))
    case .sequence: preconditionFailure("sequences have plans of their own")
    }
  }

  private mutating func add(_ sequence: SequenceCondition, slot: UInt32, _ symbols: SymbolTable) throws(Problem) {
    let search = SequenceSearch(sequence)
    var patterns = sequence.steps.enumerated().map { ($1, Int64(1) << Int64($0)) }
    if let without = sequence.without { patterns.append((without, SequenceSearch.withoutBit)) }
    for (pattern, mask) in patterns {
      let plan = plan(of: try symbols.symbol(pattern.event))
      let filters = try PropertyFilters(pattern.filters, symbols: symbols)
      if let index = plans[plan].sequences.firstIndex(where: { $0.slot == slot }) {
        plans[plan].sequences[index].parts.append((filters, mask))
      } else {
        plans[plan].sequences.append(Sequence(slot: slot, search: search, parts: [(filters, mask)]))
      }
    }
  }

  private mutating func plan(of symbol: Symbol) -> Int {
    let number = Int(symbol.number)
    if number >= planOfSymbol.count {
      planOfSymbol.append(contentsOf: repeatElement(-1, count: number + 1 - planOfSymbol.count))
    }
    if planOfSymbol[number] < 0 {
      planOfSymbol[number] = Int32(plans.count)
      plans.append(Plan())
    }
    return Int(planOfSymbol[number])
  }

  /// The plan for events of a name.
  @inline(__always)
  func index(of symbol: Symbol) -> Int? {
    guard Int(symbol.number) < planOfSymbol.count else { return nil }
    let index = planOfSymbol[Int(symbol.number)]
    return index < 0 ? nil : Int(index)
  }

  /// Brings the trackers up to date with an event; whether any might have changed.
  func record(_ event: EventView, in trackers: inout Trackers) -> Bool {
    guard let index = index(of: event.name), event.kind == .track else { return false }
    let time = event.timestamp.milliseconds
    var isRecorded = false
    for stream in plans[index].streams where stream.filters.isEmpty || stream.filters.pass(event) {
      isRecorded = true
      for update in stream.updates { update.apply(event, time, in: &trackers) }
    }
    for sequence in plans[index].sequences {
      var mask: Int64 = 0
      for part in sequence.parts where part.filters.pass(event) { mask |= part.mask }
      guard mask != 0 else { continue }
      isRecorded = true
      SequenceTracker.add(time, mask, to: sequence.slot, sequence.search, in: &trackers)
    }
    return isRecorded
  }
}

extension EventPlans.Update {
  @inline(__always)
  func apply(_ event: EventView, _ time: Int64, in trackers: inout Trackers) {
    switch kind {
    case .count: CountTracker.add(1, to: slot, in: &trackers)
    case .first: FirstTracker.add(time, to: slot, in: &trackers)
    case .times: RecentTracker.add(time, to: slot, capacity: capacity, in: &trackers)
    case .total, .amounts:
      guard let micros = AmountTracker.micros(Operand(event.field(.property, property)).number) else { return }
      if kind == .total {
        TotalTracker.add(micros, to: slot, in: &trackers)
      } else {
        AmountTracker.add(time, micros, to: slot, in: &trackers)
      }
    }
  }
}

extension SequenceSearch {
  init(_ sequence: SequenceCondition) {
    self.init(
      stepCount: sequence.steps.count, window: sequence.window?.milliseconds ?? .max,
      hasWithout: sequence.without != nil)
  }
}
