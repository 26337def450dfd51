import RoostCore

extension PoliciesReader {
  private static let kinds = ChannelKind.allCases.filter { $0 != .webhook }

  /// `["email"]`, or `{"email": {"template": "please-confirm", "validFor": "7d", …}}`.
  mutating func doubleOptIn(_ json: JSONValue?) -> (Set<ChannelKind>, [ChannelKind: ConfirmationRule]) {
    guard let json, json != .null else { return ([], [:]) }
    let kinds = Self.kinds.map(\.rawValue).joined(separator: ", ")
    if let members = json.members {
      var rules: [ChannelKind: ConfirmationRule] = [:]
      for member in members {
        let pointer = "/doubleOptIn/" + pointerToken(member.key)
        guard let kind = ChannelKind(rawValue: member.key), Self.kinds.contains(kind) else {
          report(pointer, "expected one of \(kinds)")
          continue
        }
        if let rule = confirmation(member.value, at: pointer) { rules[kind] = rule }
      }
      return (Set(rules.keys), rules)
    }
    guard let items = json.array else {
      report(
        "/doubleOptIn", "expected a list of kinds of channels, of \(kinds), or an object of them, found \(found(json))")
      return ([], [:])
    }
    var found: Set<ChannelKind> = []
    for (index, item) in items.enumerated() {
      if let kind = item.string.flatMap({ ChannelKind(rawValue: $0) }) {
        found.insert(kind)
      } else {
        report("/doubleOptIn/\(index)", "expected one of \(kinds), found \(self.found(item))")
      }
    }
    return (found, [:])
  }

  private mutating func confirmation(_ json: JSONValue, at pointer: String) -> ConfirmationRule? {
    guard let members = json.members else {
      report(
        pointer,
        "expected an object such as {\"template\":\"please-confirm\",\"validFor\":\"7d\"}, found \(found(json))")
      return nil
    }
    refuseOthers(
      members, at: pointer, known: ["template", "send", "validFor", "resendAfter", "requestsMax"],
      of: "double opt-in has")
    var rule = ConfirmationRule()
    if let template = json["template"] {
      rule.template = template.string
      if template.string?.isEmpty ?? true { report(pointer + "/template", "expected a template's key") }
    }
    if let send = json["send"] {
      if let flag = send.bool { rule.isSent = flag } else { report(pointer + "/send", "expected true or false") }
    }
    rule.validFor = span(json["validFor"], at: pointer + "/validFor", max: .days(90)) ?? rule.validFor
    rule.resendAfter = span(json["resendAfter"], at: pointer + "/resendAfter", max: .days(30)) ?? rule.resendAfter
    if let most = json["requestsMax"] {
      if let number = most.int, (1...20).contains(number) {
        rule.requestsMax = Int(number)
      } else {
        report(pointer + "/requestsMax", "expected a whole number from 1 to 20, found \(found(most))")
      }
    }
    return rule
  }

  /// `{"max": 5, "within": "14d"}`; `false`: never.
  mutating func softBounces(_ json: JSONValue?) -> SoftBounceRule {
    var rule = SoftBounceRule()
    guard let json, json != .null else { return rule }
    if json.bool == false {
      rule.max = 0
      return rule
    }
    guard let members = json.members else {
      report("/softBounces", "expected {\"max\":5,\"within\":\"14d\"}, or false for never, found \(found(json))")
      return rule
    }
    refuseOthers(members, at: "/softBounces", known: ["max", "within"], of: "soft bounces have")
    if let most = json["max"] {
      if let number = most.int, (1...20).contains(number) {
        rule.max = Int(number)
      } else {
        report("/softBounces/max", "expected a whole number from 1 to 20, found \(found(most))")
      }
    }
    rule.window = span(json["within"], at: "/softBounces/within", max: .days(366)) ?? rule.window
    return rule
  }

  /// `{"ignore": ["Subscription Renewed"]}`.
  mutating func ignoredActivity(_ json: JSONValue?) -> Set<String> {
    guard let json, json != .null else { return [] }
    guard let members = json.members else {
      report("/activity", "expected {\"ignore\":[\"Subscription Renewed\"]}, found \(found(json))")
      return []
    }
    refuseOthers(members, at: "/activity", known: ["ignore"], of: "activity has")
    guard let list = json["ignore"] else { return [] }
    let names = list.array?.compactMap(\.string) ?? []
    if list.array == nil || names.count != list.array?.count || names.count > 100 {
      report("/activity/ignore", "expected a list of at most 100 names of events")
    }
    return Set(names.prefix(100))
  }

  private mutating func span(_ json: JSONValue?, at pointer: String, max: TimeSpan) -> TimeSpan? {
    guard let json else { return nil }
    if let span = json.string.flatMap({ TimeSpan(text: $0) }), span > .seconds(0), span <= max { return span }
    report(pointer, "expected a duration such as 2h or 7d, at most \(max.text), found \(found(json))")
    return nil
  }
}
