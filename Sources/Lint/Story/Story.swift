import RoostCore

/// A short story that makes a finding happen: what somebody does, and what one sees then, in order of time.
///
/// Told to a sandbox (move the clock to `at`, make the call), it ends in the same messages.
public struct Story: Sendable, Equatable {
  let person: StoryPerson
  /// The journeys that are published where it is told.
  public let journeys: Set<String>
  /// The steps whose reaching is told, as `journey/step`.
  let steps: Set<String>
  let inputs: [StoryInput]
  let outcomes: [Outcome]
  /// How far it is told.
  let toldUntil: Instant

  /// What one sees.
  struct Outcome: Sendable, Equatable {
    enum What: Sendable, Equatable {
      case enters(journey: String)
      case reaches(journey: String, step: String)
      case leaves(journey: String, why: String)
      case message(journey: String, step: String, template: String, status: String, reason: String?)
    }
    var at: Instant
    var what: What
  }

  /// At the same moment what is done comes before what is seen.
  var json: [JSONValue] {
    var items: [(at: Instant, json: JSONValue)] = []
    var rest = outcomes[...]
    for input in inputs {
      while let outcome = rest.first, outcome.at < input.at {
        items.append((outcome.at, outcome.json))
        rest.removeFirst()
      }
      items.append((input.at, input.json(by: person)))
    }
    for outcome in rest { items.append((outcome.at, outcome.json)) }
    return items.map(\.json)
  }
}

extension Story.Outcome {
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("at", .string(at.text))]
    func add(_ name: String, _ text: String) { members.append(.init(name, .string(text))) }
    switch what {
    case .enters(let journey): add("enters", journey)
    case .reaches(let journey, let step): add("reaches", "\(journey)/\(step)")
    case .leaves(let journey, let why):
      add("leaves", journey)
      add("why", why)
    case .message(let journey, let step, let template, let status, let reason):
      add("message", "\(journey)/\(step)")
      add("template", template)
      add("status", status)
      if let reason { add("reason", reason) }
    }
    return .object(members)
  }
}
