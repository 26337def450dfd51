import Delivery
import Events
import RoostCore

extension ChannelDefinition {
  /// How it reaches people.
  ///
  /// - Parameter symbols: the workspace's, for the trait that holds an address.
  public func route(in symbols: SymbolTable) -> ChannelRoute {
    switch settings {
    case .smtp: return ChannelRoute(kind: .email)
    case .webhook: return ChannelRoute(kind: .webhook)
    case .smpp: return ChannelRoute(kind: .sms)
    case .inapp: return ChannelRoute(kind: .inapp)
    case .telegram: return ChannelRoute(kind: .telegram, services: services)
    case .webPush: return ChannelRoute(kind: .push, services: services)
    case .apns(let apns): return ChannelRoute(kind: .push, services: services, app: apns.topic)
    case .fcm(let fcm): return ChannelRoute(kind: .push, services: services, app: fcm.app)
    case .http(let http):
      var route = ChannelRoute(kind: kind.channel, services: services)
      switch http.address {
      case .usual, .devices: break
      case .trait(let name): route.source = .trait(symbols.intern(name) ?? .none)
      case .identifier(let kind): route.source = .identifier(kind, prefix: "")
      case .externalID(let type): route.source = .identifier(.custom, prefix: type + ":")
      }
      return route
    }
  }
}
