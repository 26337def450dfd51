import Delivery
import Events
import Profiles
import RoostCore

extension WorkspaceDefinitions {
  /// Remembers that the person is there, by their own clocks, and that they answered a message.
  func observe(_ event: EventView, _ state: inout PersonState) {
    guard !event.isHistorical else { return }
    if state.delivery.hours.isNews(at: event.timestamp), personalActivity.isPersonal(event, names: symbols) {
      let zone = gate.zone(of: state).rules
      state.delivery.hours.note(localHour: zone.local(event.timestamp).hour, at: event.timestamp)
    }
    guard let kind = PersonalActivity.answer(event, names: symbols) else { return }
    state.delivery.count(channelKind: kind.number, sent: 0, answered: 1)
    // What is read has arrived.
    if !state.delivery.softBounces.isEmpty { state.delivery.forgetSoftBounces(channelKind: kind.number) }
  }
}
