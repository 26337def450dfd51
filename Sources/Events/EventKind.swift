/// What an event record says.
@frozen
public enum EventKind: UInt8, Sendable, CaseIterable {
  case identify = 1
  case track = 2
  case page = 3
  case screen = 4
  case group = 5
  case alias = 6
  /// Consent given or withdrawn through the management interface.
  case consent = 7
  /// An address was put on the list of those that get nothing, or taken off it; comes from no call.
  case suppression = 8

  /// The call's name in Segment's specification; `consent` and `suppression` are ours.
  public var name: String {
    switch self {
    case .identify: "identify"
    case .track: "track"
    case .page: "page"
    case .screen: "screen"
    case .group: "group"
    case .alias: "alias"
    case .consent: "consent"
    case .suppression: "suppression"
    }
  }
}

/// By what a person may be known.
@frozen
public enum IdentifierKind: UInt8, Hashable, Sendable, CaseIterable {
  case user = 1
  case email = 2
  case phone = 3
  case device = 4
  case anonymous = 5
  /// `context.externalIds`; the value is `type:id`.
  case custom = 6
  /// `alias`: what the person was called before, as a user or anonymously.
  case previous = 7

  /// The word used in references such as `user:42`.
  public var name: String {
    switch self {
    case .user: "user"
    case .email: "email"
    case .phone: "phone"
    case .device: "device"
    case .anonymous: "anonymous"
    case .custom: "custom"
    case .previous: "previous"
    }
  }
}

/// Which part of the call a field comes from.
@frozen
public enum FieldSection: UInt8, Sendable {
  case property = 1
  case trait = 2
  /// A consent: the symbol is the purpose (`marketing`, `marketing.email`…), the value true or false.
  case consent = 3
  case context = 4
  /// A `DeviceNotice`, as text and without a name.
  case device = 5
}

/// How a field's value is stored.
@frozen
public enum FieldTag: UInt8, Sendable {
  case null = 0
  case no = 1
  case yes = 2
  /// Eight bytes: a Double's bit pattern.
  case number = 3
  /// Counted UTF-8.
  case string = 4
  /// Counted JSON text: lists, objects, numbers that no Double holds.
  case json = 5
}
