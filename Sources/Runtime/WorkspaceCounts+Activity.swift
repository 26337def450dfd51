import Delivery
import Profiles
import RoostCore

/// What totals of activity count of a person.
struct ActivityStanding: Equatable {
  var hours: ActivityHours
  var answers: [ChannelAnswers]
  var memberships: [UInt64]

  init(_ state: PersonState) {
    let memory = state.delivery
    hours = memory.hours
    answers = memory.answers
    memberships = state.memberships
  }

  fileprivate var isEmpty: Bool { hours.isEmpty && answers.isEmpty }
}

extension WorkspaceCounts {
  /// A person before and after a handling.
  mutating func moveActivity(from old: ActivityStanding, to new: ActivityStanding) {
    guard old != new else { return }
    count(old, by: -1)
    count(new, by: 1)
  }

  /// The list of a person's addresses that get nothing, as it is now.
  mutating func note(_ suppressions: [AddressSuppression], of person: PersonID) {
    guard !suppressions.isEmpty || !suppressed.isEmpty else { return }
    note(suppressed: person, !suppressions.isEmpty)
  }

  mutating func note(suppressed person: PersonID, _ isSuppressed: Bool) {
    if isSuppressed { suppressed.insert(person) } else { suppressed.remove(person) }
  }

  /// Counts a person in or out who is remembered for messages.
  mutating func count(_ state: PersonState, _ memory: DeliveryMemory, by amount: Int) {
    count(ActivityStanding(state), by: amount)
    if !memory.suppressions.isEmpty { note(suppressed: state.id, amount > 0) }
  }

  /// Counts a person in or out, in all of their segments.
  mutating func count(_ standing: ActivityStanding, by amount: Int) {
    guard !standing.isEmpty else { return }
    activity.add(standing.hours, standing.answers, sign: amount)
    for (word, bits) in standing.memberships.enumerated() where bits != 0 {
      var rest = bits
      while rest != 0 {
        segmentActivity[word * 64 + rest.trailingZeroBitCount, default: ActivityTotals()]
          .add(standing.hours, standing.answers, sign: amount)
        rest &= rest - 1
      }
    }
  }
}
