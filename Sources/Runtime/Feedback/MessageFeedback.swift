import Delivery
import RoostCore

/// What a message brought back: an input to its person.
package struct MessageFeedback: Sendable {
  package enum News: Sendable, Hashable {
    /// One of its parts reached the phone, by their order.
    case delivered(part: Int)
    /// Its picture was fetched; by a machine if no person was behind it, as far as can be told.
    case opened(isMachine: Bool)
    case clicked(url: String, label: String = "", isMachine: Bool)
    /// The unsubscribe link, or the one click of RFC 8058.
    case unsubscribed
    /// Answers in the preference centre, by purpose.
    case answered([String: Bool], source: String)
    /// No marketing until then; `nil` ends a pause.
    case paused(until: Instant?)
    case bounced(Bounce)
    /// The reader called it unwanted; the word of RFC 5965 for how.
    case complained(kind: String)
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
  /// By what way the message went.
  package var kind: ChannelKind

  package init(workspace: WorkspaceID, person: PersonID, message: IntentID?, news: News, kind: ChannelKind = .email) {
    self.workspace = workspace
    self.person = person
    self.message = message
    self.news = news
    self.kind = kind
  }

  package init(_ origin: LinkOrigin, _ news: News) {
    self.init(workspace: origin.workspace, person: origin.person, message: origin.message, news: news)
  }
}

extension MessageFeedback {
  /// What it makes of the message; `nil` for what says nothing about the message itself.
  var status: MessageStatus? {
    switch news {
    case .delivered: .delivered
    case .opened(isMachine: false): .opened
    case .clicked(_, _, isMachine: false): .clicked
    // A machine fetched it, so it was delivered.
    case .opened, .clicked: .delivered
    case .bounced(let bounce): bounce.isHard ? .bounced : kind == .sms ? .failed : nil
    case .complained: .complained
    case .unsubscribed, .answered, .paused: nil
    }
  }

  /// The event's name in timelines, segments and journeys.
  var eventName: String? {
    switch news {
    case .delivered: "\(kind.eventWord) Delivered"
    case .opened(isMachine: false): "\(kind.eventWord) Opened"
    case .clicked(_, _, isMachine: false): "\(kind.eventWord) Clicked"
    case .opened, .clicked: "\(kind.eventWord) Prefetched"
    case .unsubscribed: "\(kind.eventWord) Unsubscribed"
    case .bounced: "\(kind.eventWord) Bounced"
    case .complained: "\(kind.eventWord) Complained"
    case .answered, .paused: nil
    }
  }
}
