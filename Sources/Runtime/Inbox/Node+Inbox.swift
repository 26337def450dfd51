import Channels
import Delivery
import Engine
import Profiles
import RoostCore

/// Who asks for the messages of whom. A write key is public, so it says for which workspace and no more.
package struct InboxIdentity: Sendable {
  package var anonymousID: String
  package var userID: String
  /// See `UserToken`.
  package var userToken: String

  package init(anonymousID: String, userID: String, userToken: String) {
    self.anonymousID = anonymousID
    self.userID = userID
    self.userToken = userToken
  }
}

/// Whose messages may be read.
package enum InboxOwner: Sendable, Equatable {
  case person(PersonID)
  case nobody
  /// Somebody is known by that, and it takes a user's token to be them.
  case unproved
}

/// What a browser or an app tells about a message.
package enum InboxReport: String, Sendable, CaseIterable {
  case shown, clicked, dismissed
}

extension Node {
  /// The messages that wait for whoever asks: transactional first, then the newest.
  package func inbox(_ workspace: WorkspaceID, _ identity: InboxIdentity, limit: Int) async throws(Problem) -> JSONValue
  {
    try await perform { partition throws(Problem) in
      switch try partition.inboxOwner(workspace, identity) {
      case .unproved: return ["items": [], "needsUserToken": true]
      case .nobody: return ["items": []]
      case .person(let person):
        return ["items": .array(try partition.inbox(workspace, person, limit: limit))]
      }
    }
  }

  /// Records what became of a message; durable when this returns.
  ///
  /// - Throws: `notFound` for a message that is not theirs.
  package func report(
    _ report: InboxReport, _ message: String, _ workspace: WorkspaceID, _ identity: InboxIdentity, url: String
  ) async throws(Problem) {
    let record = try await perform { partition throws(Problem) in
      guard case .person(let owner) = try partition.inboxOwner(workspace, identity),
        let record = try partition.inboxMessage(workspace, message, of: owner)
      else { throw Problem(.notFound, "there is no such message for you") }
      return record
    }
    let news: MessageFeedback.News =
      switch report {
      case .shown: .opened(isMachine: false)
      case .clicked: .clicked(url: url, isMachine: false)
      case .dismissed: .dismissed
      }
    try await self.record(
      MessageFeedback(workspace: workspace, person: record.person, message: record.id, news: news))
  }

  /// A link to the workspace's bot for whoever asks; `nil` if nobody is meant, or there is no bot.
  package func telegramLink(
    _ workspace: WorkspaceID, _ identity: InboxIdentity
  ) async throws(Problem) -> JSONValue? {
    let owner = try await perform { partition throws(Problem) in try partition.inboxOwner(workspace, identity) }
    guard case .person(let person) = owner else { return nil }
    return try await telegramLink(workspace, person)
  }
}
