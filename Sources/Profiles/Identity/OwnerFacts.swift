import Events

/// What the rules of identity ask about somebody who owns an identifier.
public struct OwnerFacts: Sendable, Hashable {
  /// Known by a `userId`.
  public var hasUser: Bool
  /// The rank of the best identifier, 0 best.
  public var rank: Int
  public var identifierCount: Int
  /// How many people were merged into this one.
  public var absorbedCount: Int
  /// The families of which the person has an identifier.
  public var families: [UInt64]

  public init(hasUser: Bool, rank: Int, identifierCount: Int, absorbedCount: Int, families: [UInt64]) {
    self.hasUser = hasUser
    self.rank = rank
    self.identifierCount = identifierCount
    self.absorbedCount = absorbedCount
    self.families = families
  }

  public init(of person: PersonState) {
    self.init(
      hasUser: false, rank: IdentifierKind.previous.rank, identifierCount: person.identifiers.count,
      absorbedCount: Int(person.absorbed), families: [])
    for identifier in person.identifiers {
      if identifier.kind == .user { hasUser = true }
      rank = min(rank, identifier.kind.rank)
      join(family: identifier.kind.family(of: identifier.value))
    }
  }

  mutating func join(family: UInt64) {
    if family != 0, !families.contains(family) { families.append(family) }
  }

  /// The person has one more identifier.
  public mutating func add(_ candidate: IdentityCandidate) {
    if candidate.kind == .user, !candidate.isPrevious { hasUser = true }
    rank = min(rank, candidate.rank)
    identifierCount += 1
    join(family: candidate.family)
  }

  /// The person is also somebody else.
  public mutating func add(_ other: OwnerFacts) {
    hasUser = hasUser || other.hasUser
    rank = min(rank, other.rank)
    identifierCount += other.identifierCount
    absorbedCount += other.absorbedCount + 1
    for family in other.families { join(family: family) }
  }
}
