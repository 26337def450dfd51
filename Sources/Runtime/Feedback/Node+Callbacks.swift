import Channels
import Delivery
import Engine
import RoostCore

/// What was made of a provider's call.
package struct CallbackVerdict: Sendable {
  /// Reports about messages of this workspace and channel.
  package var taken = 0
  /// Reports about others, and parts of the call that say nothing the channel's rules know.
  package var unknown = 0
}

extension Node {
  /// A report may come before the hand-off's own outcome is recorded: so long a call waits, however many it holds.
  private static let waitsMax = 50
  private static let waitMilliseconds = 100

  /// Takes what a provider reports about messages of a channel. Durable when this returns.
  ///
  /// - Throws: `unauthorized` where the channel asks for a signature and this is none, `notFound` if the channel takes no
  ///   reports.
  package func receive(
    callback body: [UInt8], query: [(name: String, value: String)], header: (String) -> String?,
    _ workspace: WorkspaceID, channel: String
  ) async throws(Problem) -> CallbackVerdict {
    let definition = try await perform { partition throws(Problem) in
      try partition.openChannel(workspace, channel)
    }
    guard case .http(let http) = definition.settings, let document = http.callback else {
      throw Problem(.notFound, "the channel takes no reports")
    }
    let rules = try CallbackRules(document)
    guard rules.isSigned(body, header: header) else {
      throw Problem(.unauthorized, "the signature is missing or wrong")
    }
    let (reports, unknown) = rules.reports(body, query: query)
    var verdict = CallbackVerdict(taken: 0, unknown: unknown)
    var waits = Self.waitsMax
    for report in reports {
      guard let (message, part) = try await settled(report, workspace, channel, &waits) else {
        verdict.unknown += 1
        continue
      }
      let news = report.news(of: part, to: message.to)
      try await record(
        MessageFeedback(workspace: workspace, person: message.person, message: message.id, news: news))
      verdict.taken += 1
    }
    return verdict
  }

  /// The message that a report is about, once its hand-off is over; `nil` if the channel sent none such.
  private func settled(
    _ report: CallbackRules.Report, _ workspace: WorkspaceID, _ channel: String, _ waits: inout Int
  ) async throws(Problem) -> (MessageRecord, part: Int?)? {
    while true {
      // An id that only the provider knows is known to us from the outcome on.
      let mayCome = courier.isHandingOver
      let (found, isUnderWay) = try await perform { partition throws(Problem) in
        let found = try partition.message(of: report, workspace, channel)
        return (found, found.flatMap { partition.outbox[$0.message.id]?.claim } != nil)
      }
      let latest = found.map { ($0.message, part: $0.part) }
      guard waits > 0, isUnderWay || (found == nil && mayCome && report.providerID != nil) else { return latest }
      waits -= 1
      do { try await Task.sleep(for: .milliseconds(Self.waitMilliseconds)) } catch { return latest }
    }
  }
}

/// A message that a provider reports about.
struct CallbackSubject: Sendable {
  var message: MessageRecord
  /// One of its parts; `nil`: all of it.
  var part: Int?
}

extension Partition {
  /// A channel's definition with its credentials.
  func openChannel(_ workspace: WorkspaceID, _ key: String) throws(Problem) -> ChannelDefinition {
    guard let document = definitions[workspace]?.latest(.channel, key) else {
      throw Problem(.notFound, "there is no channel \"\(key)\"")
    }
    return try ChannelDefinition(try secretBox.opened(document.body, workspace, key), key: key)
  }

  fileprivate func message(
    of report: CallbackRules.Report, _ workspace: WorkspaceID, _ channel: String
  ) throws(Problem) -> CallbackSubject? {
    if let text = report.message, let id = IntentID(text: text), let message = try message(workspace, id.bytes),
      self.channel(of: message.lane)?.ref.key == channel
    {
      return CallbackSubject(message: message, part: nil)
    }
    guard let id = report.providerID, let found = try message(workspace, reportedBy: channel, as: id) else {
      return nil
    }
    return CallbackSubject(message: found.message, part: found.part)
  }
}

extension CallbackRules.Report {
  fileprivate func news(of part: Int?, to address: String) -> MessageFeedback.News {
    switch meaning {
    case .delivered: .delivered(part: part)
    case .read: .opened(isMachine: false)
    case .clicked: .clicked(url: "", isMachine: false)
    case .failed: .failed(reason: reason)
    case .unreachable: .bounced(.init(isHard: true, status: "", diagnostic: reason, address: address))
    case .unsubscribed: .unsubscribed
    }
  }
}
