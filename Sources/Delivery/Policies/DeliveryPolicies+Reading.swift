import RoostCore

extension DeliveryPolicies {
  /// Reads the document; a `Problem` names everything that is wrong with it.
  public init(json: JSONValue, version: UInt32 = 0) throws(Problem) {
    self.init()
    self.version = version
    var reader = PoliciesReader()
    guard let members = json.members else {
      throw .invalid("", "policies are an object with caps, quietHours and globalHoldout, not \(json.kind)")
    }
    reader.refuseOthers(
      members, at: "",
      known: ["caps", "quietHours", "globalHoldout", "doubleOptIn", "softBounces", "activity"], of: "policies have")
    caps = reader.caps(json["caps"])
    quietHours = reader.quietHours(json["quietHours"])
    globalHoldout = reader.holdout(json["globalHoldout"])
    (doubleOptIn, confirming) = reader.doubleOptIn(json["doubleOptIn"])
    softBounces = reader.softBounces(json["softBounces"])
    ignoredActivity = reader.ignoredActivity(json["activity"])
    observesActivity = json["activity"]?.members != nil
    guard reader.findings.isEmpty else {
      throw Problem(.invalid, "the policies cannot be used", findings: reader.findings)
    }
  }
}

struct PoliciesReader {
  var findings: [Problem.Finding] = []

  mutating func report(_ pointer: String, _ detail: String) {
    findings.append(.init(pointer: pointer, detail: detail))
  }

  mutating func refuseOthers(_ members: [JSONValue.Member], at pointer: String, known: [String], of what: String) {
    for member in members where !known.contains(member.key) {
      report(pointer + "/" + pointerToken(member.key), "\(what) \(known.joined(separator: ", "))")
    }
  }

  mutating func caps(_ json: JSONValue?) -> [FrequencyCap] {
    guard let json, json != .null else { return [] }
    guard let items = json.array else {
      report("/caps", "expected a list of caps, found \(json.kind)")
      return []
    }
    if items.count > DeliveryPolicies.capsMax {
      report("/caps", "\(items.count) caps are too many; at most \(DeliveryPolicies.capsMax)")
      return []
    }
    return items.enumerated().compactMap { index, item in cap(item, at: "/caps/\(index)") }
  }

  private mutating func cap(_ json: JSONValue, at pointer: String) -> FrequencyCap? {
    guard let members = json.members else {
      report(pointer, "a cap is an object such as {\"max\":3,\"per\":\"7d\",\"scope\":\"all\"}, not \(json.kind)")
      return nil
    }
    refuseOthers(members, at: pointer, known: ["max", "per", "scope", "window", "over"], of: "a cap has")
    let max = maximum(json["max"], at: pointer + "/max")
    let per = period(json["per"], at: pointer + "/per")
    let scope = scope(json["scope"], at: pointer + "/scope")
    let isCalendar = window(json["window"], at: pointer + "/window")
    let over = over(json["over"], at: pointer + "/over", mayReplace: true)
    guard let max, let per, let scope, let isCalendar, let over else { return nil }
    return FrequencyCap(max: max, per: per, scope: scope, isCalendar: isCalendar, over: over)
  }

  private mutating func maximum(_ json: JSONValue?, at pointer: String) -> Int? {
    if let number = json?.int, (1...Int64(DeliveryPolicies.maxMax)).contains(number) { return Int(number) }
    report(pointer, "expected a whole number from 1 to \(DeliveryPolicies.maxMax), found \(found(json))")
    return nil
  }

  private mutating func period(_ json: JSONValue?, at pointer: String) -> CapPeriod? {
    if let period = json?.string.flatMap({ CapPeriod(text: $0) }) { return period }
    report(
      pointer,
      "expected a number of minutes, hours, days, weeks or months up to a year, such as 30m, 24h, 7d, 2w "
        + "or month, found \(found(json))")
    return nil
  }

  private mutating func scope(_ json: JSONValue?, at pointer: String) -> CapScope? {
    guard let json else { return .all }
    if let scope = json.string.flatMap({ CapScope(text: $0) }) { return scope }
    if json.string == "class:transactional" {
      report(pointer, "transactional messages are never capped; leave the cap out")
    } else {
      report(
        pointer,
        "expected all, channel:KEY, class:marketing, journey:KEY, tag:X, advertiser:X or network; channel, "
          + "journey, tag and advertiser alone cap each of them, found \(found(json))")
    }
    return nil
  }

  private mutating func window(_ json: JSONValue?, at pointer: String) -> Bool? {
    guard let json else { return false }
    switch json.string {
    case "rolling": return false
    case "calendar": return true
    default:
      report(pointer, "expected rolling or calendar, found \(found(json))")
      return nil
    }
  }

  private mutating func over(_ json: JSONValue?, at pointer: String, mayReplace: Bool) -> OverRule? {
    guard let json else { return .hold }
    if let rule = OverRule(json: json), mayReplace || rule == .hold || rule == .skip { return rule }
    report(
      pointer,
      mayReplace
        ? "expected hold, skip or another channel such as {\"channel\":\"push\",\"template\":\"nudge\"}, found \(found(json))"
        : "expected hold or skip, found \(found(json))")
    return nil
  }

  mutating func quietHours(_ json: JSONValue?) -> QuietHours? {
    guard let json, json != .null else { return nil }
    let pointer = "/quietHours"
    guard let members = json.members else {
      report(pointer, "expected {\"from\":\"21:00\",\"to\":\"09:00\"}, found \(json.kind)")
      return nil
    }
    refuseOthers(members, at: pointer, known: ["from", "to", "over"], of: "quiet hours have")
    let from = time(json["from"], at: pointer + "/from")
    let to = time(json["to"], at: pointer + "/to")
    let over = over(json["over"], at: pointer + "/over", mayReplace: false)
    guard let from, let to, let over else { return nil }
    guard from != to else {
      report(
        pointer + "/to", "they end when they begin: the whole day would be quiet; leave them out, or pause journeys")
      return nil
    }
    return QuietHours(from: from, to: to, over: over)
  }

  private mutating func time(_ json: JSONValue?, at pointer: String) -> Int? {
    if let minute = json?.string.flatMap(minuteOfDay) { return minute }
    report(pointer, "expected a time of day from 00:00 to 23:59, such as 21:00, found \(found(json))")
    return nil
  }

  mutating func holdout(_ json: JSONValue?) -> Share {
    guard let json, json != .null else { return .none }
    guard let share = json.string.flatMap({ Share(text: $0) }) else {
      report("/globalHoldout", "expected a percentage such as 5% or 0%, found \(found(json))")
      return .none
    }
    return share
  }

  func found(_ json: JSONValue?) -> String {
    guard let json else { return "nothing" }
    return json.string.map { "\"\($0.prefix(40))\"" } ?? json.int.map { "\($0)" } ?? json.kind
  }
}

/// Reads `21:00`; `nil` for anything else.
private func minuteOfDay(_ text: String) -> Int? {
  let bytes = Array(text.utf8)
  guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
  var digits: [Int] = []
  for index in [0, 1, 3, 4] {
    guard (48...57).contains(bytes[index]) else { return nil }
    digits.append(Int(bytes[index] - 48))
  }
  let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
  return hour < 24 && minute < 60 ? hour * 60 + minute : nil
}

extension OverRule {
  /// Reads `hold`, `skip` or `{"channel": …, "template"?: …}`; `nil` for anything else.
  public init?(json: JSONValue) {
    if let text = json.string {
      switch text {
      case "hold": self = .hold
      case "skip": self = .skip
      default: return nil
      }
      return
    }
    guard let members = json.members, let channel = json["channel"]?.string, !channel.isEmpty,
      members.allSatisfy({ $0.key == "channel" || $0.key == "template" })
    else { return nil }
    if let template = json["template"], template.string?.isEmpty ?? true { return nil }
    self = .replace(channel: channel, template: json["template"]?.string)
  }
}
