import Profiles
import RoostCore

extension MessageRecord {
  /// How it came to be, in sentences; what was noted besides comes last. Messages of earlier versions have kept theirs as they were.
  public var sentences: [String] {
    guard let reasons else { return why }
    var lines: [String] = []
    if !journey.isEmpty, let at = reasons.enteredAt {
      lines.append("journey \(journey), version \(version), step \(step), entry \(entry) of \(at.text)")
    }
    if let trigger = reasons.trigger {
      lines.append("triggered by \(trigger.event) (\(trigger.id)) of \(trigger.at.text)")
    }
    lines += reasons.consentLines(messageClass)
    lines += reasons.decisionLines
    switch (status, reason) {
    case (.held, let reason?):
      if let until = reasons.heldUntil { lines.append("held until \(until.text): \(reason.rawValue)") }
    case (.suppressed, let reason?): lines.append("suppressed: \(reason.rawValue)")
    default: break
    }
    if reasons.isMailbox { lines.append("no channel \(channel) is configured: the built-in mailbox keeps it") }
    return lines + why
  }
}

extension DecisionReasons {
  fileprivate func consentLines(_ messageClass: MessageClass) -> [String] {
    switch messageClass {
    case .transactional: return ["transactional: no consent is needed"]
    case .marketing: break
    }
    guard let consent else {
      let policy = consentPolicy?.rawValue ?? ConsentPolicy.explicit.rawValue
      return ["no answer about marketing is recorded; the workspace's policy is \(policy)"]
    }
    let wording = consent.textVersion.isEmpty ? "" : ", text \(consent.textVersion)"
    return [
      "consent \(consent.purpose) \(consent.isGranted ? "given" : "refused") at \(consent.at.text) by \(consent.source)"
        + wording
    ]
  }

  fileprivate var decisionLines: [String] {
    var lines: [String] = []
    if let confirmation, confirmation.isGranted { lines.append("confirmed at \(confirmation.at.text)") }
    for row in memberships { lines.append("\(row.isMember ? "in" : "not in") segment \(row.segment)") }
    if let zone { lines.append("time zone \(zone.name), by \(zone.source.text)") }
    if let quiet { lines.append("quiet hours from \(quiet.start.text) to \(quiet.end.text)") }
    for cap in caps {
      let state = cap.fullUntil.map { "full until \($0.text)" } ?? "free"
      let name = cap.number == 0 ? "the person's own cap" : "cap \(cap.number)"
      lines.append("\(name)\(cap.rule.isEmpty ? "" : " (\(cap.rule))"): \(cap.count) of \(cap.max), \(state)")
    }
    if policiesVersion > 0 { lines.append("policies, version \(policiesVersion)") }
    if !replacedChannel.isEmpty { lines.append("instead of channel \(replacedChannel), whose cap is full") }
    if let suppression { lines.append("address \(suppression.cause.text) at \(suppression.at.text)") }
    if let bestHour { lines.append(bestHour.line) }
    if let bestChannel { lines += bestChannel.lines }
    return lines
  }
}

extension JourneyRun.BestHour {
  fileprivate var line: String {
    switch basis {
    case .nothing: "best hour: too little is known (\(seen) hours seen), so it did not wait"
    case .person: "best hour \(at.text): \(share) of the person's \(seen) hours seen"
    case .segment: "best hour \(at.text): \(share) of the \(seen) hours seen of the segment"
    case .workspace: "best hour \(at.text): \(share) of the \(seen) hours seen of everybody"
    }
  }

  private var share: String { "\(permille / 10).\(permille % 10)%" }
}

extension BestChannel {
  fileprivate var lines: [String] {
    candidates.map { row in
      if let objection = row.objection { return "channel \(row.channel): not usable, \(objection.rawValue)" }
      let rate = "\(row.permille / 10).\(row.permille % 10)% expected to answer"
      return switch row.basis {
      case .person: "channel \(row.channel): \(rate), \(row.answered) of the person's \(row.sent) answered"
      case .segment: "channel \(row.channel): \(rate), as in the segment"
      case .workspace: "channel \(row.channel): \(rate), as in the workspace"
      case .nothing: "channel \(row.channel): \(rate), too little is known"
      }
    }
  }
}

extension AddressSuppression.Cause {
  fileprivate var text: String {
    switch self {
    case .bounced: "refused for good"
    case .complained: "complained of"
    case .unsubscribed: "unsubscribed"
    case .manual: "put on the list"
    }
  }
}
