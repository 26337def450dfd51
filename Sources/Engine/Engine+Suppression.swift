import Delivery
import Events
import Profiles
import RoostCore

/// What is noted about an address: an event of the kind `suppression`, with these properties.
public enum SuppressionNotice: String, Sendable, CaseIterable {
  case bounced, complained, manual
  /// Came back, and may work later.
  case soft
  /// Taken off the list.
  case lifted

  public static let channel = "channel"
  public static let address = "address"
  public static let cause = "cause"
  public static let message = "message_id"
  public static let detail = "detail"
}

extension WorkspaceDefinitions {
  /// Takes in what an event says about an address of the person.
  func applySuppression(_ event: EventView, _ state: inout PersonState) {
    func text(_ name: String) -> String? {
      guard let symbol = symbols.find(name), let field = event.field(.property, symbol), field.tag == .string else {
        return nil
      }
      return String(decoding: field.bytes, as: UTF8.self)
    }
    guard let kind = text(SuppressionNotice.channel).flatMap(ChannelKind.init(rawValue:)),
      let address = text(SuppressionNotice.address),
      let notice = text(SuppressionNotice.cause).flatMap(SuppressionNotice.init(rawValue:))
    else { return }
    let hash = AddressSuppression.hash(address)
    let message = text(SuppressionNotice.message).flatMap { IntentID(text: $0) }
    func suppress(_ cause: AddressSuppression.Cause) {
      state.delivery.suppress(
        AddressSuppression(
          channelKind: kind.number, address: hash, cause: cause, at: event.timestamp, message: message))
      state.delivery.forgetSoftBounces(channelKind: kind.number, address: hash)
    }
    switch notice {
    case .bounced: suppress(.bounced)
    case .complained: suppress(.complained)
    case .manual: suppress(.manual)
    case .lifted:
      state.delivery.unsuppress(channelKind: kind.number, address: hash)
      state.delivery.forgetSoftBounces(channelKind: kind.number, address: hash)
    case .soft:
      guard policies.softBounces.max > 0 else { return }
      let bounce = SoftBounce(channelKind: kind.number, address: hash, at: event.timestamp)
      if state.delivery.note(bounce, within: policies.softBounces.window) >= policies.softBounces.max {
        suppress(.bounced)
      }
    }
  }
}
