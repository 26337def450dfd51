import RoostCore

/// One intended message and all that became of it.
public struct MessageRecord: Sendable, Equatable {
  public let id: IntentID
  public let workspace: WorkspaceID
  public let person: PersonID
  /// The person's user id and e-mail when it was decided; "" if unknown.
  public var userID: String
  public var email: String
  /// The journey's key and version and the step's id.
  public let journey: String
  public let version: UInt32
  public let step: String
  /// Keys.
  public let channel: String
  public let template: String
  public let templateVersion: UInt32
  public let messageClass: MessageClass
  public let createdAt: Instant
  /// When it was first meant to go out.
  public var scheduledAt: Instant

  /// Which of the person's entries into the journey, and the step's place in it: of one run, messages go out in their order.
  public var entry: UInt32 = 0
  public var place: UInt32 = 0
  /// When it may be handed over; `nil` if at any hour.
  public var window: SendWindow?

  /// Sent by an operator to be looked at: belongs to no journey and no person, and no figure counts it.
  public var isTest = false
  /// What stands before the subject of a test.
  public static let testMark = "[Test] "

  /// The address; "" if there is none.
  public var to: String
  public var subject: String
  /// What the template reads, as it was when the message was decided (`TemplateValues`).
  public var values: [UInt8]
  /// What was noted besides `reasons`; of messages of earlier versions, which have none, all sentences. See `sentences`.
  public var why: [String]
  /// What the decision rested on.
  public var reasons: DecisionReasons?

  public internal(set) var status: MessageStatus
  public internal(set) var reason: SuppressionReason?
  /// The last answer of whoever took it or refused it; not for outsiders' eyes unchecked.
  public internal(set) var detail = ""
  public internal(set) var sentAt: Instant?
  public internal(set) var changedAt: Instant
  /// When it is to be handed over; `nil` if it is not.
  public internal(set) var dueAt: Instant?
  /// Who is handing it over right now.
  public internal(set) var claim: Claim?
  /// How often a hand-off began.
  public internal(set) var attempts: UInt32 = 0
  public internal(set) var firstAttemptAt: Instant?
  /// Under which names reports about it will come; `nil` if none will.
  public internal(set) var reports: Reports?
  /// How often a hand-off ended without anybody knowing how.
  public internal(set) var ambiguities: UInt32 = 0
  /// Within an app or site: when the person put it away; it is shown no more.
  public internal(set) var dismissedAt: Instant?

  /// The right to hand a message over; whoever comes with an older token is refused.
  public struct Claim: Sendable, Equatable {
    public var token: UInt64
    public var at: Instant
    public init(token: UInt64, at: Instant) {
      self.token = token
      self.at = at
    }
  }

  /// A message as it was decided: to be handed over from `scheduledAt` on, or not at all.
  ///
  /// - Parameter createdAt: when it was first decided about, if it was held before.
  public init(
    id: IntentID, workspace: WorkspaceID, person: PersonID, userID: String, email: String, journey: String,
    version: UInt32, step: String, channel: String, template: String, templateVersion: UInt32,
    messageClass: MessageClass, decision: GateDecision, subject: String, values: [UInt8], why: [String] = [],
    reasons: DecisionReasons? = nil,
    createdAt: Instant? = nil, now: Instant, scheduledAt: Instant
  ) {
    self.id = id
    self.workspace = workspace
    self.person = person
    self.userID = userID
    self.email = email
    self.journey = journey
    self.version = version
    self.step = step
    self.channel = channel
    self.template = template
    self.templateVersion = templateVersion
    self.messageClass = messageClass
    self.subject = subject
    self.values = values
    self.why = why
    self.reasons = reasons
    self.scheduledAt = scheduledAt
    self.createdAt = createdAt ?? now
    changedAt = now
    switch decision {
    case .deliver(let passage, _):
      to = passage.to
      status = .scheduled
      dueAt = scheduledAt
    case .hold(_, let why, _):
      to = ""
      status = .held
      reason = why.published
    case .suppress(let why, _):
      to = ""
      status = .suppressed
      reason = why
    }
  }
}
