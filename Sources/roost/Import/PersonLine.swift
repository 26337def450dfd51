import RoostCore

/// Turns one line about a person into an identify call: `{"userId","email","phone","anonymousId","createdAt","traits":{…},
/// "consents":{"marketing":true}}`. Any other text, number or boolean is a trait. What an export of people adds
/// (`id`, `lastSeenAt`, …) is known and left out.
struct PersonLine {
  private static let derived: Set<String> = [
    "id", "lastSeenAt", "identifiers", "events", "orders", "segments", "months", "mergedPeople", "traitTimes", "type",
  ]
  private var call = IdentifyCall()

  init(_ line: UnsafeRawBufferPointer, number: Int, into target: inout [UInt8]) throws(BadLine) {
    var fault: BadLine?
    do throws(JSONError) {
      var scanner = JSONScanner(line)
      guard try scanner.peek() == .object else { throw BadLineCause.notAnObject(scanner.offset) }
      if try scanner.enterObject() {
        repeat {
          let key = try scanner.key()
          let value = try scanner.value()
          if let found = take(key.text(in: line), value, line, number), fault == nil { fault = found }
        } while try scanner.hasMember()
      }
      try scanner.finish()
    } catch {
      throw BadLineCause.bad(error, number)
    }
    if let fault { throw fault }
    try call.write(line, number: number, into: &target)
  }

  /// Takes one member; what is wrong with it, if anything is.
  private mutating func take(
    _ key: String, _ value: JSONSlice, _ line: UnsafeRawBufferPointer, _ number: Int
  ) -> BadLine? {
    guard value.kind != .null, !Self.derived.contains(key) else { return nil }
    let isTaken =
      switch key {
      case "traits", "consents", "anonymousIds": takeContainer(key, value, line)
      case "context": takeScalar(key, value, line, isAllowed: value.kind == .object)
      default: takeScalar(key, value, line, isAllowed: value.kind != .object && value.kind != .array)
      }
    guard !isTaken else { return nil }
    return BadLine(
      line: number, column: value.start + 1, pointer: "/" + pointerToken(key), reason: "invalid_member",
      detail: Self.wanted(key))
  }

  private mutating func takeScalar(
    _ key: String, _ value: JSONSlice, _ line: UnsafeRawBufferPointer, isAllowed: Bool
  ) -> Bool {
    guard isAllowed else { return false }
    let json = Array(value.kind == .string ? line[(value.start - 1)..<(value.end + 1)] : line[value.range])
    if ["userId", "anonymousId", "timestamp", "messageId", "context"].contains(key) {
      call.members.append((key, json))
    } else {
      call.traits.append((key, json))
    }
    return true
  }

  private mutating func takeContainer(_ key: String, _ value: JSONSlice, _ line: UnsafeRawBufferPointer) -> Bool {
    guard let json = try? JSONValue(parsing: Array(line[value.range])) else { return false }
    switch (key, json) {
    case ("traits", .object(let traits)):
      for trait in traits { call.traits.append((trait.key, Self.bytes(trait.value))) }
    case ("consents", _):
      guard let consents = Self.consents(json) else { return false }
      call.consents += consents
    case ("anonymousIds", .array(let ids)):
      if let first = ids.first?.string { call.members.append(("anonymousId", Self.bytes(.string(first)))) }
    default: return false
    }
    return true
  }

  private static func wanted(_ key: String) -> String {
    switch key {
    case "consents": "consents is an object such as {\"marketing\": true}"
    case "anonymousIds": "anonymousIds is a list of texts"
    case "traits", "context": "\(key) is an object"
    default: "\"\(key)\" is no text, number or boolean; put lists and objects into traits"
    }
  }

  /// `{"marketing": true}`, or the receipts of an export: `[{"purpose": "marketing", "granted": true}]`.
  private static func consents(_ json: JSONValue) -> [(String, Bool)]? {
    switch json {
    case .object(let members):
      let found = members.compactMap { member in member.value.bool.map { (member.key, $0) } }
      return found.count == members.count ? found : nil
    case .array(let receipts):
      let found = receipts.compactMap { receipt -> (String, Bool)? in
        guard let purpose = receipt["purpose"]?.string, let granted = receipt["granted"]?.bool else { return nil }
        return (purpose, granted)
      }
      return found.count == receipts.count ? found : nil
    default: return nil
    }
  }

  private static func bytes(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    value.write(into: &bytes)
    return bytes
  }
}
