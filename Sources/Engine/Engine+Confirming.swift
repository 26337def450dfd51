import Delivery
import Events
import Journeys
import Profiles
import RoostCore

extension WorkspaceDefinitions {
  /// The kinds of channels by which the person said yes to marketing, where that has to be confirmed.
  func consentsToConfirm(_ state: PersonState) -> Set<ChannelKind> {
    guard !policies.doubleOptIn.isEmpty else { return [] }
    return policies.doubleOptIn.filter { kind in
      ConsentPurposes(for: kind, symbols: symbols).answer(in: state.consents)?.isGranted == true
    }
  }

  /// Sends whoever said yes the message that asks them to confirm it: once for each time they say so, within the limits of
  /// the policies. Transactional: it was asked for.
  ///
  /// - Parameters:
  ///   - before: to what they had said yes before this event.
  ///   - isRequest: whether they were asked on purpose, and so mean it if they say the same again.
  func askToConfirm(
    _ state: inout PersonState, before: Set<ChannelKind>, isRequest: Bool, now: Instant, seed: UInt64,
    effects: inout PersonEffects
  ) {
    for kind in consentsToConfirm(state).sorted(by: { $0.number < $1.number }) {
      let rule = policies.confirming[kind] ?? ConfirmationRule()
      let confirmed = symbols.find(kind.confirmationPurpose).flatMap { state.consent($0) }
      guard confirmed?.isGranted != true, let address = gate.route(of: kind.rawValue).address(of: state),
        kind.isUsable(address)
      else { continue }
      let (hash, known) = (AddressSuppression.hash(address), state.delivery.request(channelKind: kind.number))
      guard rule.mustAsk(after: known, address: hash, isRequest: isRequest || !before.contains(kind), now: now) else {
        continue
      }
      state.delivery.keep(rule.request(after: known, kind: kind, address: hash, now: now))
      let intent = confirmation(kind, rule, &state, now: now)
      // Before any step of a journey: the message reads the traits as they are.
      effects.messages.append(
        message(intent, state, -1, of: [], refused: effects.recordedRefusals, now: now, seed: seed))
    }
  }

  private func confirmation(
    _ kind: ChannelKind, _ rule: ConfirmationRule, _ state: inout PersonState, now: Instant
  ) -> SendIntent {
    let step = ConfirmationTemplates.step(kind)
    let template = rule.template ?? ConfirmationTemplates.key(kind)
    // Named by its second, which comes once: nobody is asked twice within one.
    let id = IntentID(
      workspace: workspace.id, person: state.id, journey: "", version: 0, step: step,
      entry: UInt32(clamping: now.milliseconds / 1_000))
    var decision = GateDecision.suppress(.noTemplate, GateEvidence())
    if templates[template]?.channel.kind == kind {
      decision = gate.decide(
        SendRequest(id: id, messageClass: .transactional, channel: kind.rawValue, template: template), &state, now: now)
    }
    return SendIntent(
      id: id, journey: .none, version: 0, step: step, stepIndex: 0, channel: kind.rawValue, template: template,
      messageClass: .transactional, entry: 0, enteredAt: now, trigger: [], createdAt: now, decision: decision)
  }
}
