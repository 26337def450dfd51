import Delivery
import Engine
import Profiles
import RoostCore

/// What the preference centre shows of a person. Neither names nor addresses: whoever has the link learns nothing else.
package struct PreferenceView: Sendable {
  package struct Choice: Sendable, Equatable {
    /// Such as `marketing.email`.
    package var purpose: String
    package var isGranted: Bool
  }
  package var workspace: Workspace
  package var choices: [Choice]
  package var pausedUntil: Instant?
  package var frequency: MarketingFrequency
  /// Those to choose from; none: the page does not ask.
  package var frequencies: [MarketingFrequency]
  /// The workspace's own words and purposes; `nil` if it put none.
  package var document: JSONValue?
}

extension Partition {
  /// `nil` if there is no such person, or none any more.
  package func preferences(_ origin: LinkOrigin) -> PreferenceView? {
    guard let slot = slotAfterMerges(origin.workspace, origin.person), let state = loadState(slot),
      let sources = definitions[origin.workspace], let table = symbols[origin.workspace]
    else { return nil }
    let document = sources.latest(.preferenceCentre, DocumentKind.preferenceCentre.rawValue)?.body
    let purposes = PreferenceCentre.purposes(document) ?? usualPurposes(sources, state, table)
    let pause = table.find(DeliveryGate.pauseTrait).flatMap { state.trait($0) }
    var pausedUntil: Instant?
    if case .string(let text)? = pause { pausedUntil = Instant(iso8601: text).flatMap { $0 > now() ? $0 : nil } }
    return PreferenceView(
      workspace: sources.workspace,
      choices: purposes.map {
        .init(purpose: $0, isGranted: isGranted($0, state, sources.workspace.consentPolicy, table))
      }, pausedUntil: pausedUntil,
      frequency: compiled[origin.workspace]?.definitions.gate.frequency(of: state) ?? .all,
      frequencies: PreferenceCentre.frequencies(document), document: document)
  }

  /// The workspace's preference centre as it was put, and its language.
  package func preferenceWords(_ workspace: WorkspaceID) -> (document: JSONValue?, locale: String) {
    let sources = definitions[workspace]
    return (
      sources?.latest(.preferenceCentre, DocumentKind.preferenceCentre.rawValue)?.body,
      sources?.workspace.locale ?? ""
    )
  }

  /// Marketing by each kind of channel there is, tracking, and whatever else the person was ever asked.
  private func usualPurposes(_ sources: WorkspaceSources, _ state: PersonState, _ table: SymbolTable) -> [String] {
    var purposes = ["marketing.email"]
    let types = sources.all(.channel).compactMap { $0.body["type"]?.string }
    let kinds = types.compactMap { ChannelKind(channelType: $0) }.filter { $0 != .webhook }
    let answered = state.consents.map { table.name($0.purpose) }
    for purpose in kinds.map({ "marketing.\($0.rawValue)" }) + answered + ["tracking"]
    where !purposes.contains(purpose) && purpose != "marketing" && !purpose.isEmpty {
      purposes.append(purpose)
    }
    return Array(purposes.prefix(PreferenceCentre.purposesMax))
  }

  private func isGranted(
    _ purpose: String, _ state: PersonState, _ policy: ConsentPolicy, _ table: SymbolTable
  ) -> Bool {
    let symbol = table.find(purpose)
    if purpose.hasPrefix("marketing.") {
      let answer = ConsentPurposes(general: .marketing, channel: symbol).answer(in: state.consents)
      return policy.objection(answer) == nil
    }
    let answer = symbol.flatMap { state.consent($0) }
    if purpose == "marketing" { return policy.objection(answer) == nil }
    return answer?.isGranted ?? (purpose == "tracking")
  }
}
