import Delivery
import Engine
import Liquid
import RoostCore
import Storage

/// Which messages a list shows.
public struct MessageFilter: Sendable {
  public var person: PersonID?
  public var journey: String?
  public var status: MessageStatus?
  public var since: Instant?
  /// As steps name it: a channel's key, or its kind.
  public var channel: String?
  /// Only those of the built-in mailbox.
  public var mailboxOnly = false
  public init(person: PersonID? = nil, journey: String? = nil, status: MessageStatus? = nil, since: Instant? = nil) {
    self.person = person
    self.journey = journey
    self.status = status
    self.since = since
  }

  func accepts(_ message: MessageRecord) -> Bool {
    (journey.map { $0 == message.journey } ?? true) && (status.map { $0 == message.status } ?? true)
      && (channel.map { $0 == message.channel } ?? true) && (since.map { message.createdAt >= $0 } ?? true)
      && (!mailboxOnly || message.isInMailbox)
  }
}

extension MessageRecord {
  /// Kept by the built-in mailbox: nobody outside got it.
  var isInMailbox: Bool { detail == MessageRecord.mailboxDetail }
  static let mailboxDetail = "kept in the built-in mailbox"
}

extension Partition {
  /// Messages, newest first. The cursor is the last one's place in the list.
  package func messageRecords(
    _ workspace: WorkspaceID, _ filter: MessageFilter, cursor: String?, limit: Int
  ) throws(Problem) -> (records: [MessageRecord], next: String?) {
    var prefix = StoreKeys.prefix(
      filter.person == nil ? StoreKeys.messageByTime : StoreKeys.messageByPerson, workspace)
    if let person = filter.person { prefix.append(bigEndian: person.number) }
    var from: [UInt8]?
    if let cursor {
      guard let place = bytes(hexadecimal: cursor), place.starts(with: prefix) else {
        throw .invalid("/cursor", "this cursor is not from such a list; leave it out to start anew")
      }
      from = place + [0]
    }
    var found: [MessageRecord] = []
    var last: [UInt8] = []
    var hasMore = false
    do {
      try store.scan(.prefix(prefix, from: from)) { key, _ in
        let id = Array(key.suffix(16))
        guard let message = try self.message(workspace, id) else { return true }
        if let since = filter.since, message.createdAt < since { return false }
        guard filter.accepts(message) else { return true }
        if found.count == limit {
          hasMore = true
          return false
        }
        found.append(message)
        last = Array(key)
        return true
      }
    } catch let problem as Problem { throw problem } catch {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    return (found, hasMore ? hexadecimal(last) : nil)
  }

  package func messages(
    _ workspace: WorkspaceID, _ filter: MessageFilter, cursor: String?, limit: Int
  ) throws(Problem) -> ListPage {
    let page = try messageRecords(workspace, filter, cursor: cursor, limit: limit)
    return ListPage(items: page.records.map(Self.describe), next: page.next)
  }

  func storedMessages(_ workspace: WorkspaceID, of person: PersonID) throws(Problem) -> [MessageRecord] {
    try messageRecords(workspace, MessageFilter(person: person), cursor: nil, limit: .max).records
  }

  func message(_ workspace: WorkspaceID, _ id: [UInt8]) throws(Problem) -> MessageRecord? {
    // Of one that is to go out the store has an older record, or none.
    if let open = IntentID(bytes: id).flatMap({ outbox[$0] }), open.workspace == workspace { return open }
    do throws(StorageError) {
      guard let bytes = try store.get(StoreKeys.message(workspace, id)) else { return nil }
      return try Self.decode(bytes)
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
  }

  /// The message, and which of its parts, that a channel's reports name so; `nil` if none does.
  func message(
    _ workspace: WorkspaceID, reportedBy channel: String, as name: String
  ) throws(Problem) -> (message: MessageRecord, part: Int)? {
    let place: [UInt8]?
    do throws(StorageError) { place = try store.get(StoreKeys.report(workspace, channel: channel, name)) } catch {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    guard let place, place.count == 17, let message = try message(workspace, Array(place.prefix(16))) else {
      return nil
    }
    return (message, Int(place[16]))
  }

  private static func decode(_ bytes: [UInt8]) throws(StorageError) -> MessageRecord {
    let result: Result<MessageRecord, MalformedBytes> = bytes.withUnsafeBytes { bytes in
      do throws(MalformedBytes) { return .success(try MessageRecord(decoding: bytes)) } catch { return .failure(error) }
    }
    switch result {
    case .success(let record): return record
    case .failure(let error):
      throw StorageError(
        .damaged, "a message is damaged at byte \(error.offset)", remedy: "Restore the data directory from a backup.")
    }
  }

  package func messageRecord(_ workspace: WorkspaceID, _ text: String) throws(Problem) -> MessageRecord {
    guard let id = IntentID(text: text), let message = try message(workspace, id.bytes) else {
      throw Problem(.notFound, "there is no message \"\(text)\"")
    }
    return message
  }

  /// A message with its reasons and what it said.
  package func describeMessage(_ workspace: WorkspaceID, _ text: String) throws(Problem) -> JSONValue {
    let message = try messageRecord(workspace, text)
    var members = Self.describe(message).members ?? []
    members.append(.init("why", .array(message.sentences.map(JSONValue.string))))
    if let reasons = message.reasons { members.append(.init("reasons", reasons.json)) }
    members.append(.init("detail", .string(message.detail)))
    members.append(.init("attempts", .int(Int64(message.attempts))))
    let codes = try vouchers(of: message)
    if !codes.isEmpty {
      members.append(
        .init("vouchers", .object(codes.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
    }
    if let content = try content(of: message) {
      members.append(.init("text", content.text.map(JSONValue.string) ?? .null))
      members.append(.init("html", content.html.map(JSONValue.string) ?? .null))
    }
    return .object(members)
  }

  /// As contracts say: what is not there is absent.
  static func describe(_ message: MessageRecord) -> JSONValue {
    var person: [JSONValue.Member] = [.init("id", .string(message.person.text))]
    if !message.userID.isEmpty { person.append(.init("userId", .string(message.userID))) }
    if !message.email.isEmpty { person.append(.init("email", .string(message.email))) }
    var members: [JSONValue.Member] = [
      .init("id", .string(message.id.text)), .init("person", .object(person)),
      .init("journey", .string(message.journey)), .init("version", .int(Int64(message.version))),
      .init("step", .string(message.step)), .init("channel", .string(message.channel)),
      .init("template", .string(message.template)), .init("class", .string(message.messageClass.rawValue)),
      .init("status", .string(message.status.rawValue)),
    ]
    if let reason = message.reason { members.append(.init("reason", .string(reason.rawValue))) }
    if message.isTest { members.append(.init("test", true)) }
    if !message.to.isEmpty { members.append(.init("to", .string(message.to))) }
    members.append(.init("subject", .string(message.subject)))
    members.append(.init("scheduledAt", .string(message.scheduledAt.text)))
    if let sentAt = message.sentAt { members.append(.init("sentAt", .string(sentAt.text))) }
    return .object(members)
  }
}
