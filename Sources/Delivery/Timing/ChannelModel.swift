import Profiles
import RoostCore

/// By which channel somebody is likeliest to answer.
///
/// The expected rate is that of a beta-binomial: `(answered + w · r) / (sent + w)`, with the workspace's rate `r` of the
/// channel and the weight `w` of 20 messages: one opened letter of one sent does not make somebody a reader of letters.
public struct ChannelModel: Sendable, Equatable {
  public struct Choice: Sendable, Equatable {
    public var kind: ChannelKind
    public var basis: HourModel.Basis
    /// The expected share of messages that are answered.
    public var rate: Double
  }

  public static let priorWeight = 20.0
  /// A channel of which the workspace has sent less says nothing.
  public static let workspaceMessagesMin = 200
  /// What is expected of a channel of which nothing is known.
  public static let unknownRate = 0.05

  private let workspace: [ChannelAnswersTotal]

  /// - Parameter workspace: what everybody got and answered, by kind of channel.
  public init(workspace: [ChannelAnswersTotal]) { self.workspace = workspace }

  /// - Parameter among: the channels there are, the preferred first: of equals the first is taken.
  /// - Returns: `nil` if there are none.
  public func best(for answers: [ChannelAnswers], among kinds: [ChannelKind]) -> Choice? {
    var best: Choice?
    for kind in kinds {
      let choice = expected(kind, answers.first { $0.channelKind == kind.number })
      if best.map({ choice.rate > $0.rate }) ?? true { best = choice }
    }
    return best
  }

  private func expected(_ kind: ChannelKind, _ own: ChannelAnswers?) -> Choice {
    let total = workspace.first { $0.kind == kind }
    let isKnown = (total?.sent ?? 0) >= Self.workspaceMessagesMin
    let prior = isKnown ? Double(total!.answered) / Double(total!.sent) : Self.unknownRate
    let (sent, answered) = (Double(own?.sent ?? 0), Double(own?.answered ?? 0))
    return Choice(
      kind: kind, basis: sent > 0 ? .person : (isKnown ? .workspace : .nothing),
      rate: (answered + Self.priorWeight * prior) / (sent + Self.priorWeight))
  }
}

/// What everybody of a workspace got and answered by one kind of channel.
public struct ChannelAnswersTotal: Sendable, Equatable {
  public var kind: ChannelKind
  public var sent: Int
  public var answered: Int
  public init(kind: ChannelKind, sent: Int, answered: Int) {
    self.kind = kind
    self.sent = sent
    self.answered = answered
  }
}
