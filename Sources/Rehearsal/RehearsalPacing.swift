import RoostCore

/// What the journeys' rates make of the messages: hand-offs follow each other at even distances, first come first served.
/// Decisions do not know of it.
public struct RehearsalPacing: Sendable, Equatable {
  public struct Journey: Sendable, Equatable {
    /// When the next message may go, in microseconds since 1970.
    var next: Int64 = .min
    public internal(set) var delayed = 0
    public internal(set) var longestDelay = TimeSpan(milliseconds: 0)
    /// The last hand-off.
    public internal(set) var lastAt = Instant.distantPast
  }

  private let steps: [Int64?]
  public private(set) var journeys: [Journey]

  /// `nil` if no journey has a rate.
  public init?(_ plan: RehearsalPlan) {
    steps = plan.journeys.map { journey in
      journey.rate.map { max(1, $0.milliseconds * 1_000 / Int64($0.messages)) }
    }
    journeys = plan.journeys.map { _ in Journey() }
    guard steps.contains(where: { $0 != nil }) else { return nil }
  }

  /// When a message goes out; messages must come by `scheduledAt`.
  public mutating func pace(journey: Int, _ scheduledAt: Instant) -> Instant {
    guard let step = steps[journey] else { return scheduledAt }
    let wanted = scheduledAt.milliseconds * 1_000
    let at = max(wanted, journeys[journey].next)
    journeys[journey].next = at + step
    let sentAt = Instant(milliseconds: at / 1_000)
    journeys[journey].lastAt = max(journeys[journey].lastAt, sentAt)
    if sentAt > scheduledAt {
      journeys[journey].delayed += 1
      journeys[journey].longestDelay = max(journeys[journey].longestDelay, sentAt - scheduledAt)
    }
    return sentAt
  }

  func json(_ plan: RehearsalPlan) -> JSONValue {
    .array(
      plan.journeys.indices.filter { steps[$0] != nil }.map { place in
        let journey = journeys[place]
        return [
          "journey": .string(plan.journeys[place].key), "delayed": .int(Int64(journey.delayed)),
          "longestDelay": .string(journey.longestDelay.text),
          "lastAt": journey.lastAt == .distantPast ? .null : .string(journey.lastAt.text),
        ]
      })
  }
}
