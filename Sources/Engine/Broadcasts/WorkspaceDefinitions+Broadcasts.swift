import Delivery
import Journeys
import Profiles
import RoostCore

extension WorkspaceDefinitions {
  /// What the gate is asked about each person of a broadcast, whether it was started or not.
  public func request(of definition: BroadcastDefinition, _ journey: String) -> SendRequest {
    SendRequest(
      id: IntentID(high: 0, low: 0), messageClass: definition.messageClass, channel: definition.channel,
      template: definition.template, journey: symbols.find(journey) ?? .none,
      labels: definition.tags.compactMap { symbols.find("tag:\($0)") }, quiet: definition.quiet?.overRule,
      over: definition.over?.overRule)
  }

  /// Whether somebody gets nothing so that the effect can be measured.
  public func isHeldOut(_ state: PersonState, of definition: BroadcastDefinition, _ journey: String) -> Bool {
    guard definition.messageClass == .marketing else { return false }
    return Lot(holdoutOf: journey, workspace: state.workspace, person: state.id).isWithin(definition.holdout)
      || Lot(globalHoldoutOf: state.workspace, person: state.id).isWithin(policies.globalHoldout)
  }
}
