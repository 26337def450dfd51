import RoostCore

/// An identify call under construction, its values as JSON text.
struct IdentifyCall {
  var members: [(name: String, json: [UInt8])] = []
  var traits: [(name: String, json: [UInt8])] = []
  var consents: [(purpose: String, isGranted: Bool)] = []

  /// Appends the call. `row` and `number` give the id if there is none.
  ///
  /// Throws if nobody can be told from it.
  func write(_ row: UnsafeRawBufferPointer, number: Int, into target: inout [UInt8]) throws(BadLine) {
    func has(_ name: String, _ list: [(name: String, json: [UInt8])]) -> Bool { list.contains { $0.name == name } }
    guard
      ["userId", "anonymousId"].contains(where: { has($0, members) }) || has("email", traits) || has("phone", traits)
    else {
      throw BadLine(
        line: number, column: 1, reason: "missing_identifier",
        detail: "a person needs userId, email, phone or anonymousId")
    }
    if !consents.isEmpty, has("context", members) {
      throw BadLine(
        line: number, column: 1, pointer: "/consents", reason: "invalid_member",
        detail: "write consents either as consents or within context.consent, not both")
    }
    target.append(utf8: "{\"type\":\"identify\"")
    if !has("messageId", members) {
      target.append(utf8: ",\"messageId\":\"")
      target.append(recordID: row, number: number)
      target.append(utf8: "\"")
    }
    for member in members { append(member, after: ",", to: &target) }
    target.append(utf8: ",\"traits\":{")
    for (index, trait) in traits.enumerated() { append(trait, after: index > 0 ? "," : "", to: &target) }
    target.append(utf8: "}")
    if !consents.isEmpty {
      target.append(utf8: ",\"context\":{\"consent\":{\"categoryPreferences\":{")
      for (index, consent) in consents.enumerated() {
        append(
          (consent.purpose, Array(consent.isGranted ? "true".utf8 : "false".utf8)), after: index > 0 ? "," : "",
          to: &target)
      }
      target.append(utf8: "}}}")
    }
    target.append(utf8: "}")
  }

  private func append(_ member: (name: String, json: [UInt8]), after separator: String, to target: inout [UInt8]) {
    target.append(utf8: separator)
    target.append(jsonString: member.name)
    target.append(utf8: ":")
    target.append(contentsOf: member.json)
  }
}
