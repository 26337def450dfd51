import RoostCore

extension MessageRecord {
  /// The message as the interface shows it; what there is none of is absent.
  ///
  /// - Parameter withWhy: whether how it came to be and how the hand-off went is told too.
  public func json(withWhy: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(id.text)),
      .init("person", .object([.init("id", .string(person.text))] + texts([("userId", userID), ("email", email)]))),
    ]
    members += texts([("journey", journey)])
    members.append(.init("version", .int(Int64(version))))
    members += texts([
      ("step", step), ("channel", channel), ("template", template), ("class", messageClass.rawValue),
      ("status", status.rawValue), ("reason", reason?.rawValue ?? ""), ("to", to), ("subject", subject),
      ("scheduledAt", scheduledAt.text), ("sentAt", sentAt?.text ?? ""),
    ])
    guard withWhy else { return .object(members) }
    members.append(.init("why", .array(sentences.map { .string($0) })))
    if let reasons { members.append(.init("reasons", reasons.json)) }
    members.append(.init("attempts", .int(Int64(attempts))))
    members += texts([("detail", detail), ("nextAttemptAt", dueAt?.text ?? "")])
    return .object(members)
  }

  private func texts(_ pairs: [(String, String)]) -> [JSONValue.Member] {
    pairs.filter { !$0.1.isEmpty }.map { .init($0.0, .string($0.1)) }
  }
}
