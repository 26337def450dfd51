import RoostCore

/// Who is meant: what segments, branches and exits of journeys are written in. Names are still text; compiling turns
/// them into symbols. `docs/segments.md` says exactly what each form means.
public indirect enum Expression: Hashable, Sendable {
  case all([Expression])
  case any([Expression])
  case not(Expression)
  case condition(Condition)

  /// How deep `all`, `any` and `not` may nest.
  public static let depthMax = 16
  /// How many conditions one expression may have, those of the segments it refers to included.
  public static let conditionsMax = 256
}

/// One statement about a person.
public enum Condition: Hashable, Sendable {
  case event(EventCondition)
  case occurrence(OccurrenceCondition)
  case sum(SumCondition)
  case sequence(SequenceCondition)
  case trait(TraitCondition)
  case journey(key: String, state: JourneyState)
  case segment(key: String)
  case consent(purpose: String, isGranted: Bool)
  case orders(OrdersCondition)
  /// On the event that started the journey; journeys only.
  case trigger([PropertyTest])
}

extension Expression {
  /// Every condition, from left to right; those of a referenced segment are not followed.
  public var conditions: [Condition] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.conditions)
    case .not(let part): part.conditions
    case .condition(let condition): [condition]
    }
  }

  /// The keys of the segments it refers to, each once, in order of appearance.
  public var referencedSegments: [String] {
    var keys: [String] = []
    for case .segment(let key) in conditions where !keys.contains(key) { keys.append(key) }
    return keys
  }

  /// The keys of the journeys it refers to, each once, in order of appearance.
  public var referencedJourneys: [String] {
    var keys: [String] = []
    for case .journey(let key, _) in conditions where !keys.contains(key) { keys.append(key) }
    return keys
  }
}
