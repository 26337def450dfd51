import Delivery
import Liquid
import Profiles
import RoostCore

extension Partition {
  /// What a provider's request reads of a person: who they are, and these traits.
  ///
  /// - Parameter names: `nil`: all of them.
  func personValues(_ slot: Int, reads names: [String]?) -> LiquidValue {
    guard names?.isEmpty != true, let state = loadState(slot), let table = symbols[state.workspace] else {
      return .object([])
    }
    var members: [LiquidValue.Member] = [.init("id", .string(state.id.text))]
    if let user = state.identifiers.first(where: { $0.kind == .user }) {
      members.append(.init("user_id", .string(user.value)))
    }
    for (kind, name) in [(ChannelKind.email, "email"), (.sms, "phone")] {
      if let address = kind.address(of: state) { members.append(.init(name, .string(address))) }
    }
    for trait in state.traits where trait.value != .null && trait.symbol != .none {
      let name = table.name(trait.symbol)
      guard names?.contains(name) ?? true, !members.contains(where: { $0.key == name }) else { continue }
      members.append(.init(name, LiquidValue(trait.value)))
    }
    return .object(members)
  }
}
