import Events
import Profiles
import RoostCore

/// How a path names a person: an id, `user:42`, `email:ann@example.com`, `phone:+3906…`, `anonymous:abc`, `device:…`,
/// `custom:type:id`.
public enum PersonReference: Sendable, Hashable {
  case id(PersonID)
  case identifier(IdentifierKind, String)

  public init(_ text: String) throws(Problem) {
    if let id = PersonID(text: text) {
      self = .id(id)
      return
    }
    guard let colon = text.firstIndex(of: ":"),
      let kind = IdentifierKind.allCases.first(where: { $0.name == text[..<colon] }), kind != .previous,
      let value = IdentifierRules.current.normalize(kind, String(text[text.index(after: colon)...]))
    else {
      throw .invalid(
        "",
        "\"\(text)\" names no person; write an id, user:42, email:ann@example.com, phone:+390612345678 or anonymous:abc"
      )
    }
    self = .identifier(kind, value)
  }
}
