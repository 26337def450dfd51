import Delivery

extension ChannelDefinition {
  /// How it reaches people.
  public var route: ChannelRoute {
    switch settings {
    case .smtp: ChannelRoute(kind: .email)
    case .webhook: ChannelRoute(kind: .webhook)
    case .smpp: ChannelRoute(kind: .sms)
    case .webPush: ChannelRoute(kind: .push, services: kind.services)
    case .apns(let apns): ChannelRoute(kind: .push, services: kind.services, app: apns.topic)
    case .fcm(let fcm): ChannelRoute(kind: .push, services: kind.services, app: fcm.app)
    }
  }
}
