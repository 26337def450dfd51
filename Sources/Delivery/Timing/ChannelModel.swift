import Profiles
import RoostCore

/// By which channel somebody is likeliest to answer.
///
/// The expected rate is that of a beta-binomial: `(answered + w · r) / (sent + w)`, with the rate `r` of the channel among
/// the people like them and the weight `w` of 20 messages: one opened letter of one sent does not make somebody a reader of
/// letters. `r` is made the same way: the people of the journey's segment with the weight of 100 messages of everybody in
/// the workspace.
public struct ChannelModel: Sendable, Equatable {
  public struct Choice: Sendable, Equatable {
    public var kind: ChannelKind
    public var basis: HourModel.Basis
    /// The expected share of messages that are answered.
    public var rate: Double
    /// What the person got of it, and answered.
    public var sent: Int
    public var answered: Int
  }

  public static let priorWeight = 20.0
  public static let segmentPriorWeight = 100.0
  /// A channel of which the workspace or the segment has sent less says nothing.
  public static let workspaceMessagesMin = 200
  /// What is expected of a channel of which nothing is known.
  public static let unknownRate = 0.05

  private let workspace: [ChannelAnswersTotal]
  private let segment: [ChannelAnswersTotal]

  /// - Parameters:
  ///   - workspace: what everybody got and answered, by kind of channel.
  ///   - segment: the same of the people in the journey's segment.
  public init(workspace: [ChannelAnswersTotal], segment: [ChannelAnswersTotal] = []) {
    self.workspace = workspace
    self.segment = segment
  }

  /// - Parameter among: the channels there are, the preferred first: of equals the first is taken.
  /// - Returns: `nil` if there are none.
  public func best(for answers: [ChannelAnswers], among kinds: [ChannelKind]) -> Choice? {
    var best: Choice?
    for kind in kinds {
      let choice = expected(kind, of: answers)
      if best.map({ choice.rate > $0.rate }) ?? true { best = choice }
    }
    return best
  }

  /// What is expected of one channel.
  public func expected(_ kind: ChannelKind, of answers: [ChannelAnswers]) -> Choice {
    let own = answers.first { $0.channelKind == kind.number }
    let (rate, basis) = prior(kind)
    let (sent, answered) = (Int(own?.sent ?? 0), Int(own?.answered ?? 0))
    return Choice(
      kind: kind, basis: sent > 0 ? .person : basis,
      rate: (Double(answered) + Self.priorWeight * rate) / (Double(sent) + Self.priorWeight), sent: sent,
      answered: answered)
  }

  private func prior(_ kind: ChannelKind) -> (rate: Double, basis: HourModel.Basis) {
    var (rate, basis) = (Self.unknownRate, HourModel.Basis.nothing)
    if let total = workspace.first(where: { $0.kind == kind }), total.sent >= Self.workspaceMessagesMin {
      (rate, basis) = (Double(total.answered) / Double(total.sent), .workspace)
    }
    guard let own = segment.first(where: { $0.kind == kind }), own.sent >= Self.workspaceMessagesMin else {
      return (rate, basis)
    }
    let weight = Self.segmentPriorWeight
    return ((Double(own.answered) + weight * rate) / (Double(own.sent) + weight), .segment)
  }
}

/// What everybody of a workspace or segment got and answered by one kind of channel.
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
