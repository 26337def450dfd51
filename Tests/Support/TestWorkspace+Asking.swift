import Delivery
import Engine
import Profiles
import RoostCore
import Runtime

/// What the management interface answers.
extension TestWorkspace {
  public func describe(_ kind: DocumentKind) async throws -> [JSONValue] {
    let id = id
    return try await test.node.perform { partition throws(Problem) in try partition.describeDocuments(id, kind) }
  }

  public func describe(_ kind: DocumentKind, _ key: String) async throws -> JSONValue {
    let id = id
    return try await test.node.perform { partition throws(Problem) in try partition.describeDocument(id, kind, key) }
  }

  /// The number of people in a segment.
  public func count(_ segment: String) async throws -> Int {
    Int(try await describe(.segment, segment)["count"]?.int ?? -1)
  }

  public func person(_ reference: String) async throws -> JSONValue {
    let (id, reference) = (id, try PersonReference(reference))
    return try await test.node.perform { partition throws(Problem) in try partition.personDocument(id, reference) }
  }

  public func state(_ reference: String) async throws -> PersonState {
    let (id, reference) = (id, try PersonReference(reference))
    return try await test.node.perform { partition throws(Problem) in try partition.person(id, reference) }
  }

  /// Whether there is such a person.
  public func knows(_ reference: String) async throws -> Bool {
    do {
      _ = try await state(reference)
      return true
    } catch let problem as Problem where problem.code == .notFound { return false }
  }

  /// The keys of the segments that somebody is in.
  public func segments(of reference: String) async throws -> [String] {
    try await person(reference)["segments"]?.array?.compactMap(\.string) ?? []
  }

  /// Names of a person's events, the newest first; of calls without a name the kind.
  public func timeline(_ reference: String) async throws -> [String] {
    let (id, reference) = (id, try PersonReference(reference))
    let page = try await test.node.perform { partition throws(Problem) in
      try partition.timeline(id, reference, cursor: nil, limit: 1_000)
    }
    return page.items.map { $0["event"]?.string ?? $0["type"]?.string ?? "?" }
  }

  public func erase(_ reference: String) async throws {
    let (id, reference) = (id, try PersonReference(reference))
    try await test.node.perform { partition throws(Problem) in try partition.erase(id, reference) }
  }

  public func consent(_ reference: String, _ body: String) async throws {
    let (id, reference, body) = (id, try PersonReference(reference), try JSONValue(parsing: body))
    _ = try await test.node.perform { partition throws(Problem) in try partition.putConsents(id, reference, body) }
  }

  /// All messages, or one person's, the oldest first.
  public func messages(of person: String? = nil) async throws -> [MessageRecord] {
    var filter = MessageFilter()
    if let person { filter.person = try await state(person).id }
    let (id, wanted) = (id, filter)
    let page = try await test.node.perform { partition throws(Problem) in
      try partition.messageRecords(id, wanted, cursor: nil, limit: 100_000).records
    }
    return page.reversed()
  }

  /// Messages as `time user template status`, the oldest first.
  public func letters() async throws -> [String] {
    try await messages().map { message in
      let status = message.reason.map(\.rawValue) ?? message.status.rawValue
      return "\(message.scheduledAt.text) \(message.userID) \(message.template) \(status)"
    }
  }

  public func quarantine() async throws -> [QuarantineItem] {
    let id = id
    return try await test.node.perform { partition throws(Problem) in
      try partition.quarantineItems(id, cursor: nil, limit: 1_000).items
    }
  }
}
