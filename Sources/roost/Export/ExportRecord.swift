import RoostCore

/// The records of an export, in the shape that an import takes.
enum ExportRecord {
  /// A person: identifiers, traits, consents.
  static func person(_ document: JSONValue) -> JSONValue {
    var members: [JSONValue.Member] = []
    for name in ["userId", "email", "phone"] {
      if let value = document[name] { members.append(.init(name, value)) }
    }
    let anonymous = document["anonymousIds"]?.array ?? []
    if !anonymous.isEmpty { members.append(.init("anonymousIds", .array(anonymous))) }
    if let createdAt = document["createdAt"] { members.append(.init("createdAt", createdAt)) }
    let traits = document["traits"]?.members ?? []
    members.append(.init("traits", .object(traits.filter { !["email", "phone", "createdAt"].contains($0.key) })))
    let consents = (document["consents"]?.array ?? []).compactMap { receipt -> JSONValue.Member? in
      guard let purpose = receipt["purpose"]?.string, let granted = receipt["granted"] else { return nil }
      return .init(purpose, granted)
    }
    if !consents.isEmpty { members.append(.init("consents", .object(consents))) }
    return .object(members)
  }

  /// An event of a person's timeline, as the call that would bring it.
  static func event(_ item: JSONValue, of person: JSONValue) -> JSONValue {
    let type = item["type"]?.string ?? "track"
    let isConsent = type == "consent"
    let isIdentify = type == "identify" || isConsent
    var members: [JSONValue.Member] = [.init("type", .string(isIdentify ? "identify" : type))]
    if let name = item["event"], name != .null { members.append(.init(type == "track" ? "event" : "name", name)) }
    if let user = person["userId"] { members.append(.init("userId", user)) }
    if let anonymous = person["anonymousIds"]?.array?.first { members.append(.init("anonymousId", anonymous)) }
    if let at = item["at"] { members.append(.init("timestamp", at)) }
    if let id = item["id"] { members.append(.init("messageId", id)) }
    var traits: [JSONValue.Member] = []
    if person["userId"] == nil, person["anonymousIds"]?.array?.isEmpty ?? true {
      // Somebody known by an address alone.
      for name in ["email", "phone"] { if let value = person[name] { traits.append(.init(name, value)) } }
    }
    let content = item["properties"]?.members ?? []
    if isConsent {
      members.append(
        .init("context", ["consent": ["categoryPreferences": .object(content)], "traits": .object(traits)]))
    } else if isIdentify {
      members.append(
        .init("traits", .object(content + traits.filter { trait in !content.contains { $0.key == trait.key } })))
    } else {
      members.append(.init("properties", .object(content)))
      if !traits.isEmpty { members.append(.init("context", ["traits": .object(traits)])) }
    }
    return .object(members)
  }
}
