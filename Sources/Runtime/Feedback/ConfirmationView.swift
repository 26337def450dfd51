import Delivery
import Engine
import Profiles
import RoostCore

/// A consent that a link asks to confirm.
package struct ConfirmationView: Sendable {
  package var kind: ChannelKind
  /// Which wording was agreed to; "" if unknown.
  package var textVersion: String
  package var isConfirmed: Bool
}

extension Partition {
  /// What a link stands for; `nil` if it is too old, is for an address that the person has no more, or if the consent was
  /// taken back since.
  package func confirmation(_ origin: LinkOrigin, address: UInt64, issuedAt: Instant) throws(Problem)
    -> ConfirmationView?
  {
    guard let id = origin.message, let message = try message(origin.workspace, id.bytes),
      let definitions = compiled[origin.workspace]?.definitions, let names = symbols[origin.workspace],
      let slot = slotAfterMerges(origin.workspace, origin.person), let state = loadState(slot)
    else { return nil }
    let kind = definitions.gate.kind(of: message.channel)
    let rule = definitions.policies.confirming[kind] ?? ConfirmationRule()
    guard now() <= issuedAt + rule.validFor,
      let present = definitions.gate.route(of: message.channel).address(of: state),
      AddressSuppression.hash(present) == address,
      let consent = ConsentPurposes(for: kind, symbols: names).answer(in: state.consents), consent.isGranted
    else { return nil }
    let confirmed = names.find(kind.confirmationPurpose).flatMap { state.consent($0) }
    return ConfirmationView(
      kind: kind, textVersion: consent.textVersion, isConfirmed: confirmed?.isGranted == true)
  }
}
