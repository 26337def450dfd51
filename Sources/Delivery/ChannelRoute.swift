import Events
import Profiles
import RoostCore

/// How the channel that a step names reaches a person.
public struct ChannelRoute: Sendable, Hashable {
  public var kind: ChannelKind
  /// Push and messengers: whose addresses will do.
  public var services: [PushService]
  /// Push: only installations of this app, by bundle or package name, and those that did not say; `nil`: any.
  public var app: String?
  /// Where every message goes, whoever it is about: a webhook's.
  public var fixedAddress: String?
  /// Where the person's address stands, if not where the kind has it.
  public var source: Source?

  /// A place of a person's profile.
  public enum Source: Sendable, Hashable {
    case trait(Symbol)
    /// The first of a kind that begins so; the address is what follows.
    case identifier(IdentifierKind, prefix: String)
  }

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
    if let source { return source.address(of: person) }
    guard !services.isEmpty else { return kind.address(of: person) }
    return person.latestDevice(of: services, app: app)?.address
  }
}

extension ChannelRoute.Source {
  /// What stands there; `nil` for nothing, and for what would pass for a device's address.
  func address(of person: PersonState) -> String? {
    let text: String?
    switch self {
    case .trait(let symbol): text = person.trait(symbol)?.addressText
    case .identifier(let kind, let prefix):
      text = person.identifiers.first { $0.kind == kind && $0.value.hasPrefix(prefix) }
        .map { String($0.value.dropFirst(prefix.count)) }
    }
    guard let text, !text.isEmpty else { return nil }
    let isDevice = text.contains(":") && PushService(name: text.prefix { $0 != ":" }) != nil
    return isDevice ? nil : text
  }
}

extension Value {
  /// Ids come as texts and as whole numbers.
  fileprivate var addressText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): Int64(exactly: number).map(String.init)
    case .json(let text): text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
    case .null, .bool: nil
    }
  }
}
