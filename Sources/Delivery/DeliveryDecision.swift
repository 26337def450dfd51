import Profiles
import RoostCore

/// Whether a message may go out, and where to.
public enum DeliveryDecision: Sendable, Equatable {
  case deliver(to: String)
  case suppressed(SuppressionReason)
}

extension ConsentPolicy {
  /// The source of a consent's withdrawal by an unsubscribe link or the one-click header (RFC 8058).
  public static let unsubscribeSource = "unsubscribe"

  /// Decides about one message.
  ///
  /// A transactional message needs an address only. A marketing message needs consent first: a refusal through an
  /// unsubscribe link is `unsubscribed`, any other, and silence under the explicit policy, is `no_consent`.
  ///
  /// - Parameters:
  ///   - address: where the person is reached by this kind of channel; `nil` if nowhere.
  public func decide(
    _ messageClass: MessageClass, by kind: ChannelKind, to address: String?, consents: [Consent],
    purposes: ConsentPurposes
  ) -> DeliveryDecision {
    if messageClass == .marketing, let reason = objection(in: consents, purposes) { return .suppressed(reason) }
    guard let address, kind.isUsable(address) else { return .suppressed(.noAddress) }
    return .deliver(to: address)
  }

  /// The same for a person as they are.
  public func decide(
    _ messageClass: MessageClass, by kind: ChannelKind, for person: PersonState, purposes: ConsentPurposes
  ) -> DeliveryDecision {
    decide(messageClass, by: kind, to: kind.address(of: person), consents: person.consents, purposes: purposes)
  }

  private func objection(in consents: [Consent], _ purposes: ConsentPurposes) -> SuppressionReason? {
    guard let answer = purposes.answer(in: consents) else { return self == .explicit ? .noConsent : nil }
    guard !answer.isGranted else { return nil }
    return answer.source == Self.unsubscribeSource ? .unsubscribed : .noConsent
  }
}
