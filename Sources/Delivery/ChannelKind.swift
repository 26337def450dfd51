import Events
import Profiles
import RoostCore

/// By what way a message reaches a person.
public enum ChannelKind: String, Sendable, Hashable, CaseIterable {
  case email, sms, push, telegram, webhook
  /// On a site or in an app, by our own SDK: kept for the person until it is fetched.
  case inapp

  /// The consent by which somebody confirmed a consent to marketing by such a channel: `marketing.email.confirmed`.
  public var confirmationPurpose: String { "marketing.\(rawValue).confirmed" }

  /// By its place in what is kept of people: the list only grows at its end.
  public var number: UInt8 {
    switch self {
    case .email: 1
    case .sms: 2
    case .push: 3
    case .telegram: 4
    case .webhook: 5
    case .inapp: 6
    }
  }

  /// The first word of the events about its messages: `Email Opened`, `In-App Clicked`.
  public var eventWord: String {
    switch self {
    case .email: "Email"
    case .sms: "SMS"
    case .push: "Push Notification"
    case .telegram: "Telegram"
    case .webhook: "Webhook"
    case .inapp: "In-App"
    }
  }

  /// The kind with a number; `nil` if none has it.
  public init?(number: UInt8) {
    guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = kind
  }

  /// The kind of a channel's type: `email.smtp` is e-mail.
  public init?(channelType: String) {
    guard let word = channelType.split(separator: ".", omittingEmptySubsequences: false).first else { return nil }
    self.init(rawValue: String(word))
  }

  /// Where a person can be reached: by e-mail at the trait `email`, as it says who they are now, else at the first of
  /// their e-mail identifiers; by phone likewise; by push at the device heard of most recently; within an app as themselves.
  /// `nil` if there is no usable address, or the kind has none of this sort.
  public func address(of person: PersonState) -> String? {
    switch self {
    case .email: address(of: person, trait: .email, identifier: .email)
    case .sms: address(of: person, trait: .phone, identifier: .phone)
    case .push, .telegram: ChannelRoute(any: self).address(of: person)
    case .webhook: nil
    case .inapp:
      // Whoever can never be signed in to a browser or an app could never fetch it.
      person.identifiers.contains { $0.kind == .user || $0.kind == .anonymous } ? person.id.text : nil
    }
  }

  private func address(of person: PersonState, trait: Symbol, identifier: IdentifierKind) -> String? {
    if case .string(let text)? = person.trait(trait), isUsable(text) { return text }
    return person.identifiers.first { $0.kind == identifier && isUsable($0.value) }?.value
  }

  /// Whether something could be sent there at all: keeps what would break a protocol out of it.
  public func isUsable(_ address: String) -> Bool {
    let isClean = address.unicodeScalars.allSatisfy { scalar in
      scalar.value > 32 && scalar.value != 127 && !(128...159).contains(scalar.value) && scalar != "<" && scalar != ">"
    }
    guard isClean, !address.isEmpty else { return false }
    switch self {
    case .email:
      // RFC 5321 4.5.3.1: at most 64 octets before the @, 255 after it, 254 in all that a path can carry.
      guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
      let local = address.utf8[..<at].count
      return (1...64).contains(local) && address.utf8[at...].count > 1 && address.utf8.count <= 254
    case .sms: return address.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || $0 == 43 }
    case .push, .telegram, .webhook, .inapp: return true
    }
  }
}
