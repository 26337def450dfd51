import Events
import Profiles
import RoostCore

/// A condition on what a person's state holds besides trackers. A class of plain fields rather than an enum with payloads,
/// whose every look would copy them.
final class StateTest: Sendable {
  enum Form: UInt8, Sendable { case trait, journey, consent, orders, trigger }
  let form: Form
  let bit: Int32
  /// The trait's or journey's name; for a consent its purpose, then the more general ones that stand in for it.
  let names: [Symbol]
  let tests: [CompiledTest]
  let journeyState: JourneyState
  let isGranted: Bool
  let figure: OrdersCondition.Figure
  let currency: UInt32?
  let range: CountRange
  let filters: PropertyFilters?

  init(_ condition: Condition, bit: Int32, symbols: SymbolTable) throws(Problem) {
    var names: [Symbol] = []
    var tests: [CompiledTest] = []
    var journeyState = JourneyState.entered
    var isGranted = true
    var figure = OrdersCondition.Figure.count
    var currency: UInt32?
    var range = CountRange()
    var filters: PropertyFilters?
    switch condition {
    case .trait(let trait):
      form = .trait
      names = [try symbols.symbol(trait.trait)]
      tests = trait.tests.map(CompiledTest.init)
    case .journey(let key, let state):
      form = .journey
      names = [try symbols.symbol(key)]
      journeyState = state
    case .consent(let purpose, let answer):
      form = .consent
      isGranted = answer
      for name in purposes(from: purpose) { names.append(try symbols.symbol(name)) }
    case .orders(let orders):
      form = .orders
      figure = orders.figure
      currency = orders.currency.flatMap { OrderTotals.currency($0) }
      range = orders.range
    case .trigger(let tests):
      form = .trigger
      filters = try PropertyFilters(tests, symbols: symbols)
    default: preconditionFailure("a condition on trackers or a segment is no test of the state")
    }
    self.bit = bit
    self.names = names
    self.tests = tests
    self.journeyState = journeyState
    self.isGranted = isGranted
    self.figure = figure
    self.currency = currency
    self.range = range
    self.filters = filters
  }

  /// The outcome at `now`; lowers `flip` to when it may next change by itself.
  func evaluate(_ state: borrowing PersonState, trigger: EventView?, now: Instant, flip: inout Int64) -> Bool {
    switch form {
    case .trait: return passes(state, now: now, flip: &flip)
    case .journey:
      switch journeyState {
      case .running: return state.hasRun(of: names[0], in: .running)
      case .finished: return state.hasRun(of: names[0], in: .finished)
      case .exited: return state.hasRun(of: names[0], in: .exited)
      case .entered: return state.hasRun(of: names[0], in: nil)
      case .never: return !state.hasRun(of: names[0], in: nil)
      }
    case .consent: return state.answer(to: names) == isGranted
    case .orders: return range.contains(state.orders.figure(figure, currency: currency))
    case .trigger:
      guard let trigger, let filters else { return false }
      return filters.pass(trigger)
    }
  }

  private func passes(_ state: borrowing PersonState, now: Instant, flip: inout Int64) -> Bool {
    state.withTrait(names[0]) { field in
      let operand = Operand(field)
      var passes = true
      for index in tests.indices {
        if tests[index].dependsOnTime { flip = min(flip, tests[index].flip(operand, after: now).milliseconds) }
        if !tests[index].passes(operand, at: now) { passes = false }
      }
      return passes
    }
  }
}

/// A purpose and the more general ones that stand in for it: `marketing.email`, `marketing`.
func purposes(from purpose: String) -> [String] {
  var purposes = [purpose]
  while let dot = purposes[purposes.count - 1].lastIndex(of: "."), dot > purpose.startIndex {
    purposes.append(String(purpose[..<dot]))
  }
  return purposes
}

extension PersonState {
  /// Whether any of the person's runs of a journey is in a phase; `nil`: in whichever. Being held out is having entered.
  func hasRun(of journey: Symbol, in phase: JourneyRun.Phase?) -> Bool {
    withRuns { runs in
      for index in runs.indices where runs[index].journey == journey {
        if phase == nil || runs[index].phase == phase { return true }
      }
      return false
    }
  }

  /// The answer to the first of these purposes that was ever answered.
  func answer(to purposes: [Symbol]) -> Bool? {
    for index in purposes.indices {
      if let answer = isGranted(purposes[index]) { return answer }
    }
    return nil
  }
}

extension [OrderTotals] {
  /// A figure over one currency, or over all for a count: orders; revenue less refunds; that divided by orders,
  /// rounded down. 0 without orders.
  func figure(_ figure: OrdersCondition.Figure, currency: UInt32?) -> Int64 {
    var orders: Int64 = 0
    var revenue: Int64 = 0
    for totals in self where currency == nil || totals.currency == currency {
      orders += Int64(totals.orders)
      revenue &+= totals.revenue.count &- totals.refunded.count
    }
    switch figure {
    case .count: return orders
    case .revenue: return revenue
    case .average: return orders == 0 ? 0 : revenue / orders
    }
  }
}
