import Delivery
import Profiles
import RoostCore

/// What the machine asks of a workspace besides its journeys. A class, so that every walk shares it for one count.
public final class JourneySurroundings: Sendable {
  public let gate: DeliveryGate
  /// For which kind of channel each template is, by key.
  public let templates: [String: ChannelKind]
  /// Who is held out of all marketing journeys.
  public let globalHoldout: Share
  /// What the workspace's people are like: for choosing hours and channels.
  public let activity: ActivityRecord

  public init(gate: DeliveryGate, templates: [String: ChannelKind], activity: ActivityRecord = ActivityRecord()) {
    self.gate = gate
    self.templates = templates
    self.activity = activity
    globalHoldout = gate.policies.globalHoldout
  }

  /// Whose clock a version's waits follow for a person.
  func zone(_ zone: CompiledJourney.Zone, _ person: PersonState) -> ZoneRules {
    switch zone {
    case .person: gate.zone(of: person).rules
    case .rules(let rules): rules ?? gate.workspaceZone
    }
  }
}
