import Profiles
import RoostCore

/// What a decision rests on, for whoever asks why.
public struct GateEvidence: Sendable, Equatable {
  /// The answer that counted; `nil` if there is none, or none was needed.
  public var consent: Consent?
  /// The answer by which the consent was confirmed, where the workspace asks for that.
  public var confirmation: Consent?
  /// What is known against the address, if that decided.
  public var suppression: AddressSuppression?
  /// Whose clocks counted, and how that is known; `nil` if no rule asked.
  public var zone: PersonZone?
  /// The quiet hours in which the moment lies, or the next ones.
  public var quiet: QuietStanding?
  /// The caps that count such messages, as they stood before this one.
  public var caps: [CapStanding] = []
  /// The channel that the step asked for, if a cap put another in its place.
  public var replacedChannel: String?
  /// How the channel was chosen, if the step left that open.
  public var bestChannel: BestChannel?
  /// Of the policies' document; 0 if there is none.
  public var policiesVersion: UInt32 = 0

  public init(consent: Consent? = nil) { self.consent = consent }
}

/// How a channel was chosen for one message.
public struct BestChannel: Sendable, Equatable {
  public struct Candidate: Sendable, Equatable {
    public var channel: String
    /// Why it could not be used; `nil` if it could.
    public var objection: SuppressionReason?
    public var basis: HourModel.Basis
    /// The expected share of messages that are answered, in thousandths.
    public var permille: UInt16
    /// What the person got of it, and answered.
    public var sent: UInt32
    public var answered: UInt32

    public init(
      channel: String, objection: SuppressionReason?, basis: HourModel.Basis, permille: UInt16, sent: UInt32,
      answered: UInt32
    ) {
      self.channel = channel
      self.objection = objection
      self.basis = basis
      self.permille = permille
      self.sent = sent
      self.answered = answered
    }
  }
  /// In the order of the step.
  public var candidates: [Candidate]
  public init(candidates: [Candidate]) { self.candidates = candidates }
}

/// One cap for one person at one moment.
public struct CapStanding: Sendable, Equatable {
  /// Stands for the person's own cap, which is in no policies.
  public static let own = -1

  /// Its place in the policies, or `own`.
  public var cap: Int
  /// Messages that it counts now.
  public var count: Int
  public var max: Int
  /// When there is a place: now, if there is one.
  public var freeAt: Instant

  public var isFull: Bool { count >= max }
  public var isOwn: Bool { cap == Self.own }

  public init(cap: Int, count: Int, max: Int, freeAt: Instant) {
    self.cap = cap
    self.count = count
    self.max = max
    self.freeAt = freeAt
  }
}

/// Quiet hours of one person.
public struct QuietStanding: Sendable, Equatable {
  public var start: Instant
  public var end: Instant
  public init(start: Instant, end: Instant) {
    self.start = start
    self.end = end
  }
}

extension FrequencyCap {
  /// `3 per 7d, all`
  public var text: String {
    "\(max) per \(per.text)\(isCalendar ? " of the calendar" : ""), \(scope.text)"
  }
}

extension CapPeriod {
  /// The shortest form that reads the same: `7d`, `month`, `3 months`.
  public var text: String {
    switch unit {
    case .minute: "\(count)m"
    case .hour: "\(count)h"
    case .day: "\(count)d"
    case .week: "\(count)w"
    case .month: count == 1 ? "month" : "\(count) months"
    }
  }
}

extension CapScope {
  /// As the document has it.
  public var text: String {
    switch self {
    case .all: "all"
    case .channel(let name): "channel:\(name)"
    case .journey(let key): "journey:\(key)"
    case .label(let label): label
    case .each(let group): group.rawValue
    }
  }
}
