import Events
import Synchronization

/// Counters that any thread may raise, shown at `/metrics` in Prometheus' text format.
public final class Metrics: Sendable {
  /// What is counted, with its Prometheus name and help.
  public enum Counter: Int, CaseIterable, Sendable {
    case eventsAccepted, eventsRepeated, callsRefused, commits, commitMicroseconds, logBytes, messagesScheduled
    case messagesSent, messagesSuppressed, messagesFailed, messagesAmbiguous, membershipChanges, dueHandled
    case checkpoints, identityRefusals, peopleMerged, eventsErased, feedbackDropped
    case broadcastTurns, broadcastMismatches

    var name: String {
      switch self {
      case .eventsAccepted: "roost_events_accepted_total"
      case .eventsRepeated: "roost_events_repeated_total"
      case .callsRefused: "roost_calls_refused_total"
      case .commits: "roost_commits_total"
      case .commitMicroseconds: "roost_commit_microseconds_total"
      case .logBytes: "roost_log_bytes_total"
      case .messagesScheduled: "roost_messages_scheduled_total"
      case .messagesSent: "roost_messages_sent_total"
      case .messagesSuppressed: "roost_messages_suppressed_total"
      case .messagesFailed: "roost_messages_failed_total"
      case .messagesAmbiguous: "roost_messages_ambiguous_total"
      case .membershipChanges: "roost_segment_changes_total"
      case .dueHandled: "roost_wakeups_total"
      case .checkpoints: "roost_checkpoints_total"
      case .identityRefusals: "roost_identity_refusals_total"
      case .peopleMerged: "roost_people_merged_total"
      case .eventsErased: "roost_events_erased_total"
      case .feedbackDropped: "roost_feedback_dropped_total"
      case .broadcastTurns: "roost_broadcast_turns_total"
      case .broadcastMismatches: "roost_broadcast_mismatches_total"
      }
    }

    var help: String {
      switch self {
      case .eventsAccepted: "Events stored"
      case .eventsRepeated: "Events whose messageId was known: acknowledged, changed nothing"
      case .callsRefused: "Calls answered 429 because too much was waiting"
      case .commits: "Group commits"
      case .commitMicroseconds: "Time spent in group commits, microseconds"
      case .logBytes: "Bytes appended to the log"
      case .messagesScheduled: "Message intents"
      case .messagesSent: "Messages handed over"
      case .messagesSuppressed: "Messages not sent, by a rule"
      case .messagesFailed: "Messages refused for good"
      case .messagesAmbiguous: "Messages whose outcome a server hid"
      case .membershipChanges: "People entering or leaving a segment"
      case .dueHandled: "Wake-ups handled"
      case .checkpoints: "Checkpoints completed"
      case .identityRefusals: "Identifiers left with their present owner"
      case .peopleMerged: "People merged into another"
      case .eventsErased: "Events of erased people that came again and were dropped"
      case .broadcastTurns: "People who had their turn in a broadcast"
      case .broadcastMismatches: "Broadcasts whose counts were not those of their messages; should be 0"
      case .feedbackDropped: "Openings and clicks that came faster than they could be recorded"
      }
    }
  }

  private final class Cell: Sendable {
    let value = Atomic<Int>(0)
  }
  private let cells = Counter.allCases.map { _ in Cell() }
  private let drops = DropReason.allCases.map { _ in Cell() }
  /// How long after its time a wake-up was handled.
  public let wakeupLateness = Histogram(
    name: "roost_wakeup_lateness_seconds", help: "How long after its time a person was looked at",
    bounds: [10, 50, 100, 250, 500, 1_000, 2_000, 5_000, 30_000, 300_000])

  public init() {}

  public func add(_ counter: Counter, _ amount: Int = 1) {
    cells[counter.rawValue].value.add(amount, ordering: .relaxed)
  }

  public func drop(_ reason: DropReason, _ amount: Int = 1) {
    if let place = DropReason.allCases.firstIndex(of: reason) { drops[place].value.add(amount, ordering: .relaxed) }
  }

  public func value(_ counter: Counter) -> Int { cells[counter.rawValue].value.load(ordering: .relaxed) }

  /// All counters, then `gauges`, in Prometheus' text exposition format 0.0.4.
  public func text(gauges: [(name: String, help: String, value: Double)]) -> String {
    var text = ""
    for counter in Counter.allCases {
      text +=
        "# HELP \(counter.name) \(counter.help)\n# TYPE \(counter.name) counter\n\(counter.name) \(value(counter))\n"
    }
    text +=
      "# HELP roost_events_dropped_total Events not accepted, by reason\n# TYPE roost_events_dropped_total counter\n"
    for (place, reason) in DropReason.allCases.enumerated() {
      text +=
        "roost_events_dropped_total{reason=\"\(reason.rawValue)\"} \(drops[place].value.load(ordering: .relaxed))\n"
    }
    text += wakeupLateness.text
    for gauge in gauges {
      text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n\(gauge.name) \(gauge.value)\n"
    }
    return text
  }
}
