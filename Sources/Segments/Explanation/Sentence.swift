import Profiles
import RoostCore

/// What is the case about one condition and one person, such as "Order Completed 3 times, last on 2026-03-01T…".
struct Sentence {
  let condition: Condition
  let numbers: [Int64]
  let explanation: Explanation

  init(_ condition: Condition, _ numbers: [Int64], _ explanation: Explanation) {
    self.condition = condition
    self.numbers = numbers
    self.explanation = explanation
  }

  var text: String {
    switch condition {
    case .event(let event): return self.event(event)
    case .occurrence(let occurrence):
      let time = occurrence.which == .first ? numbers.first : numbers.last
      guard let time else { return "no \(Words.of(occurrence.pattern))" }
      return "\(occurrence.which.rawValue) \(Words.of(occurrence.pattern)) on \(date(time))"
    case .sum(let sum): return "\(sum.property) of \(Words.of(sum.pattern))\(Words.window(sum.window)): \(total(sum))"
    case .sequence(let sequence): return self.sequence(sequence)
    case .trait(let trait):
      let value = explanation.symbols.find(trait.trait).flatMap { explanation.state.trait($0) }
      return "\(trait.trait) is \(Words.of(value))"
    case .journey(let key, _): return "journey \(key): \(phase(key))"
    case .segment(let key): return "segment \(key)"
    case .consent(let purpose, _): return "consent to \(purpose): \(answer(purpose))"
    case .orders(let orders): return self.orders(orders)
    case .trigger(let filters): return "the event that started the journey: \(Words.of(filters))"
    }
  }

  private func event(_ event: EventCondition) -> String {
    let name = Words.of(event.pattern)
    guard let window = event.window else {
      let count = numbers.first ?? 0
      guard count > 0 else { return "no \(name)" }
      return "\(name) \(Words.times(count))" + (last(event.pattern).map { ", last on \(date($0))" } ?? "")
    }
    let start = (explanation.now - window).milliseconds
    let count = numbers.reduce(0) { $0 + ($1 > start ? 1 : 0) }
    let time = last(event.pattern) ?? numbers.last
    let lastTime = time.map { ", last on \(date($0))" } ?? ""
    if count == 0 { return "no \(name) within \(window.text)\(lastTime)" }
    // A tracker keeps no more times than its conditions ask for.
    let isCut = count == numbers.count && event.count.most == .max
    return
      "\(name) \(isCut && count > 1 ? "at least " : "")\(Words.times(Int64(count))) within \(window.text)\(lastTime)"
  }

  /// When an event without filters happened last, from the person's counters.
  private func last(_ pattern: EventPattern) -> Int64? {
    guard pattern.filters.isEmpty, let symbol = explanation.symbols.find(pattern.event) else { return nil }
    return explanation.state.counters.first { $0.event == symbol }?.last.milliseconds
  }

  private func total(_ sum: SumCondition) -> String {
    guard let window = sum.window else { return Words.amount(numbers.first ?? 0) }
    let start = (explanation.now - window).milliseconds
    var total: Int64 = 0
    for index in stride(from: 0, to: numbers.count, by: 2) where numbers[index] > start {
      total &+= numbers[index + 1]
    }
    return Words.amount(total)
  }

  private func sequence(_ sequence: SequenceCondition) -> String {
    let steps = sequence.steps.map { Words.of($0) }.joined(separator: ", then ")
    let without = sequence.without.map { " without \(Words.of($0))" } ?? ""
    let happened = (numbers.first ?? 0) & SequenceTracker.isTrue != 0
    return "\(steps)\(Words.window(sequence.window))\(without): \(happened ? "yes" : "not yet")"
  }

  private func phase(_ key: String) -> String {
    let symbol = explanation.symbols.find(key)
    var phases: [String] = []
    for run in explanation.state.runs where run.journey == symbol {
      let word =
        switch run.phase {
        case .running: "running"
        case .finished: "finished"
        case .exited: "exited"
        case .heldOut: "held out"
        }
      if !phases.contains(word) { phases.append(word) }
    }
    return phases.isEmpty ? "never entered" : phases.joined(separator: ", ")
  }

  private func answer(_ purpose: String) -> String {
    switch explanation.state.answer(to: purposes(from: purpose).compactMap { explanation.symbols.find($0) }) {
    case true: return "granted"
    case false: return "refused"
    case nil: return "never asked"
    }
  }

  private func orders(_ orders: OrdersCondition) -> String {
    let code = orders.currency.flatMap { OrderTotals.currency($0) }
    let figure = explanation.state.orders.figure(orders.figure, currency: code)
    let unit = orders.currency.map { " in \($0)" } ?? ""
    return orders.figure == .count
      ? "orders\(unit): \(figure)" : "\(orders.figure.rawValue)\(unit): \(Words.amount(figure))"
  }

  private func date(_ milliseconds: Int64) -> String { Instant(milliseconds: milliseconds).text }
}
