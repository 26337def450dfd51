import RoostCore
import Segments

extension EventPattern {
  /// Whether every event that matches this one matches `other`. `false` also where that is not known.
  func implies(_ other: EventPattern, at now: Instant) -> Bool {
    guard event == other.event else { return false }
    return other.filters.allSatisfy { filter in
      let own = filters.filter { $0.property == filter.property }.flatMap(\.tests)
      return filter.tests.allSatisfy { test in
        if own.contains(test) { return true }
        let claims = own.map { ValueClaim(test: $0, holds: true) } + [ValueClaim(test: test, holds: false)]
        return ValueChoice.satisfying(claims, present: nil, at: now) == .impossible
      }
    }
  }

  /// Whether no event can match.
  func isImpossible(at now: Instant) -> Bool {
    Dictionary(grouping: filters, by: \.property).contains { _, tests in
      let claims = tests.flatMap(\.tests).map { ValueClaim(test: $0, holds: true) }
      return ValueChoice.satisfying(claims, present: nil, at: now) == .impossible
    }
  }

  /// Properties with which an event matches; `nil` if none are found.
  ///
  /// - Parameter more: further claims, by property.
  func witness(_ more: [String: [ValueClaim]] = [:], at now: Instant) -> [StoryInput.Field]? {
    var claims = more
    for filter in filters { claims[filter.property, default: []] += filter.tests.map { .init(test: $0, holds: true) } }
    var fields: [StoryInput.Field] = []
    for (property, claims) in claims.sorted(by: { $0.key < $1.key }) {
      guard case .value(let value) = ValueChoice.satisfying(claims, present: nil, at: now) else { return nil }
      if let value, value != .null { fields.append(.init(property, value)) }
    }
    return fields
  }

  /// Whether an event with these properties matches.
  func matches(_ event: String, _ properties: [StoryInput.Field], at now: Instant) -> Bool {
    guard event == self.event else { return false }
    return filters.allSatisfy { filter in
      let value = properties.first { $0.name == filter.property }?.value
      return filter.tests.allSatisfy { $0.passes(value, at: now) }
    }
  }
}
