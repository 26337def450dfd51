import Profiles
import RoostCore

/// The one place where it is decided whether a message may go out: consent, then address, then quiet hours, then
/// frequency caps. Compiled from a workspace's definitions; immutable.
///
/// A transactional message needs an address only: no marketing rule holds it up, and no cap counts it.
public struct DeliveryGate: Sendable {
  public let consentPolicy: ConsentPolicy
  /// How the workspace's channels reach people, by their keys.
  private let routes: [String: ChannelRoute]
  /// The same for steps that name a kind: whatever its channels can use.
  private let kindRoutes: [ChannelKind: ChannelRoute]
  private let symbols: SymbolTable

  /// - Parameter routes: of the workspace's channels, by key.
  public init(consentPolicy: ConsentPolicy, routes: [String: ChannelRoute], symbols: SymbolTable) {
    self.consentPolicy = consentPolicy
    self.routes = routes
    self.symbols = symbols
    kindRoutes = Dictionary(grouping: routes.values, by: \.kind).mapValues { routes in
      let first = routes[0]
      guard !first.services.isEmpty, routes.count > 1 else { return first }
      let apps = Set(routes.map(\.app))
      return ChannelRoute(
        kind: first.kind, services: Set(routes.flatMap(\.services)).sorted(),
        app: apps.count == 1 ? first.app : nil)
    }
  }

  /// The kind of a channel that a step names by key or by kind. A name that says neither is taken for e-mail.
  public func kind(of channel: String) -> ChannelKind {
    route(of: channel).kind
  }

  /// How it reaches people.
  public func route(of channel: String) -> ChannelRoute {
    if let route = routes[channel] { return route }
    let kind = ChannelKind(channelType: channel) ?? .email
    return kindRoutes[kind] ?? ChannelRoute(any: kind)
  }

  /// Decides about one message; what is delivered is counted in `state` by the same call, so that of any number of
  /// messages at once no more pass than a cap has places.
  public func decide(_ request: SendRequest, _ state: inout PersonState, now: Instant) -> GateDecision {
    let kind = kind(of: request.channel)
    var evidence = GateEvidence()
    if request.messageClass == .marketing, !request.isTest {
      // Looked up each time: `marketing.email` gets its number when somebody first answers to it.
      evidence.consent = ConsentPurposes(for: kind, symbols: symbols).answer(in: state.consents)
      if let reason = consentPolicy.objection(evidence.consent) { return .suppress(reason, evidence) }
    }
    guard let address = route(of: request.channel).address(of: state), kind.isUsable(address) else {
      return .suppress(.noAddress, evidence)
    }
    return .deliver(
      Passage(to: address, channel: request.channel, kind: kind, template: request.template), evidence)
  }
}

extension ConsentPolicy {
  /// The source of a consent's withdrawal by an unsubscribe link or the one-click header (RFC 8058).
  public static let unsubscribeSource = "unsubscribe"

  /// What speaks against a marketing message, given the answer that counts: a refusal through an unsubscribe link is
  /// `unsubscribed`, any other, and silence under the explicit policy, is `no_consent`.
  public func objection(_ answer: Consent?) -> SuppressionReason? {
    guard let answer else { return self == .explicit ? .noConsent : nil }
    guard !answer.isGranted else { return nil }
    return answer.source == Self.unsubscribeSource ? .unsubscribed : .noConsent
  }
}
