import Profiles
import RoostCore

extension DecisionReasons {
  /// The reasons as members of a record that others read; what there is none of is absent. Whole numbers only, so that its
  /// canonical form (RFC 8785) has the same bytes everywhere.
  public var json: JSONValue {
    var members: [JSONValue.Member] = []
    func add(_ name: String, _ value: JSONValue?) { if let value { members.append(.init(name, value)) } }
    func text(_ text: String) -> JSONValue? { text.isEmpty ? nil : .string(text) }
    add("enteredAt", enteredAt.map { .string($0.text) })
    add("trigger", trigger.map { ["event": .string($0.event), "id": .string($0.id), "at": .string($0.at.text)] })
    if !memberships.isEmpty {
      add("segments", .object(memberships.map { .init($0.segment, .bool($0.isMember)) }))
    }
    add("consentPolicy", consentPolicy.map { .string($0.rawValue) })
    add("consent", consent?.json)
    add("confirmation", confirmation?.json)
    add("suppression", suppression?.json)
    add("zone", zone.map { ["name": .string($0.name), "source": .string($0.source.rawValue)] })
    add("quietHours", quiet.map { ["from": .string($0.start.text), "to": .string($0.end.text)] })
    if !caps.isEmpty { add("caps", .array(caps.map(\.json))) }
    if policiesVersion > 0 { add("policiesVersion", .int(Int64(policiesVersion))) }
    add("insteadOf", text(replacedChannel))
    add("bestHour", bestHour?.json)
    add("bestChannel", bestChannel?.json)
    add("language", text(language))
    if !holdout.isEmpty || !globalHoldout.isEmpty {
      add(
        "holdout",
        .object(
          [("journey", holdout), ("global", globalHoldout)].filter { !$0.1.isEmpty }
            .map { .init($0.0, .string($0.1)) }))
    }
    add("heldUntil", heldUntil.map { .string($0.text) })
    if isMailbox { add("mailbox", .bool(true)) }
    // A number of 64 bits is beyond what JSON's readers keep exact.
    add("seed", .string(PersonID(seed).text))
    return .object(members)
  }
}

extension DecisionReasons.Receipt {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("purpose", .string(purpose)), .init("granted", .bool(isGranted)), .init("at", .string(at.text)),
      .init("source", .string(source)),
    ]
    if !textVersion.isEmpty { members.append(.init("textVersion", .string(textVersion))) }
    return .object(members)
  }
}

extension DecisionReasons.Suppression {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [.init("cause", .string(cause.name)), .init("at", .string(at.text))]
    if let message { members.append(.init("message", .string(message.text))) }
    return .object(members)
  }
}

extension DecisionReasons.Cap {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = []
    if number > 0 {
      members.append(.init("cap", .int(Int64(number))))
    } else {
      members.append(.init("own", .bool(true)))
    }
    if !rule.isEmpty { members.append(.init("rule", .string(rule))) }
    members += [.init("count", .int(Int64(count))), .init("max", .int(Int64(max)))]
    if let fullUntil { members.append(.init("fullUntil", .string(fullUntil.text))) }
    return .object(members)
  }
}

extension JourneyRun.BestHour {
  fileprivate var json: JSONValue {
    [
      "at": .string(at.text), "basis": .string(basis.name), "sharePermille": .int(Int64(permille)),
      "hoursSeen": .int(Int64(seen)),
    ]
  }
}

extension BestChannel {
  fileprivate var json: JSONValue {
    .array(
      candidates.map { row in
        var members: [JSONValue.Member] = [.init("channel", .string(row.channel))]
        if let objection = row.objection {
          members.append(.init("objection", .string(objection.rawValue)))
        } else {
          members += [
            .init("basis", .string(row.basis.name)), .init("ratePermille", .int(Int64(row.permille))),
            .init("sent", .int(Int64(row.sent))), .init("answered", .int(Int64(row.answered))),
          ]
        }
        return .object(members)
      })
  }
}

extension AddressSuppression.Cause {
  /// The word for it in lists and records that others read.
  public var name: String {
    switch self {
    case .bounced: "bounced"
    case .complained: "complained"
    case .unsubscribed: "unsubscribed"
    case .manual: "manual"
    }
  }

  public init?(name: String) {
    guard let cause = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = cause
  }
}
