import Events
import Profiles
import RoostCore

/// A condition on what a person's state holds besides trackers.
struct StateTest: Sendable {
  enum Kind: Sendable {
    case trait(Symbol, [CompiledTest])
    case journey(Symbol, JourneyState)
    /// Purposes from the one meant to the more general ones that stand in for it.
    case consent([Symbol], isGranted: Bool)
    case orders(OrdersCondition.Figure, currency: UInt32?, CountRange)
    case trigger(PropertyFilters)
  }
  var kind: Kind
  var bit: Int32

  init(_ condition: Condition, bit: Int32, symbols: SymbolTable) throws(Problem) {
    self.bit = bit
    switch condition {
    case .trait(let trait): kind = .trait(try symbols.symbol(trait.trait), trait.tests.map(CompiledTest.init))
    case .journey(let key, let state): kind = .journey(try symbols.symbol(key), state)
    case .consent(let purpose, let isGranted):
      var chain: [Symbol] = []
      for name in purposes(from: purpose) { chain.append(try symbols.symbol(name)) }
      kind = .consent(chain, isGranted: isGranted)
    case .orders(let orders):
      kind = .orders(orders.figure, currency: orders.currency.map(OrdersCondition.code), orders.range)
    case .trigger(let filters): kind = .trigger(try PropertyFilters(filters, symbols: symbols))
    default: preconditionFailure("a condition on trackers or a segment is no test of the state")
    }
  }

  /// The outcome at `now`; lowers `flip` to when it may next change by itself.
  func evaluate(_ state: PersonState, trigger: EventView?, now: Instant, flip: inout Int64) -> Bool {
    switch kind {
    case .trait(let symbol, let tests):
      return Operand.with(state.trait(symbol)) { operand in
        var passes = true
        for test in tests {
          if test.dependsOnTime { flip = min(flip, test.flip(operand, after: now).milliseconds) }
          if !test.passes(operand, at: now) { passes = false }
        }
        return passes
      }
    case .journey(let symbol, let wanted):
      let run = state.runs.first { $0.journey == symbol }
      switch wanted {
      case .running: return run?.phase == .running
      case .finished: return run?.phase == .finished
      case .exited: return run?.phase == .exited
      case .entered: return run != nil
      case .never: return run == nil
      }
    case .consent(let purposes, let isGranted): return state.answer(to: purposes) == isGranted
    case .orders(let figure, let currency, let range):
      return range.contains(state.orders.figure(figure, currency: currency))
    case .trigger(let filters): return trigger.map { filters.pass($0) } ?? false
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

extension OrdersCondition {
  /// Three letters as `OrderTotals.currency` holds them, the first in the lowest byte.
  static func code(_ currency: String) -> UInt32 {
    currency.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension PersonState {
  func trait(_ symbol: Symbol) -> Value? {
    for trait in traits where trait.symbol >= symbol { return trait.symbol == symbol ? trait.value : nil }
    return nil
  }

  /// The answer to the first of these purposes that was ever answered.
  func answer(to purposes: [Symbol]) -> Bool? {
    for purpose in purposes {
      if let consent = consents.first(where: { $0.purpose == purpose }) { return consent.isGranted }
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
