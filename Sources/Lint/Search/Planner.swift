import Profiles
import RoostCore
import Segments

/// Turns literals that are to hold at some moment into calls that a person might make before it.
///
/// It proposes; whether the calls do what they should, the engine says.
struct Planner {
  /// More events than this for one condition are not tried.
  private static let eventsMax = 60

  let moment: Instant
  /// Calls lie after this.
  let earliest: Instant
  /// What was done already.
  let inputs: [StoryInput]
  /// The present value of a trait.
  let trait: (String) -> Value?
  /// Traits that are not for a person's calls to set.
  var ownedTraits: Set<String> = []
  /// An event that happens at the moment itself: the one that starts the journey.
  var trigger: (event: String, properties: [StoryInput.Field])?

  /// The calls in the order of their times; `nil` if no way is known.
  func calls(for literals: [Literal]) -> [StoryInput]? {
    guard let changes = traits(literals), let events = events(literals) else { return nil }
    var answers: [StoryInput.Answer] = []
    for literal in literals {
      guard case .consent(let purpose, let isGranted) = literal.condition else { continue }
      answers.append(.init(purpose: purpose, isGranted: isGranted == literal.holds))
    }
    var calls = events
    if !changes.isEmpty || !answers.isEmpty {
      // Before the events: what somebody is comes before what they do.
      let first = min(events.first?.at ?? moment, moment)
      calls.insert(.identify(changes, consents: answers, at: max(earliest, first - Self.step)), at: 0)
    }
    return calls
  }

  private static let step = TimeSpan.seconds(1)

  private func traits(_ literals: [Literal]) -> [StoryInput.Field]? {
    var claims: [String: [ValueClaim]] = [:]
    var ignored: [String: [ValueClaim]] = [:]
    for literal in literals { literal.collect(traits: &claims, trigger: &ignored) }
    var changes: [StoryInput.Field] = []
    for (name, claims) in claims.sorted(by: { $0.key < $1.key }) {
      let present = trait(name)
      guard case .value(let value) = ValueChoice.satisfying(claims, present: present, at: moment) else { return nil }
      guard (value ?? .null) != (present ?? .null) else { continue }
      guard !ownedTraits.contains(name) else { return nil }
      changes.append(.init(name, value ?? .null))
    }
    return changes
  }

  // MARK: Events

  /// Events that must have happened, at least so many of them in a window.
  private struct Need {
    var pattern: EventPattern
    var count: Int64
    /// Milliseconds; `.max`: ever.
    var window: Int64 = .max
    var claims: [String: [ValueClaim]] = [:]
    /// Not later than this.
    var before: Instant?
    /// Not earlier than this.
    var after: Instant?
  }

  /// At most so many events in a window.
  private struct Limit {
    var pattern: EventPattern
    var most: Int64
    var window: Int64 = .max
  }

  private func events(_ literals: [Literal]) -> [StoryInput]? {
    var planned: [StoryInput] = []
    let limits = literals.flatMap(limits)
    for literal in literals where literal.holds {
      if case .sequence(let sequence) = literal.condition {
        guard let calls = self.sequence(sequence) else { return nil }
        planned += calls
      }
    }
    for need in literals.flatMap(needs).sorted(by: { $0.window < $1.window }) {
      guard let calls = place(need, limits, beside: planned) else { return nil }
      planned += calls
    }
    return planned.sorted { $0.at < $1.at }
  }

  private func needs(_ literal: Literal) -> [Need] {
    guard literal.holds else { return [] }
    switch literal.condition {
    case .event(let event) where event.count.least > 0:
      return [Need(pattern: event.pattern, count: event.count.least, window: event.window?.milliseconds ?? .max)]
    case .occurrence(let occurrence):
      return [
        Need(
          pattern: occurrence.pattern, count: 1, window: occurrence.window?.milliseconds ?? .max,
          before: occurrence.before, after: occurrence.after)
      ]
    case .sum(let sum) where sum.range.least > 0 || sum.range.most < 0:
      let amount = Double(sum.range.least > 0 ? sum.range.least : sum.range.most) / 1_000_000
      let claim = ValueClaim(test: .oneOf([.number(amount)]), holds: true)
      return [
        Need(
          pattern: sum.pattern, count: 1, window: sum.window?.milliseconds ?? .max, claims: [sum.property: [claim]])
      ]
    case .orders(let orders): return need(orders).map { [$0] } ?? []
    default: return []
    }
  }

  private func need(_ orders: OrdersCondition) -> Need? {
    guard orders.range.least > 0 else { return nil }
    var claims: [String: [ValueClaim]] = [:]
    if let currency = orders.currency {
      claims["currency"] = [.init(test: .oneOf([.text(currency)]), holds: true)]
    }
    if orders.figure != .count {
      claims["total"] = [.init(test: .oneOf([.number(Double(orders.range.least) / 1_000_000)]), holds: true)]
    }
    return Need(
      pattern: EventPattern(event: "Order Completed"), count: orders.figure == .count ? orders.range.least : 1,
      claims: claims)
  }

  private func limits(_ literal: Literal) -> [Limit] {
    switch literal.condition {
    case .event(let event) where literal.holds && event.count.most < .max:
      [Limit(pattern: event.pattern, most: event.count.most, window: event.window?.milliseconds ?? .max)]
    case .occurrence(let occurrence) where !literal.holds && occurrence.before == nil && occurrence.after == nil:
      [Limit(pattern: occurrence.pattern, most: 0, window: occurrence.window?.milliseconds ?? .max)]
    case .sequence(let sequence) where literal.holds:
      sequence.without.map { [Limit(pattern: $0, most: 0)] } ?? []
    default: []
    }
  }

  private func count(_ pattern: EventPattern, _ window: Int64, _ planned: [StoryInput]) -> Int64 {
    var count: Int64 = 0
    for input in inputs + planned where (moment - input.at).milliseconds < window {
      if case .track(let event, let properties) = input.call, pattern.matches(event, properties, at: moment) {
        count += 1
      }
    }
    if let trigger, pattern.matches(trigger.event, trigger.properties, at: moment) { count += 1 }
    return count
  }

  /// As many events as are missing, at the latest time that no limit forbids.
  private func place(_ need: Need, _ limits: [Limit], beside planned: [StoryInput]) -> [StoryInput]? {
    let missing = max(need.claims.isEmpty ? 0 : 1, need.count - count(need.pattern, need.window, planned))
    guard missing > 0 else { return [] }
    guard missing <= Self.eventsMax, let properties = need.pattern.witness(need.claims, at: moment) else { return nil }
    for age in ages(need, limits) {
      let last = moment - TimeSpan(milliseconds: age)
      let calls = (0..<missing).map { number in
        StoryInput.track(
          need.pattern.event, properties,
          at: last - TimeSpan(milliseconds: (missing - 1 - number) * min(1_000, max(1, age / (2 * missing)))))
      }
      let isFitting = calls.allSatisfy { call in
        call.at > earliest && (moment - call.at).milliseconds < need.window && need.before.map { call.at < $0 } ?? true
          && need.after.map { call.at >= $0 } ?? true
      }
      if isFitting, limits.allSatisfy({ count($0.pattern, $0.window, planned + calls) <= $0.most }) { return calls }
    }
    return nil
  }

  /// How long before the moment: just before, or just outside of a window in which it must not be.
  private func ages(_ need: Need, _ limits: [Limit]) -> [Int64] {
    let gap = (moment - earliest).milliseconds
    var ages = [min(1_000, max(1, gap / 4))]
    for limit in limits where limit.window < .max { ages += [limit.window, limit.window + 1_000] }
    if let before = need.before { ages.append((moment - before).milliseconds + 3_600_000) }
    if let after = need.after { ages.append((moment - after).milliseconds) }
    return ages.filter { $0 > 0 }.sorted()
  }

  private func sequence(_ sequence: SequenceCondition) -> [StoryInput]? {
    let gap = (moment - earliest).milliseconds
    let spacing = min(1_000, max(1, min(gap, sequence.window?.milliseconds ?? .max) / Int64(2 * sequence.steps.count)))
    var calls: [StoryInput] = []
    for (index, pattern) in sequence.steps.enumerated() {
      guard let properties = pattern.witness(at: moment) else { return nil }
      let age = Int64(sequence.steps.count - index) * spacing
      calls.append(.track(pattern.event, properties, at: moment - TimeSpan(milliseconds: age)))
    }
    return calls.allSatisfy { $0.at > earliest } ? calls : nil
  }
}
