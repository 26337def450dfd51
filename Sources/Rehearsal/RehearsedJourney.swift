import Engine
import Journeys
import RoostCore

/// A journey that takes part in a rehearsal.
public struct RehearsedJourney: Sendable, Equatable {
  public var key: String
  public var name: String
  /// Rehearsed; otherwise a published one that competes with those.
  public var isDraft: Bool
  /// The version that people enter in the period.
  public var version: UInt32
  /// The steps of all versions that somebody may be in, each id once.
  public var steps: [Step]
  /// How many messages may be handed over in how many milliseconds.
  public var rate: Rate?
  /// By version: the place in `steps` of each of its places.
  var places: [UInt32: [Int]]

  public struct Step: Sendable, Equatable {
    public var id: String
    /// The word it is written with: `wait`, `send`…
    public var kind: String
  }

  public struct Rate: Sendable, Equatable {
    public var messages: Int
    public var milliseconds: Int64
  }

  /// The place in `steps` of a version's place; `nil` for none.
  func step(_ place: UInt32?, of version: UInt32) -> Int? {
    guard let place, let steps = places[version], Int(place) < steps.count else { return nil }
    return steps[Int(place)]
  }

  func step(named id: String) -> Int? { steps.firstIndex { $0.id == id } }

  init(_ definition: JourneyDefinition, versions: [CompiledJourney], published: UInt32, isDraft: Bool) {
    key = definition.key
    name = definition.name
    self.isDraft = isDraft
    version = published
    steps = []
    places = [:]
    rate = Self.rate(definition.json["rate"]?.string)
    // The version that people enter first: its order is the one to show.
    for compiled in versions.sorted(by: { a, b in
      (a.version == published ? 0 : 1, a.version) < (b.version == published ? 0 : 1, b.version)
    }) {
      places[compiled.version] = compiled.places.map { place in
        if let known = step(named: place.id) { return known }
        steps.append(Step(id: place.id, kind: place.kind))
        return steps.count - 1
      }
    }
  }

  /// `600/min`, as a journey's `rate` is written.
  private static func rate(_ text: String?) -> Rate? {
    guard let parts = text?.split(separator: "/"), parts.count == 2, let count = Int(parts[0]), count > 0 else {
      return nil
    }
    let spans: [Substring: Int64] = ["s": 1_000, "min": 60_000, "h": 3_600_000]
    return spans[parts[1]].map { Rate(messages: count, milliseconds: $0) }
  }
}
