import Events
import RoostCore

extension PersonState {
  /// Records an answer, unless a later one is there; whether it is the one that counts now.
  @discardableResult
  public mutating func setConsent(_ consent: Consent) -> Bool {
    load(.consents)
    var index = 0
    while index < lists.consents.count, lists.consents[index].purpose < consent.purpose { index += 1 }
    guard index < lists.consents.count, lists.consents[index].purpose == consent.purpose else {
      lists.consents.insert(consent, at: index)
      return true
    }
    guard consent.supersedes(lists.consents[index]) else { return false }
    lists.consents[index] = consent
    return true
  }

  /// Whether a purpose is granted now; `nil` if the person was never asked.
  public func isGranted(_ purpose: Symbol) -> Bool? {
    if packed.has(.consents) { return packed.isGranted(purpose) }
    for index in lists.consents.indices where lists.consents[index].purpose == purpose {
      return lists.consents[index].isGranted
    }
    return nil
  }

  /// The answer to a purpose that counts now; `nil` if the person was never asked.
  public func consent(_ purpose: Symbol) -> Consent? { consents.first { $0.purpose == purpose } }

  /// A consent field as a receipt. Segment's calls carry no source or wording; ours (`.consent`) name both as context.
  static func receipt(
    of field: EventField, in event: EventView, kind: EventKind, timestamp: Instant, rules: ProfileRules
  ) -> Consent {
    guard kind == .consent else {
      return Consent(
        purpose: field.symbol, isGranted: field.tag == .yes, at: timestamp, source: "segment", textVersion: "")
    }
    return Consent(
      purpose: field.symbol, isGranted: field.tag == .yes, at: timestamp,
      source: contextText(rules.consentSource, of: event) ?? "api",
      textVersion: contextText(rules.consentTextVersion, of: event) ?? "")
  }

  private static func contextText(_ symbol: Symbol, of event: EventView) -> String? {
    guard let field = event.field(.context, symbol), field.tag == .string else { return nil }
    return String(decoding: field.bytes, as: UTF8.self)
  }
}

extension Consent {
  /// The later answer counts. Of two at the same moment the refusal does, since nobody may be written to by accident;
  /// then the greater source and wording, only so that every order of arrival ends the same.
  func supersedes(_ other: Consent) -> Bool {
    if at != other.at { return at > other.at }
    if isGranted != other.isGranted { return !isGranted }
    if source != other.source { return other.source.utf8.lexicographicallyPrecedes(source.utf8) }
    return other.textVersion.utf8.lexicographicallyPrecedes(textVersion.utf8)
  }
}
