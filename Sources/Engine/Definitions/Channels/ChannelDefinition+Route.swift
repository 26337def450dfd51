import Delivery

extension ChannelDefinition {
  /// How it reaches people.
  public var route: ChannelRoute {
    switch settings {
    case .smtp: ChannelRoute(kind: .email)
    }
  }
}
