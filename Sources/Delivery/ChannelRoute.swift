import Events
import Profiles

/// How the channel that a step names reaches a person.
public struct ChannelRoute: Sendable, Hashable {
  public var kind: ChannelKind
  /// Push and messengers: whose addresses will do.
  public var services: [PushService]
  /// Push: only installations of this app, by bundle or package name, and those that did not say; `nil`: any.
  public var app: String?
  /// Where every message goes, whoever it is about: a webhook's.
  public var fixedAddress: String?

  public init(kind: ChannelKind, services: [PushService] = [], app: String? = nil, fixedAddress: String? = nil) {
    self.kind = kind
    self.services = services
    self.app = app
    self.fixedAddress = fixedAddress
  }

  /// Any channel of a kind: for a step that names the kind, and for the built-in mailbox.
  public init(any kind: ChannelKind) {
    switch kind {
    case .push: self.init(kind: kind, services: [.web, .apns, .fcm])
    case .telegram: self.init(kind: kind, services: [.telegram])
    case .email, .sms, .webhook, .inapp: self.init(kind: kind)
    }
  }

  /// The address; `nil` if the person has none that is usable. A device's is that of the one heard of most recently.
  public func address(of person: PersonState) -> String? {
    if let fixedAddress { return fixedAddress }
    guard !services.isEmpty else { return kind.address(of: person) }
    return person.latestDevice(of: services, app: app)?.address
  }
}
