import Events
import Profiles
import RoostCore

/// Which trackers an event changes, by the number of its name. Flat lists of plain numbers, since every event passes
/// here.
struct EventPlans: Sendable {
  struct Plan: Sendable {
    var streams: Range<Int32>
    var sequences: Range<Int32>
  }
  /// An event pattern, by its filters (−1 for none), and the trackers that count its matches.
  struct Stream: Sendable {
    var filters: Int32
    var updates: Range<Int32>
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
    var parts: Range<Int32>
  }
  struct Part: Sendable {
    var filters: Int32
    var mask: Int64
  }

  /// By the number of the event's name: its plan, or −1.
  private(set) var planOfSymbol: [Int32] = []
  private(set) var plans: [Plan] = []
  private(set) var streams: [Stream] = []
  private(set) var updates: [Update] = []
  private(set) var sequences: [Sequence] = []
  private(set) var parts: [Part] = []
  private(set) var filters: [PropertyFilters] = []

  init(_ needs: [TrackerNeed], symbols: SymbolTable) throws(Problem) {
    var uses: [EventPattern: [TrackerNeed]] = [:]
    var eventOrder: [String] = []
    var patternsOfEvent: [String: [EventPattern]] = [:]
    for need in needs {
      for pattern in need.patterns {
        if uses[pattern] == nil { patternsOfEvent[pattern.event, default: []].append(pattern) }
        if !eventOrder.contains(pattern.event) { eventOrder.append(pattern.event) }
        uses[pattern, default: []].append(need)
      }
    }
    for event in eventOrder {
      let symbol = Int(try symbols.symbol(event).number)
      if symbol >= planOfSymbol.count {
        planOfSymbol.append(contentsOf: repeatElement(-1, count: symbol + 1 - planOfSymbol.count))
      }
      planOfSymbol[symbol] = Int32(plans.count)
      try addPlan(patternsOfEvent[event] ?? [], uses, symbols)
    }
  }

  private mutating func addPlan(
    _ patterns: [EventPattern], _ uses: [EventPattern: [TrackerNeed]], _ symbols: SymbolTable
  ) throws(Problem) {
    let firstStream = Int32(streams.count)
    var filtersOfPattern: [EventPattern: Int32] = [:]
    for pattern in patterns {
      let filter = try filterIndex(pattern, symbols)
      filtersOfPattern[pattern] = filter
      let firstUpdate = Int32(updates.count)
      for need in uses[pattern] ?? [] {
        if let update = try Update(need, symbols) { updates.append(update) }
      }
      if updates.count > firstUpdate {
        streams.append(Stream(filters: filter, updates: firstUpdate..<Int32(updates.count)))
      }
    }
    let firstSequence = Int32(sequences.count)
    addSequences(patterns.flatMap { uses[$0] ?? [] }, filtersOfPattern)
    plans.append(
      Plan(streams: firstStream..<Int32(streams.count), sequences: firstSequence..<Int32(sequences.count)))
  }

  private mutating func addSequences(_ needs: [TrackerNeed], _ filtersOfPattern: [EventPattern: Int32]) {
    var done: Set<UInt32> = []
    for need in needs {
      guard case .sequence(let sequence) = need.kind, done.insert(need.slot).inserted else { continue }
      let firstPart = Int32(parts.count)
      var patterns = sequence.steps.enumerated().map { ($1, Int64(1) << Int64($0)) }
      if let without = sequence.without { patterns.append((without, SequenceSearch.withoutBit)) }
      for (pattern, mask) in patterns {
        if let filter = filtersOfPattern[pattern] { parts.append(Part(filters: filter, mask: mask)) }
      }
      sequences.append(
        Sequence(slot: need.slot, search: SequenceSearch(sequence), parts: firstPart..<Int32(parts.count)))
    }
  }

  private mutating func filterIndex(_ pattern: EventPattern, _ symbols: SymbolTable) throws(Problem) -> Int32 {
    guard !pattern.filters.isEmpty else { return -1 }
    filters.append(try PropertyFilters(pattern.filters, symbols: symbols))
    return Int32(filters.count - 1)
  }

  /// The plan for events of a name.
  @inline(__always)
  func index(of symbol: Symbol) -> Int? {
    guard Int(symbol.number) < planOfSymbol.count else { return nil }
    let index = planOfSymbol[Int(symbol.number)]
    return index < 0 ? nil : Int(index)
  }

  /// The slots that events of a plan may change.
  func slots(of plan: Int) -> [UInt32] {
    let plan = plans[plan]
    let updated = plan.streams.flatMap { stream in streams[Int(stream)].updates.map { updates[Int($0)].slot } }
    return updated + plan.sequences.map { sequences[Int($0)].slot }
  }
}

extension EventPlans.Update {
  /// `nil` for sequences, which are kept apart.
  init?(_ need: TrackerNeed, _ symbols: SymbolTable) throws(Problem) {
    self.init(kind: .count, slot: need.slot, capacity: 0, property: .none)
    switch need.kind {
    case .count: break
    case .first: kind = .first
    case .times:
      kind = .times
      capacity = Int(need.capacity)
    case .total(let name):
      kind = .total
      property = try symbols.symbol(name)
    case .amounts(let name):
      kind = .amounts
      property = try symbols.symbol(name)
    case .sequence: return nil
    }
  }
}
