import Events
import Profiles
import RoostCore

extension QuarantineItem {
  /// Where a call names people: identifiers that the parser would have found there.
  private static let places: [(kind: IdentifierKind, path: [String])] = [
    (.user, ["userId"]), (.anonymous, ["anonymousId"]), (.user, ["previousId"]), (.anonymous, ["previousId"]),
    (.email, ["traits", "email"]), (.email, ["context", "traits", "email"]), (.phone, ["traits", "phone"]),
    (.phone, ["context", "traits", "phone"]), (.device, ["context", "device", "id"]),
  ]

  /// Whether the refused event names one of these identifiers. Bytes that are no JSON are searched for their text.
  func names(_ identifiers: [Identifier]) -> Bool {
    let event: JSONValue
    do throws(JSONError) { event = try JSONValue(parsing: raw) } catch {
      let text = String(decoding: raw, as: UTF8.self)
      return identifiers.contains { $0.value.utf8.count >= 6 && text.contains($0.value) }
    }
    return Self.places.contains { kind, path in
      var value: JSONValue? = event
      for key in path { value = value?[key] }
      let text = value?.string ?? value?.int.map(String.init)
      guard let text, let normalized = IdentifierRules.current.normalize(kind, text) else { return false }
      return identifiers.contains { $0.value == normalized && ($0.kind == kind || $0.kind == .previous) }
    }
  }
}
