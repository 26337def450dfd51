import Delivery
import RoostCore

/// What a message brought back: an input to its person.
package struct MessageFeedback: Sendable {
  package enum News: Sendable, Hashable {
    /// Its picture was fetched; by a machine if no person was behind it, as far as can be told.
    case opened(isMachine: Bool)
    case clicked(url: String, label: String = "", isMachine: Bool)
    /// A push message was tapped, says the browser or app that has its token.
    case tapped
    /// The unsubscribe link, or the one click of RFC 8058.
    case unsubscribed
    /// Answers in the preference centre, by purpose.
    case answered([String: Bool], source: String)
    /// No marketing until then; `nil` ends a pause.
    case paused(until: Instant?)
    /// A consent by a kind of channel, by the link that was sent for that; with the wording that was agreed to.
    case confirmed(ChannelKind, textVersion: String)
    /// How often the person wants marketing.
    case frequency(MarketingFrequency)
    case bounced(Bounce)
    /// The reader called it unwanted; the word of RFC 5965 for how.
    case complained(kind: String)
    /// Whoever carries it says that it arrived: one of its parts, by their order; `nil`: all of it.
    case delivered(part: Int?)
    /// Whoever carries it says, after having taken it, that it did not arrive and will not.
    case failed(reason: String)
    /// The person shut the door to this sender, at whoever keeps the address.
    case blocked(reason: String)
    /// A message on a site or in an app was put away.
    case dismissed
  }

  package struct Bounce: Sendable, Hashable {
    /// The address does not work and will not; else it may later.
    package var isHard: Bool
    /// RFC 3463, such as 5.1.1; "" if unknown.
    package var status: String
    package var diagnostic: String
    package var address: String

    package init(isHard: Bool, status: String, diagnostic: String, address: String) {
      self.isHard = isHard
      self.status = status
      self.diagnostic = diagnostic
      self.address = address
    }
  }

  package var workspace: WorkspaceID
  package var person: PersonID
  package var message: IntentID?
  package var news: News
  /// By what way; `nil`: the message's, else e-mail.
  package var kind: ChannelKind?

  package init(
    workspace: WorkspaceID, person: PersonID, message: IntentID?, news: News, kind: ChannelKind? = nil
  ) {
    self.kind = kind
    self.workspace = workspace
    self.person = person
    self.message = message
    self.news = news
  }

  package init(_ origin: LinkOrigin, _ news: News) {
    self.init(workspace: origin.workspace, person: origin.person, message: origin.message, news: news)
  }
}

extension MessageFeedback.News {
  /// What it makes of a message that went by `kind`; `nil` for what says nothing about the message itself.
  func status(_ kind: ChannelKind) -> MessageStatus? {
    switch self {
    case .opened(isMachine: false): .opened
    case .clicked(_, _, isMachine: false), .tapped: .clicked
    // A machine fetched it, so it was delivered.
    case .opened, .clicked, .delivered: .delivered
    case .bounced(let bounce): bounce.isHard ? .bounced : kind == .sms ? .failed : nil
    case .complained: .complained
    case .failed: .failed
    case .unsubscribed, .answered, .paused, .confirmed, .frequency, .blocked, .dismissed: nil
    }
  }

  /// The event's name in timelines, segments and journeys: `Email Opened`, `SMS Delivered`.
  func eventName(_ kind: ChannelKind) -> String? {
    let fate: String? =
      switch self {
      case .opened(isMachine: false): "Opened"
      case .clicked(_, _, isMachine: false): "Clicked"
      case .tapped: "Tapped"
      case .opened, .clicked: "Prefetched"
      case .unsubscribed: "Unsubscribed"
      case .bounced: "Bounced"
      case .complained: "Complained"
      case .delivered: "Delivered"
      case .failed: "Failed"
      case .blocked: "Blocked"
      case .dismissed: "Dismissed"
      case .answered, .paused, .confirmed, .frequency: nil
      }
    return fate.map { "\(kind.eventWord) \($0)" }
  }
}
