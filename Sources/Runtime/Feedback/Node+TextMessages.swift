import Channels
import Delivery
import Engine
import Events
import RoostCore
import Storage

/// What text messages bring back: receipts, and what people write.
extension Node {
  /// Takes what a channel's message centre brings. Durable when this returns `true`; `false`: it is to be brought again.
  func receive(_ inbound: SMPPInbound, by channel: ChannelRef, _ settings: SMPPChannel) async -> Bool {
    do throws(Problem) {
      switch inbound {
      case .receipt(let receipt, let number):
        return try await receive(receipt, about: number, by: channel, settings)
      case .text(let text):
        try await receive(text, by: channel, settings)
        return true
      }
    } catch {
      logger.warning(
        "what a message centre brought could not be recorded",
        metadata: ["channel": .string(channel.key), "cause": .string(error.message)])
      return false
    }
  }

  // Receipts

  /// How long a receipt may be ahead of the record that its message was taken, in steps.
  private static let waits: [Int64] = [50, 100, 200, 400, 800, 1_600, 3_200]

  private func receive(
    _ receipt: SMPPReceipt, about number: String, by channel: ChannelRef, _ settings: SMPPChannel
  ) async throws(Problem) -> Bool {
    guard receipt.state.isFinal else { return true }
    let names = (SMPPMessageIDs(rawValue: settings.receiptIDs.rawValue) ?? .auto).candidates(receipt.ids)
    for wait in Self.waits + [0] {
      let isUnderWay = courier.underWay(channel) > 0
      let found = try await perform { partition throws(Problem) in
        try partition.reportedMessage(channel, names, about: number)
      }
      if let found, try await record(receipt, found, settings) { return true }
      // Nothing that could still get this name: it is about somebody else's message, or an erased person's.
      if found == nil, !isUnderWay { return true }
      do { try await Task.sleep(for: .milliseconds(wait)) } catch { return false }
    }
    return false
  }

  /// `false` while the message is being handed over.
  private func record(
    _ receipt: SMPPReceipt, _ found: ReportedMessage, _ settings: SMPPChannel
  ) async throws(Problem) -> Bool {
    let news: MessageFeedback.News
    if receipt.state == .delivered {
      news = .delivered(part: found.part)
    } else {
      guard !found.isUnderWay else { return false }
      news = .bounced(
        .init(
          isHard: receipt.isNumberDead(codes: settings.deadNumberErrors), status: receipt.state.word,
          diagnostic: receipt.error.isEmpty ? "" : "err \(receipt.error.prefix(40))", address: found.message.to))
    }
    return try await record(
      MessageFeedback(
        workspace: found.message.workspace, person: found.message.person, message: found.message.id, news: news,
        kind: .sms)) || !found.isUnderWay
  }

  // What people write

  private func receive(_ text: SMPPText, by channel: ChannelRef, _ settings: SMPPChannel) async throws(Problem) {
    guard let symbols = keys.symbols(channel.workspace) else { return }
    let written = WrittenText(text)
    if let part = text.part {
      let words = settings.stopWords
      let isStop = try await perform { partition throws(Problem) in
        try partition.take(part, by: channel, stopWords: words)
      }
      // Several parts say so, and those that come again.
      if isStop { try await endMarketing(written.phone, channel.workspace, unlessEnded: true) }
      return
    }
    let now = receiptTime()
    let isStop = written.isStop(settings.stopWords)
    let call = written.call(by: channel.key, isStop: isStop) { said in
      // What a centre brings twice within the minute, because our answer got lost, counts once.
      "\(hash64(said.text + "\(now.milliseconds / 60_000)", seed: EventWriter.messageSeed))"
    }
    try await store(try EventSubmission(call, channel.workspace, symbols, at: now) { _ in })
    if isStop { try await endMarketing(written.phone, channel.workspace, unlessEnded: false) }
  }

  /// With a receipt that says how: by a text message.
  private func endMarketing(_ phone: String, _ workspace: WorkspaceID, unlessEnded: Bool) async throws(Problem) {
    let person = try await perform { partition throws(Problem) in
      try partition.writer(phone, workspace, unlessEnded: unlessEnded)
    }
    if let person { try await record(.stop(workspace, person)) }
  }
}

/// A message that a report is about.
struct ReportedMessage: Sendable {
  var message: MessageRecord
  var part: Int
  /// Its outcome is not recorded yet.
  var isUnderWay: Bool
}

extension Partition {
  /// The message that goes by one of these names. Where a name is a guess, the number has to fit.
  func reportedMessage(
    _ channel: ChannelRef, _ names: [(id: String, isGuess: Bool)], about number: String
  ) throws(Problem) -> ReportedMessage? {
    for name in names {
      guard let found = try message(channel.workspace, reportedBy: channel.key, as: name.id),
        !name.isGuess || Self.isSame(number, found.message.to)
      else { continue }
      return ReportedMessage(
        message: found.message, part: found.part, isUnderWay: outbox[found.message.id] != nil)
    }
    return nil
  }

  /// Centres drop what is in front of the national number.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    func tail(_ text: String) -> [UInt8] { Array(text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.suffix(8)) }
    return tail(a).count >= 4 && tail(a) == tail(b)
  }
}
