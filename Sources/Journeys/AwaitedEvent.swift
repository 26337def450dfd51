import Events
import Profiles
import RoostCore
import Segments

/// What a `waitFor` waits for, ready to compare.
struct AwaitedEvent: Sendable {
  var match: EventMatcher
  /// The step whose message the event must be about.
  var of: String?
  var correlations: [Correlation]
  var window: TimeSpan?
  var names: Names

  /// A property of the event that must equal one of the event that started the run.
  struct Correlation: Sendable {
    var property: Symbol
    var trigger: Symbol
  }

  /// What events about messages say them by.
  struct Names: Sendable {
    var messageID: Symbol
    var journey: Symbol
    var step: Symbol
  }

  /// Whether an event answers a run that waits for it.
  ///
  /// - Parameter journey: the journey's key.
  func isAnswered(by event: EventView, _ run: JourneyRun, of person: PersonState, journey: String) -> Bool {
    guard match.matches(event), event.timestamp >= run.began else { return false }
    if let of, !isAbout(event, step: of, run, person, journey) { return false }
    guard !correlations.isEmpty else { return true }
    guard !run.trigger.isEmpty else { return false }
    return run.trigger.withUnsafeBytes { bytes in
      let trigger = EventView(trusted: bytes)
      return correlations.allSatisfy { correlation in
        guard let own = event.field(.property, correlation.property),
          let other = trigger.field(.property, correlation.trigger)
        else { return false }
        return own.isEqual(to: other)
      }
    }
  }

  /// By the message's id, or by journey and step where the sender knows no ids.
  private func isAbout(
    _ event: EventView, step: String, _ run: JourneyRun, _ person: PersonState, _ journey: String
  ) -> Bool {
    if let field = event.field(.property, names.messageID) {
      return field.isText(run.intentID(of: step, journey: journey, person: person).text)
    }
    return event.field(.property, names.journey)?.isText(journey) == true
      && event.field(.property, names.step)?.isText(step) == true
  }
}

extension EventField {
  /// The same kind and the same value; nothing equals a missing value.
  func isEqual(to other: EventField) -> Bool {
    guard tag == other.tag, tag != .null else { return false }
    if tag == .number { return Double(bitPattern: bits) == Double(bitPattern: other.bits) }
    return bytes.elementsEqual(other.bytes)
  }

  func isText(_ text: String) -> Bool { tag == .string && bytes.elementsEqual(text.utf8) }
}

extension JourneyRun {
  /// When what the journey is about began: the time of the event that started it, else of entering. What happened before
  /// that, and comes late, is no answer to it.
  var began: Instant {
    guard !trigger.isEmpty else { return enteredAt }
    return trigger.withUnsafeBytes { EventView(trusted: $0).timestamp }
  }

  /// The name of a step's message in this run.
  func intentID(of step: String, journey: String, person: PersonState) -> IntentID {
    IntentID(
      workspace: person.workspace, person: naming?.person ?? person.id, journey: journey,
      version: naming?.version ?? version, step: step, entry: naming?.entry ?? entries)
  }
}
