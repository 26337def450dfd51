import Channels
import Delivery
import Engine
import Events
import Profiles
import RoostCore
import Storage

extension Partition {
  /// No more of a person's messages are looked at for those that wait.
  private static let inboxScanMax = 500

  /// Whose messages whoever asks may read.
  ///
  /// * A user's token proves the user.
  /// * An anonymous id is a secret of one browser. It stands for somebody who is known by nothing else: anybody could say
  ///   that their browser is a certain user's, and nobody may read that user's messages for having said so.
  func inboxOwner(_ workspace: WorkspaceID, _ identity: InboxIdentity) throws(Problem) -> InboxOwner {
    if !identity.userToken.isEmpty {
      guard try isProved(identity, workspace) else {
        throw Problem(.unauthorized, "the user token is not this user's, or no longer valid")
      }
      guard let state = state(workspace, .user, identity.userID) else { return .nobody }
      return .person(state.id)
    }
    if !identity.userID.isEmpty { return .unproved }
    guard !identity.anonymousID.isEmpty, let state = state(workspace, .anonymous, identity.anonymousID) else {
      return .nobody
    }
    let isAnonymous = state.identifiers.allSatisfy { $0.kind == .anonymous || $0.kind == .device }
    return isAnonymous ? .person(state.id) : .unproved
  }

  private func isProved(_ identity: InboxIdentity, _ workspace: WorkspaceID) throws(Problem) -> Bool {
    let now = now()
    for (key, _) in inboxChannels(workspace) {
      guard case .inapp(let channel) = try openChannel(workspace, key).settings, let secret = channel.secret else {
        continue
      }
      if UserToken.isGenuine(identity.userToken, of: identity.userID, secret: secret, now: now) { return true }
    }
    return false
  }

  private func state(_ workspace: WorkspaceID, _ kind: IdentifierKind, _ value: String) -> PersonState? {
    guard let normal = IdentifierRules.current.normalize(kind, value) else { return nil }
    do throws(Problem) { return try person(workspace, .identifier(kind, normal)) } catch { return nil }
  }

  private func inboxChannels(_ workspace: WorkspaceID) -> [(String, InAppChannel)] {
    (compiled[workspace]?.definitions.channels ?? [:]).compactMap { key, definition in
      if case .inapp(let channel) = definition.settings { (key, channel) } else { nil }
    }
  }

  /// What waits for a person.
  func inbox(_ workspace: WorkspaceID, _ person: PersonID, limit: Int) throws(Problem) -> [JSONValue] {
    guard let definitions = compiled[workspace]?.definitions, !inboxChannels(workspace).isEmpty else { return [] }
    let now = now()
    let oldest = inboxChannels(workspace).map(\.1.ttl).max() ?? .days(14)
    var filter = MessageFilter(person: person)
    filter.since = now - oldest - .days(30)
    let records = try messageRecords(workspace, filter, cursor: nil, limit: Self.inboxScanMax).records
    var waiting: [(record: MessageRecord, until: Instant)] = []
    var openMax = limit
    for record in records {
      guard let channel = inboxChannel(record, definitions), record.isWaitingToBeSeen, let sentAt = record.sentAt,
        now < sentAt + channel.ttl
      else { continue }
      openMax = min(openMax, channel.openMax)
      waiting.append((record, sentAt + channel.ttl))
    }
    let ordered = waiting.sorted { a, b in
      let (first, second) = (a.record.messageClass == .transactional, b.record.messageClass == .transactional)
      return first == second ? a.record.createdAt > b.record.createdAt : first
    }
    var items: [JSONValue] = []
    for item in ordered.prefix(openMax) {
      guard let content = try content(of: item.record) else { continue }
      items.append(item.record.inboxItem(content, until: item.until))
    }
    return items
  }

  private func inboxChannel(_ record: MessageRecord, _ definitions: WorkspaceDefinitions) -> InAppChannel? {
    guard case .inapp(let channel)? = definitions.channel(for: record.channel)?.settings else { return nil }
    return channel
  }

  /// A message by its id, if it is that person's and of a site or an app.
  func inboxMessage(_ workspace: WorkspaceID, _ id: String, of person: PersonID) throws(Problem) -> MessageRecord? {
    guard let definitions = compiled[workspace]?.definitions, let id = IntentID(text: id),
      let record = try message(workspace, id.bytes), inboxChannel(record, definitions) != nil,
      let slot = slotAfterMerges(workspace, record.person), table.slots[slot].person == person
    else { return nil }
    return record
  }
}

extension MessageRecord {
  fileprivate var isWaitingToBeSeen: Bool {
    guard dismissedAt == nil else { return false }
    switch status {
    case .sent, .delivered, .opened, .clicked: return true
    default: return false
    }
  }

  /// As browsers and apps get it: what the template says, and how far the person has come with it.
  fileprivate func inboxItem(_ content: MessageContent, until: Instant) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(id.text)), .init("at", .string(createdAt.text)), .init("expiresAt", .string(until.text)),
      .init("class", .string(messageClass.rawValue)),
      .init("state", .string(status == .clicked ? "clicked" : status == .opened ? "seen" : "new")),
    ]
    for name in ["title", "body", "button", "image", "alt", "layout"] {
      if let text = content.fields[name], !text.isEmpty { members.append(.init(name, .string(text))) }
    }
    // A page of the web or of the site itself, and nothing that runs.
    if let url = content.fields["url"], Self.isPage(url) { members.append(.init("url", .string(url))) }
    if let data = content.fields["data"], !data.isEmpty {
      do throws(JSONError) { members.append(.init("data", try JSONValue(parsing: data))) } catch {
        members.append(.init("data", .string(data)))
      }
    }
    return .object(members)
  }

  private static func isPage(_ url: String) -> Bool {
    WebAddress(url) != nil || (url.hasPrefix("/") && !url.hasPrefix("//") && !url.hasPrefix("/\\"))
  }
}
