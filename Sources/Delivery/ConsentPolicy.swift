import Profiles
import RoostCore

/// What silence about marketing means in a workspace.
public enum ConsentPolicy: String, Sendable, Hashable, CaseIterable {
  /// No.
  case explicit
  /// Yes, unless refused.
  case implied
}

/// The purposes that decide about marketing by one channel.
public struct ConsentPurposes: Sendable, Hashable {
  /// `marketing`
  public var general: Symbol
  /// `marketing.email`; `nil` if nobody ever gave or refused it.
  public var channel: Symbol?

  public init(general: Symbol, channel: Symbol?) {
    self.general = general
    self.channel = channel
  }

  public init(for kind: ChannelKind, symbols: SymbolTable) {
    self.init(general: .marketing, channel: symbols.find("marketing.\(kind.rawValue)"))
  }

  /// The answer that counts, if there is one.
  ///
  /// The answer about the channel rules over the one about marketing as a whole, whichever came later, except that a
  /// later refusal of all marketing ends the channel's too. A later general yes does not undo a no to the channel: it
  /// was said about that channel, and only saying yes to it takes it back.
  public func answer(in consents: [Consent]) -> Consent? {
    let general = consents.first { $0.purpose == self.general }
    let specific = channel.flatMap { channel in consents.first { $0.purpose == channel } }
    guard let specific else { return general }
    guard let general, !general.isGranted, general.at > specific.at else { return specific }
    return general
  }
}
