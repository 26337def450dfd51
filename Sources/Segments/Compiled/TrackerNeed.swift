import RoostCore

/// What a condition needs to be remembered about a person.
struct TrackerNeed: Sendable {
  enum Kind: Sendable {
    case count
    case first
    case times
    case total(property: String)
    case amounts(property: String)
    case sequence(SequenceCondition)
  }
  var kind: Kind
  /// The events that count; for a sequence its steps, then `not`.
  var patterns: [EventPattern]
  var meaning: String
  var capacity: Int64 = 0
  /// Given by the registry.
  var slot: UInt32 = 0

  /// `nil` for conditions that rest on other parts of the state.
  init?(_ condition: Condition) {
    switch condition {
    case .event(let event) where event.window == nil:
      self.init(.count, [event.pattern], Meaning.of("count", event.pattern))
    case .event(let event):
      self.init(.times, [event.pattern], Meaning.of("times", event.pattern))
      let most = event.count.most == .max ? 0 : event.count.most + 1
      capacity = RecentTracker.capacity(max(event.count.least, most))
    case .occurrence(let occurrence) where occurrence.which == .first:
      self.init(.first, [occurrence.pattern], Meaning.of("first", occurrence.pattern))
    case .occurrence(let occurrence):
      self.init(.times, [occurrence.pattern], Meaning.of("times", occurrence.pattern))
      capacity = 1
    case .sum(let sum):
      let isWindowed = sum.window != nil
      self.init(
        isWindowed ? .amounts(property: sum.property) : .total(property: sum.property), [sum.pattern],
        Meaning.of(isWindowed ? "amounts" : "total", sum.property, sum.pattern))
      capacity = sum.window?.milliseconds ?? 0
    case .sequence(let sequence):
      let without = sequence.without.map { [$0] } ?? []
      self.init(.sequence(sequence), sequence.steps + without, Meaning.of(sequence))
    default: return nil
    }
  }

  private init(_ kind: Kind, _ patterns: [EventPattern], _ meaning: String) {
    self.kind = kind
    self.patterns = patterns
    self.meaning = meaning
  }
}
