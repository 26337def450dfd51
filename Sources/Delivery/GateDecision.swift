import Profiles
import RoostCore

/// Whether a message goes out: now, later or not at all.
public enum GateDecision: Sendable, Equatable {
  /// It goes out; every cap that counts it has counted it in the person's state.
  case deliver(Passage, GateEvidence)
  /// To be asked about again at `until`, the first moment in which it could go out as things are. Nothing is counted.
  case hold(until: Instant, HoldReason, GateEvidence)
  /// Never.
  case suppress(SuppressionReason, GateEvidence)

  public var evidence: GateEvidence {
    switch self {
    case .deliver(_, let evidence), .hold(_, _, let evidence), .suppress(_, let evidence): evidence
    }
  }

  /// What the message says about itself; `nil` for one that goes out.
  public var reason: SuppressionReason? {
    switch self {
    case .deliver: nil
    case .hold(_, let reason, _): reason.published
    case .suppress(let reason, _): reason
    }
  }
}

/// The way a message may take.
public struct Passage: Sendable, Equatable {
  /// The address.
  public var to: String
  /// As asked for, or what takes its place because of a cap.
  public var channel: String
  public var kind: ChannelKind
  public var template: String
  /// When it may be handed over, if that is to take a while; `nil`: at any time.
  public var window: SendWindow?

  public init(to: String, channel: String, kind: ChannelKind, template: String, window: SendWindow? = nil) {
    self.to = to
    self.channel = channel
    self.kind = kind
    self.template = template
    self.window = window
  }
}

/// The next quiet hours of a message's person: it is not handed over from `closesAt` until `opensAt`, nor a day later.
public struct SendWindow: Sendable, Hashable {
  public var closesAt: Instant
  public var opensAt: Instant
  public init(closesAt: Instant, opensAt: Instant) {
    self.closesAt = closesAt
    self.opensAt = opensAt
  }

  /// The first moment not before `moment` in which it may be handed over.
  ///
  /// After the first day both ends come again every 24 hours: exact but for the night in which clocks change.
  public func firstOpen(notBefore moment: Instant) -> Instant {
    guard moment >= closesAt, opensAt > closesAt else { return moment }
    let past = (moment - closesAt).milliseconds % Instant.millisecondsPerDay
    let quiet = (opensAt - closesAt).milliseconds
    return past < quiet ? moment + TimeSpan(milliseconds: quiet - past) : moment
  }
}

/// Why a message is held; the run that sends it waits.
public enum HoldReason: Sendable, Hashable {
  case quietHours
  case frequencyCap

  public var published: SuppressionReason {
    switch self {
    case .quietHours: .quietHours
    case .frequencyCap: .frequencyCap
    }
  }
}
