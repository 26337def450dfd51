import Profiles
import RoostCore

/// What a decision rests on, for whoever asks why.
public struct GateEvidence: Sendable, Equatable {
  /// The answer that counted; `nil` if there is none, or none was needed.
  public var consent: Consent?
  /// The answer by which the consent was confirmed, where the workspace asks for that.
  public var confirmation: Consent?
  /// What is known against the address, if that decided.
  public var suppression: AddressSuppression?
  /// Whose clocks counted, and how that is known; `nil` if no rule asked.
  public var zone: PersonZone?
  /// The quiet hours in which the moment lies, or the next ones.
  public var quiet: QuietStanding?
  /// The caps that count such messages, as they stood before this one.
  public var caps: [CapStanding] = []
  /// The channel that the step asked for, if a cap put another in its place.
  public var replacedChannel: String?
  /// Of the policies' document; 0 if there is none.
  public var policiesVersion: UInt32 = 0

  public init(consent: Consent? = nil) { self.consent = consent }
}

/// One cap for one person at one moment.
public struct CapStanding: Sendable, Equatable {
  /// Its place in the policies.
  public var cap: Int
  /// Messages that it counts now.
  public var count: Int
  public var max: Int
  /// When there is a place: now, if there is one.
  public var freeAt: Instant

  public var isFull: Bool { count >= max }

  public init(cap: Int, count: Int, max: Int, freeAt: Instant) {
    self.cap = cap
    self.count = count
    self.max = max
    self.freeAt = freeAt
  }
}

/// Quiet hours of one person.
public struct QuietStanding: Sendable, Equatable {
  public var start: Instant
  public var end: Instant
  public init(start: Instant, end: Instant) {
    self.start = start
    self.end = end
  }
}

extension GateEvidence {
  /// The evidence in sentences, as a message's `why` has them.
  public func lines(policies: DeliveryPolicies) -> [String] {
    var lines: [String] = []
    if let confirmation, confirmation.isGranted { lines.append("confirmed at \(confirmation.at.text)") }
    if let zone { lines.append("time zone \(zone.rules.name), by \(zone.source.text)") }
    if let quiet { lines.append("quiet hours from \(quiet.start.text) to \(quiet.end.text)") }
    for standing in caps {
      let rule = policies.caps.indices.contains(standing.cap) ? policies.caps[standing.cap].text : ""
      let state = standing.isFull ? "full until \(standing.freeAt.text)" : "free"
      lines.append(
        "cap \(standing.cap + 1)\(rule.isEmpty ? "" : " (\(rule))"): \(standing.count) of \(standing.max), \(state)")
    }
    if policiesVersion > 0, zone != nil || !caps.isEmpty { lines.append("policies, version \(policiesVersion)") }
    if let replacedChannel { lines.append("instead of channel \(replacedChannel), whose cap is full") }
    if let suppression { lines.append("address \(suppression.cause.text) at \(suppression.at.text)") }
    return lines
  }
}

extension FrequencyCap {
  /// `3 per 7d, all`
  public var text: String {
    "\(max) per \(per.text)\(isCalendar ? " of the calendar" : ""), \(scope.text)"
  }
}

extension CapPeriod {
  /// The shortest form that reads the same: `7d`, `month`, `3 months`.
  public var text: String {
    switch unit {
    case .minute: "\(count)m"
    case .hour: "\(count)h"
    case .day: "\(count)d"
    case .week: "\(count)w"
    case .month: count == 1 ? "month" : "\(count) months"
    }
  }
}

extension CapScope {
  /// As the document has it.
  public var text: String {
    switch self {
    case .all: "all"
    case .channel(let name): "channel:\(name)"
    case .journey(let key): "journey:\(key)"
    case .label(let label): label
    case .each(let group): group.rawValue
    }
  }
}

extension AddressSuppression.Cause {
  var text: String {
    switch self {
    case .bounced: "refused for good"
    case .complained: "complained of"
    case .unsubscribed: "unsubscribed"
    case .manual: "put on the list"
    }
  }
}
