import Channels
import Delivery
import Engine
import RoostCore

/// What a message in a bounce mailbox was about.
package struct ReturnedVerdict: Sendable {
  package enum Kind: String, Sendable {
    case bounce, complaint
    /// Something else: an answer, an out-of-office note, advertising.
    case none
  }
  package var kind: Kind
  /// The message that it is about; `nil` if none of this workspace is named in it.
  package var message: IntentID?
  package var recipients: [ReturnedMessage.Recipient]
}

extension Node {
  /// Takes a message from a channel's bounce mailbox: reads it, finds the message it is about, and records what became of
  /// that one. Durable when this returns.
  package func receive(
    returned bytes: [UInt8], _ workspace: WorkspaceID, channel: String
  ) async throws(Problem) -> ReturnedVerdict {
    let returned = ReturnedMessage(parsing: bytes)
    let kind: ReturnedVerdict.Kind =
      returned.complaint != nil ? .complaint : returned.recipients.isEmpty ? .none : .bounce
    guard kind != .none, let record = try await message(of: returned, workspace, channel: channel) else {
      return ReturnedVerdict(kind: kind, message: nil, recipients: returned.recipients)
    }
    let news: MessageFeedback.News
    if let complaint = returned.complaint {
      news = .complained(kind: complaint.kind)
    } else {
      // A report may name several; this message had one recipient, perhaps under an address it was forwarded to.
      let own = returned.recipients.first { $0.address.lowercased() == record.to.lowercased() }
      let recipient = own ?? returned.recipients[0]
      news = .bounced(
        .init(
          isHard: recipient.isAddressDead, status: recipient.status,
          diagnostic: recipient.diagnostic.prefix(scalars: 300),
          address: record.to))
    }
    // A report that it was no spam after all (RFC 5965) is none against the person.
    guard news != .complained(kind: "not-spam") else {
      return ReturnedVerdict(kind: kind, message: record.id, recipients: returned.recipients)
    }
    try await self.record(
      MessageFeedback(workspace: workspace, person: record.person, message: record.id, news: news))
    return ReturnedVerdict(kind: kind, message: record.id, recipients: returned.recipients)
  }

  /// The message that a report is about, by what only we can have written: the return path, our own field, or the
  /// unsubscribe link. Without a bounce address of the channel also by the Message-ID, if the recipient fits.
  private func message(
    of returned: ReturnedMessage, _ workspace: WorkspaceID, channel: String
  ) async throws(Problem) -> MessageRecord? {
    let signed = signedMessage(of: returned, workspace)
    let named = returned.original("message-id").flatMap { text in
      IntentID(text: text.drop { $0 == "<" }.prefix { $0 != "@" })
    }
    let addresses = Set(returned.recipients.map { $0.address.lowercased() })
    return try await perform { partition throws(Problem) in
      if let signed { return try partition.message(workspace, signed.bytes) }
      guard let named, let record = try partition.message(workspace, named.bytes),
        partition.compiled[workspace]?.definitions.channels[channel]?.email.bounceAddress == nil,
        addresses.contains(record.to.lowercased())
      else { return nil }
      return record
    }
  }

  private func signedMessage(of returned: ReturnedMessage, _ workspace: WorkspaceID) -> IntentID? {
    func token(_ text: some StringProtocol) -> IntentID? {
      guard case .bounce(workspace, let id)? = linkSigner.link(addressToken: text) else { return nil }
      return id
    }
    for address in returned.addressees {
      let local = address.prefix { $0 != "@" }
      if let plus = local.lastIndex(of: "+"), let id = token(local[local.index(after: plus)...]) { return id }
    }
    if let id = returned.original(LetterLinks.messageField.lowercased()).flatMap({ token($0) }) { return id }
    guard let link = returned.original("list-unsubscribe"), let path = link.firstRange(of: "/u/"),
      case .unsubscribe(let origin)? = linkSigner.link(
        String(link[path.upperBound...].prefix { $0 != ">" && $0 != "," && !$0.isWhitespace })),
      origin.workspace == workspace
    else { return nil }
    return origin.message
  }
}
