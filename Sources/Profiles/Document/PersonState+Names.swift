import Events
import RoostCore

extension PersonState {
  /// The `userId` in use: one that no alias has named as previous; the first of several.
  public var userID: String? {
    let users = identifiers.lazy.filter { $0.kind == .user }.map(\.value)
    return users.first { !identifiers.contains(Identifier(.previous, $0)) } ?? users.first
  }

  public var anonymousIDs: [String] { values(of: .anonymous) }

  /// The e-mail address to show: of several the one that the trait names.
  public var email: String? { address(.email, trait: .email) }

  /// The phone number to show: of several the one that the trait names.
  public var phone: String? { address(.phone, trait: .phone) }

  private func values(of kind: IdentifierKind) -> [String] {
    identifiers.filter { $0.kind == kind }.map(\.value)
  }

  private func address(_ kind: IdentifierKind, trait symbol: Symbol) -> String? {
    let known = values(of: kind)
    guard case .string(let current) = trait(symbol) else { return known.first }
    let lowercased = current.lowercased()
    return known.first { $0 == lowercased } ?? known.first ?? current
  }
}
