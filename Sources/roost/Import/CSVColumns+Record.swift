import RoostCore

extension CSVColumns {
  /// Appends the call that a row stands for; when it happened, if the row says so.
  func append(
    _ fields: [String], line: Int, bytes: UnsafeRawBufferPointer, isTimeNeeded: Bool, to target: inout [UInt8]
  ) throws(BadLine) -> Instant? {
    guard fields.count == names.count else {
      let (column, what) =
        fields.count < names.count
        ? (fields.count + 1, "the row ends before the column \"\(names[fields.count])\"")
        : (names.count + 1, "the row has more fields than the first row names")
      throw BadLine(
        line: line, column: column, reason: "invalid_csv",
        detail: "\(what): \(fields.count) instead of \(names.count)")
    }
    var call = IdentifyCall()
    var time: Instant?
    for (index, text) in fields.enumerated() where !text.isEmpty {
      switch meanings[index] {
      case .member(let name):
        if name == "timestamp" { time = Instant(iso8601: text) }
        var json: [UInt8] = []
        json.append(jsonString: text)
        call.members.append((name, json))
      case .field(let name):
        var json: [UInt8] = []
        append(text, column: index, to: &json)
        call.traits.append((name, json))
      case .consent(let purpose):
        call.consents.append((purpose, try consent(text, line: line, column: index)))
      }
    }
    if isTimeNeeded, time == nil {
      throw BadLine(
        line: line, column: (names.firstIndex(of: "timestamp") ?? 0) + 1, pointer: "/timestamp",
        reason: "invalid_timestamp", detail: "a replay needs a time by ISO 8601, such as 2026-03-01T10:00:00Z")
    }
    switch kind {
    case .people: try call.write(bytes, number: line, into: &target)
    case .events: writeEvent(call, bytes, line, into: &target)
    }
    return time
  }

  private func consent(_ text: String, line: Int, column: Int) throws(BadLine) -> Bool {
    switch text.lowercased() {
    case "true", "yes", "1": return true
    case "false", "no", "0": return false
    default:
      throw BadLine(
        line: line, column: column + 1, pointer: "/consents", reason: "invalid_member",
        detail: "a consent is true or false, not \"\(text)\"")
    }
  }

  /// The fields are properties here, or traits where the row says that it is an identify call.
  private func writeEvent(
    _ call: IdentifyCall, _ bytes: UnsafeRawBufferPointer, _ line: Int, into target: inout [UInt8]
  ) {
    func append(_ members: [(name: String, json: [UInt8])]) {
      for (index, member) in members.enumerated() {
        if index > 0 { target.append(UInt8(ascii: ",")) }
        target.append(jsonString: member.name)
        target.append(UInt8(ascii: ":"))
        target.append(contentsOf: member.json)
      }
    }
    var members = call.members
    func has(_ name: String) -> Bool { members.contains { $0.name == name } }
    if !has("type") { members.append(("type", Array("\"track\"".utf8))) }
    if !has("messageId") {
      var json: [UInt8] = [UInt8(ascii: "\"")]
      json.append(recordID: bytes, number: line)
      json.append(UInt8(ascii: "\""))
      members.append(("messageId", json))
    }
    let isIdentify = members.contains { $0.name == "type" && $0.json == Array("\"identify\"".utf8) }
    target.append(UInt8(ascii: "{"))
    append(members)
    target.append(utf8: isIdentify ? ",\"traits\":{" : ",\"properties\":{")
    append(call.traits)
    target.append(UInt8(ascii: "}"))
    if !call.consents.isEmpty {
      target.append(utf8: ",\"context\":{\"consent\":{\"categoryPreferences\":{")
      append(call.consents.map { ($0.purpose, Array($0.isGranted ? "true".utf8 : "false".utf8)) })
      target.append(utf8: "}}}")
    }
    target.append(UInt8(ascii: "}"))
  }
}
