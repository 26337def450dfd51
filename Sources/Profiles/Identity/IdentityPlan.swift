import RoostCore

/// To whom an event belongs, and what that changes about who owns which identifier.
///
/// | the event names | then |
/// |---|---|
/// | only identifiers of one person | it is that person's |
/// | a `userId` | it is the user's, who may be new; people without a `userId` who own its other identifiers merge into the user |
/// | no `userId` | it is the owner's of its highest-ranking identifier, or a new person's; others who own its identifiers merge with that person, and the one who is known by the highest-ranking identifier of all survives |
/// | an identifier that nobody owns | the event's person has it from now on |
/// | an identifier of another user | nothing moves: it stays with its first owner, the event with its own user |
/// | a device or anonymous id of somebody with another e-mail address, phone number or custom id of a type | nothing moves: people share devices |
/// | `alias` | `previous`, be it a user or an anonymous id, is the user's from now on, also if it was never seen; the only way to join two users, which never happens through an anonymous id |
///
/// Ranks: user, custom, email, phone, device, anonymous. Somebody known by a better identifier never merges into somebody
/// known by a lesser one. What a limit or a rule refuses changes nothing and is reported.
public struct IdentityPlan: Sendable, Hashable {
  /// Whose event it is, once the merges are done.
  public var target: PersonID
  /// Whether there is no such person yet.
  public var isNew: Bool
  /// The candidates that the target owns from now on.
  public var claims: [Int] = []
  /// People who merge into the target, in this order.
  public var merges: [PersonID] = []
  /// Candidates that stay as they are, and why.
  public var refusals: [Refusal] = []

  public struct Refusal: Sendable, Hashable {
    public var candidate: Int
    public var reason: Reason
    public init(candidate: Int, reason: Reason) {
      self.candidate = candidate
      self.reason = reason
    }
  }

  /// Why an identifier did not become the target's; a metric label.
  public enum Reason: String, Sendable, CaseIterable {
    /// It is another user's.
    case otherUser = "other_user"
    /// Only a device or anonymous id is shared, and e-mail, phone or custom id differ.
    case sharedDevice = "shared_device"
    /// The person would have more than `identifiersMax` identifiers.
    case identifierLimit = "identifier_limit"
    /// The person would have taken in more than `absorbedMax` people.
    case mergeLimit = "merge_limit"
  }

  /// How many identifiers a person may have.
  public static let identifiersMax = 100
  /// How many people may merge into one: how much an identifier that many use can glue.
  public static let absorbedMax = 50

  public init(target: PersonID, isNew: Bool) {
    self.target = target
    self.isNew = isNew
  }

  /// The person who owns every candidate: what most events need, without a plan.
  @inlinable
  public static func soleOwner(of candidates: [IdentityCandidate]) -> PersonID? {
    guard let owner = candidates.first?.owner else { return nil }
    for candidate in candidates where candidate.owner != owner { return nil }
    return owner
  }

  /// The places of identifiers that `PersonState.apply` must leave out. An alias's `previous` is left out if it was refused
  /// both as a user and as an anonymous id.
  public func refusedPositions(_ candidates: [IdentityCandidate]) -> [Int] {
    guard !refusals.isEmpty else { return [] }
    let refused = Set(refusals.map(\.candidate))
    let kept = Set(candidates.indices.filter { !refused.contains($0) }.map { candidates[$0].position })
    return Set(refused.map { candidates[$0].position }).subtracting(kept).sorted()
  }
}
