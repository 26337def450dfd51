import Events
import Profiles
import RoostCore

/// The one place where it is decided whether a message may go out: consent, then address, then the list of addresses that
/// get nothing, then quiet hours, then frequency caps. Compiled from a workspace's definitions; immutable.
///
/// A transactional message needs an address that takes mail: no marketing rule holds it up, and no cap counts it.
public struct DeliveryGate: Sendable {
  public let consentPolicy: ConsentPolicy
  public let policies: DeliveryPolicies
  public let zones: ZoneTable
  /// Whose clocks count where nothing is known of a person.
  public let workspaceZone: ZoneRules
  private let caps: CapProgram
  /// How the workspace's channels reach people, by their keys.
  private let routes: [String: ChannelRoute]
  /// The same for steps that name a kind: whatever its channels can use.
  private let kindRoutes: [ChannelKind: ChannelRoute]
  private let symbols: SymbolTable

  /// - Parameter routes: of the workspace's channels, by key.
  /// - Throws: if the caps name more than the workspace has room for.
  public init(
    consentPolicy: ConsentPolicy, policies: DeliveryPolicies = DeliveryPolicies(), routes: [String: ChannelRoute],
    zones: ZoneTable, workspaceZone: ZoneRules, symbols: SymbolTable
  ) throws(Problem) {
    self.consentPolicy = consentPolicy
    self.policies = policies
    self.routes = routes
    self.zones = zones
    self.workspaceZone = workspaceZone
    self.symbols = symbols
    caps = try CapProgram(policies.caps, symbols: symbols)
    let ordered = routes.sorted { $0.key < $1.key }.map(\.value)
    kindRoutes = Dictionary(grouping: ordered, by: \.kind).mapValues { all in
      let first = all[0]
      // Devices of any channel will do; an address of another sort is the first channel's alone.
      let routes = all.filter { !$0.services.isEmpty }
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

  /// Whose clocks count for a person.
  public func zone(of person: PersonState) -> PersonZone {
    PersonZone(
      of: person, zones: zones, workspace: workspaceZone, device: symbols.find(EventParser.deviceTimezoneTrait))
  }

  /// Decides about one message; what is delivered is counted in `state` by the same call, so that of any number of
  /// messages at once no more pass than a cap has places.
  public func decide(_ request: SendRequest, _ state: inout PersonState, now: Instant) -> GateDecision {
    var evidence = GateEvidence()
    let passage: Passage
    switch admit(request, state, now: now, &evidence) {
    case .failure(let objection): return .suppress(objection.reason, evidence)
    case .success(let found): passage = found
    }
    guard request.messageClass == .marketing, !request.isTest else { return .deliver(passage, evidence) }
    evidence.policiesVersion = policies.version
    if policies.quietHours != nil || caps.needsZone { evidence.zone = zone(of: state) }
    let zone = evidence.zone?.rules ?? workspaceZone
    return throughQuietHours(request, passage, &state, now: now, zone, &evidence)
  }

  /// What speaks against writing to a person by a channel at all, whatever the hour and the caps; `nil` if nothing does.
  public func objection(to request: SendRequest, _ state: PersonState, now: Instant) -> SuppressionReason? {
    var evidence = GateEvidence()
    if case .failure(let objection) = admit(request, state, now: now, &evidence) { return objection.reason }
    return nil
  }

  private struct Objection: Error {
    var reason: SuppressionReason
  }

  /// Whether this person may be written to at all by this channel, and where.
  private func admit(
    _ request: SendRequest, _ state: PersonState, now: Instant, _ evidence: inout GateEvidence
  ) -> Result<Passage, Objection> {
    let kind = kind(of: request.channel)
    let isMarketing = request.messageClass == .marketing && !request.isTest
    if isMarketing {
      // Looked up each time: `marketing.email` gets its number when somebody first answers to it.
      evidence.consent = ConsentPurposes(for: kind, symbols: symbols).answer(in: state.consents)
      if let reason = consentPolicy.objection(evidence.consent) { return .failure(Objection(reason: reason)) }
      if policies.doubleOptIn.contains(kind) {
        evidence.confirmation = symbols.find(kind.confirmationPurpose).flatMap { state.consent($0) }
        guard evidence.confirmation?.isGranted == true else { return .failure(Objection(reason: .unconfirmed)) }
      }
      if let until = pausedUntil(state), now < until { return .failure(Objection(reason: .paused)) }
      if frequency(of: state) == .never { return .failure(Objection(reason: .unsubscribed)) }
    }
    guard let address = route(of: request.channel).address(of: state), kind.isUsable(address) else {
      return .failure(Objection(reason: .noAddress))
    }
    if !state.delivery.suppressions.isEmpty,
      let row = state.delivery.suppression(channelKind: kind.number, address: AddressSuppression.hash(address)),
      let reason = row.cause.reason(isMarketing: isMarketing)
    {
      evidence.suppression = row
      return .failure(Objection(reason: reason))
    }
    return .success(Passage(to: address, channel: request.channel, kind: kind, template: request.template))
  }

  private func throughQuietHours(
    _ request: SendRequest, _ passage: Passage, _ state: inout PersonState, now: Instant, _ zone: ZoneRules,
    _ evidence: inout GateEvidence
  ) -> GateDecision {
    guard let quietHours = policies.quietHours else {
      return throughCaps(request, passage, &state, now: now, zone, &evidence)
    }
    let period = quietHours.period(at: now, in: zone)
    evidence.quiet = QuietStanding(start: period.start, end: period.end)
    guard period.start > now else {
      guard request.quiet ?? quietHours.over == .hold else { return .suppress(.quietHours, evidence) }
      return .hold(until: quietHours.firstLoud(notBefore: period.end, in: zone), .quietHours, evidence)
    }
    var passage = passage
    passage.window = SendWindow(
      closesAt: period.start, opensAt: quietHours.firstLoud(notBefore: period.start, in: zone))
    return throughCaps(request, passage, &state, now: now, zone, &evidence)
  }

  /// Gives back the place under frequency caps that `decide` took at this moment for a message which is not sent after all.
  public func giveBack(_ passage: Passage, journey: Symbol, _ state: inout PersonState, now: Instant) {
    caps.takeBack(passage, journey: journey, in: &state, now: now)
  }

  private func throughCaps(
    _ request: SendRequest, _ passage: Passage, _ state: inout PersonState, now: Instant, _ zone: ZoneRules,
    _ evidence: inout GateEvidence
  ) -> GateDecision {
    let own = frequency(of: state)?.cap
    guard !caps.caps.isEmpty || own != nil || !state.delivery.marks.isEmpty else { return .deliver(passage, evidence) }
    let mark = caps.mark(of: request, kind: passage.kind, now: now)
    for index in caps.caps.indices {
      guard let standing = caps.standing(index, for: mark, in: state, now: now, zone: zone) else { continue }
      evidence.caps.append(standing)
    }
    if let own { evidence.caps.append(caps.standing(own: own, in: state, now: now, zone: zone)) }
    let full = evidence.caps.filter(\.isFull)
    guard full.isEmpty else { return over(request, full, &state, now: now, zone, evidence) }
    caps.note(mark, own: own, in: &state, now: now, zone: zone)
    return .deliver(passage, evidence)
  }

  /// What becomes of a message for which there is no place: if any full cap says so it is dropped; else, if any says so,
  /// another channel takes its place once; else it waits for the moment in which all of them have a place.
  private func over(
    _ request: SendRequest, _ full: [CapStanding], _ state: inout PersonState, now: Instant, _ zone: ZoneRules,
    _ evidence: GateEvidence
  ) -> GateDecision {
    // Beyond what somebody asked for nothing waits to be sent later, unless the step says so.
    let rules = full.map { request.over ?? ($0.isOwn ? .skip : caps.caps[$0.cap].rule.over) }
    if rules.contains(.skip) { return .suppress(.frequencyCap, evidence) }
    for case .replace(let channel, let template) in rules {
      var other = request
      other.channel = channel
      other.template = template ?? request.template
      other.over = .skip
      guard case .deliver(let passage, var found) = decide(other, &state, now: now) else {
        return .suppress(.frequencyCap, evidence)
      }
      found.caps = full + found.caps
      found.replacedChannel = request.channel
      return .deliver(passage, found)
    }
    var until = full.reduce(now) { max($0, $1.freeAt) }
    if let quietHours = policies.quietHours { until = quietHours.firstLoud(notBefore: until, in: zone) }
    return .hold(until: until, .frequencyCap, evidence)
  }
}

extension AddressSuppression.Cause {
  /// What is said of a message to such an address; `nil` if it goes out. Who unsubscribed or complained still gets what
  /// they ask for.
  fileprivate func reason(isMarketing: Bool) -> SuppressionReason? {
    switch self {
    case .bounced: .bouncedBefore
    case .complained: isMarketing ? .complainedBefore : nil
    case .manual: .blocked
    case .unsubscribed: isMarketing ? .unsubscribed : nil
    }
  }
}

extension DeliveryGate {
  /// The trait that holds until when a person wants no marketing, as RFC 3339 text.
  public static let pauseTrait = "marketing_paused_until"

  /// The trait that holds how often a person wants marketing: a `MarketingFrequency`.
  public static let frequencyTrait = "marketing_frequency"

  /// How often a person wants marketing, if they said so.
  public func frequency(of state: PersonState) -> MarketingFrequency? {
    guard let symbol = symbols.find(Self.frequencyTrait), case .string(let text)? = state.trait(symbol) else {
      return nil
    }
    return MarketingFrequency(rawValue: text)
  }

  private func pausedUntil(_ state: PersonState) -> Instant? {
    guard let symbol = symbols.find(Self.pauseTrait), case .string(let text)? = state.trait(symbol) else { return nil }
    return Instant(iso8601: text)
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
