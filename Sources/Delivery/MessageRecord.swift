import RoostCore

/// One intended message and all that became of it.
///
/// A message goes through many hands, and on its way only its fate changes: what was decided is shared by all copies.
public struct MessageRecord: Sendable, Equatable {
  /// What was decided: read here, changed by `intent` alone.
  private(set) var shared: Shared

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
    var intent = Intent(
      id: id, workspace: workspace, person: person, userID: userID, email: email, journey: journey, version: version,
      step: step, channel: channel, template: template, templateVersion: templateVersion, messageClass: messageClass,
      createdAt: createdAt ?? now, scheduledAt: scheduledAt, subject: subject, values: values, why: why,
      reasons: reasons)
    changedAt = now
    switch decision {
    case .deliver(let passage, _):
      intent.to = passage.to
      intent.window = passage.window
      status = .scheduled
      dueAt = scheduledAt
    case .hold(_, let why, _):
      status = .held
      reason = why.published
    case .suppress(let why, _):
      status = .suppressed
      reason = why
    }
    shared = Shared(intent)
  }

  /// A message as a record has it; what became of it is still to be read.
  init(_ intent: Intent, status: MessageStatus, changedAt: Instant) {
    shared = Shared(intent)
    self.status = status
    self.changedAt = changedAt
  }

  /// What was decided. Whoever changes it has a copy of their own from then on.
  var intent: Intent {
    get { shared.intent }
    _modify {
      if !isKnownUniquelyReferenced(&shared) { shared = Shared(shared.intent) }
      yield &shared.intent
    }
  }

  /// Whether the two differ in nothing but what became of them, known without comparing.
  public func sharesIntent(with other: MessageRecord) -> Bool { shared === other.shared }

  /// What copies have in common. Safe to share: it is changed only while nobody else refers to it.
  final class Shared: @unchecked Sendable, Equatable {
    var intent: Intent

    init(_ intent: Intent) { self.intent = intent }

    static func == (a: Shared, b: Shared) -> Bool { a === b || a.intent == b.intent }
  }
}
