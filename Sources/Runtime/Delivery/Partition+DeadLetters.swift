import Delivery
import Engine
import Profiles
import RoostCore

/// Which failed messages are meant.
public struct DeadLetterFilter: Sendable {
  /// As steps name it: a channel's key, or its kind.
  public var channel: String?
  public var journey: String?
  public var since: Instant?

  public init(channel: String? = nil, journey: String? = nil, since: Instant? = nil) {
    self.channel = channel
    self.journey = journey
    self.since = since
  }

  var messages: MessageFilter {
    var filter = MessageFilter(journey: journey, status: .failed, since: since)
    filter.channel = channel
    return filter
  }
}

extension Partition {
  /// Re-driven in one commit.
  private static let redrivesPerCommit = 500

  /// Messages that failed for good, newest first, with what was said last.
  package func deadLetters(
    _ workspace: WorkspaceID, _ filter: DeadLetterFilter, cursor: String?, limit: Int
  ) throws(Problem) -> ListPage {
    let page = try messageRecords(workspace, filter.messages, cursor: cursor, limit: limit)
    let items = page.records.map { message -> JSONValue in
      var members = Self.describe(message).members ?? []
      members.append(.init("detail", .string(message.detail)))
      members.append(.init("attempts", .int(Int64(message.attempts))))
      members.append(.init("failedAt", .string(message.changedAt.text)))
      if let why = standsInTheWay(of: message) { members.append(.init("stays", .string(why))) }
      return .object(members)
    }
    return ListPage(items: items, next: page.next)
  }

  /// Hands failed messages over again, under their own ids, so that whoever has seen one knows it.
  ///
  /// - Returns: how many, and which not, with the reason.
  package func redrive(
    _ workspace: WorkspaceID, _ ids: [String]
  ) throws(Problem) -> (redriven: Int, skipped: [(id: String, reason: String)]) {
    if let failure { throw failure }
    var changed: [MessageRecord] = []
    var skipped: [(id: String, reason: String)] = []
    var seen: Set<IntentID> = []
    let header = beginCommit()
    for text in ids.prefix(Self.redrivesPerCommit) {
      guard let id = IntentID(text: text), var message = try message(workspace, id.bytes) else {
        skipped.append((text, "there is no such message"))
        continue
      }
      guard seen.insert(id).inserted else { continue }
      if let why = standsInTheWay(of: message) {
        skipped.append((text, why))
        continue
      }
      if message.lane.service != nil, let address = presentAddress(of: message) { message.to = address }
      guard message.redrive(now: header.now) else {
        skipped.append((text, "it is \(message.status.rawValue)"))
        continue
      }
      changed.append(message)
    }
    guard !changed.isEmpty else { return (0, skipped) }
    recordMessageStates(changed, header)
    try finishCommit()
    return (changed.count, skipped)
  }

  /// Why a message is not handed over again; `nil` if nothing speaks against it. Marketing needs the consent that it needed
  /// when it was decided, and no message goes to an address that is suppressed by now.
  private func standsInTheWay(of message: MessageRecord) -> String? {
    guard message.status == .failed else { return "it is \(message.status.rawValue), not failed" }
    guard let gate = compiled[message.workspace]?.definitions.gate,
      let slot = slotAfterMerges(message.workspace, message.person), let state = loadState(slot)
    else { return "its person is gone" }
    guard gate.kind(of: message.channel) != .webhook else { return nil }
    if message.lane.service != nil, presentAddress(of: message) == nil {
      return "the person has no address there any more"
    }
    let kind = gate.kind(of: message.channel)
    let isMarketing = message.messageClass == .marketing
    if isMarketing {
      let names = symbols[message.workspace].map { ConsentPurposes(for: kind, symbols: $0) }
      if let reason = gate.consentPolicy.objection(names?.answer(in: state.consents)) {
        return "the person's consent: \(reason.rawValue)"
      }
    }
    let row = state.delivery.suppression(channelKind: kind.number, address: AddressSuppression.hash(message.to))
    guard let row, isMarketing || row.cause != .unsubscribed else { return nil }
    return "the address is suppressed: \(row.cause)"
  }

  private func presentAddress(of message: MessageRecord) -> String? {
    guard let slot = slotAfterMerges(message.workspace, message.person), let state = loadState(slot) else { return nil }
    if state.device(at: message.to) != nil { return message.to }
    return compiled[message.workspace]?.definitions.gate.route(of: message.channel).address(of: state)
  }
}

extension Node {
  /// No more messages are re-driven by one call.
  public static let redrivesMax = 10_000
  private static let page = 500

  /// Hands failed messages over again: those of `ids`, or the newest of a filter.
  ///
  /// - Returns: `{"redriven", "skipped":[{"id","reason"}], "more"}`.
  public func redrive(
    _ workspace: WorkspaceID, ids: [String], all filter: DeadLetterFilter?, limit: Int
  ) async throws(Problem) -> JSONValue {
    var redriven = 0
    var skipped: [(id: String, reason: String)] = []
    var cursor: String?
    var rest = ids[...]
    var left = limit
    while left > 0 {
      var batch = Array(rest.prefix(min(Self.page, left)))
      rest = rest.dropFirst(batch.count)
      if let filter {
        let page = try await perform { [cursor, left] partition throws(Problem) in
          try partition.messageRecords(workspace, filter.messages, cursor: cursor, limit: min(Self.page, left))
        }
        batch = page.records.map(\.id.text)
        cursor = page.next
      }
      guard !batch.isEmpty else { break }
      left -= batch.count
      let done = try await perform { [batch] partition throws(Problem) in try partition.redrive(workspace, batch) }
      redriven += done.redriven
      skipped += done.skipped
      if filter != nil, cursor == nil { break }
    }
    courier.poke()
    return [
      "redriven": .int(Int64(redriven)),
      "skipped": .array(skipped.prefix(1_000).map { ["id": .string($0.id), "reason": .string($0.reason)] }),
      "more": .bool(cursor != nil || !rest.isEmpty),
    ]
  }
}
