import Events
import RoostCore

extension IdentityPlan {
  /// Decides to whom an event belongs.
  ///
  /// - Parameters:
  ///   - candidates: the event's, with their owners.
  ///   - facts: asked only if several people are involved, or a limit may be near.
  /// - Returns: `nil` for an event without identifiers.
  public init?(for candidates: [IdentityCandidate], facts: (PersonID) -> OwnerFacts) {
    guard let head = candidates.indices.min(by: { candidates[$0].rank < candidates[$1].rank }) else { return nil }
    if let owner = Self.soleOwner(of: candidates) {
      self.init(target: owner, isNew: false)
      return
    }
    var nucleus = Nucleus(candidates, head: head, facts: facts)
    self.init(target: nucleus.id, isNew: nucleus.isNew)
    for owner in Self.others(in: candidates, than: candidates[head].owner) {
      let links = candidates.indices.filter { candidates[$0].owner == owner }
      let other = facts(owner)
      if let reason = nucleus.refusal(of: other, linkedBy: links.map { candidates[$0] }) {
        refusals += links.map { Refusal(candidate: $0, reason: reason) }
      } else if let merged = nucleus.join(owner, other) {
        merges.append(merged)
      }
    }
    target = nucleus.id
    isNew = nucleus.isNew
    claimFree(candidates, head: head, count: nucleus.facts.identifierCount)
  }

  /// Who else owns candidates, those with better identifiers first.
  private static func others(in candidates: [IdentityCandidate], than first: PersonID?) -> [PersonID] {
    var others: [(rank: Int, owner: PersonID)] = []
    for candidate in candidates {
      guard let owner = candidate.owner, owner != first else { continue }
      if let known = others.firstIndex(where: { $0.owner == owner }) {
        others[known].rank = min(others[known].rank, candidate.rank)
      } else {
        others.append((candidate.rank, owner))
      }
    }
    return others.sorted { ($0.rank, $0.owner) < ($1.rank, $1.owner) }.map(\.owner)
  }

  private mutating func claimFree(_ candidates: [IdentityCandidate], head: Int, count: Int) {
    var count = count
    for index in candidates.indices where candidates[index].owner == nil {
      if count < Self.identifiersMax || (isNew && index == head) {
        claims.append(index)
        count += 1
      } else {
        refusals.append(Refusal(candidate: index, reason: .identifierLimit))
      }
    }
  }
}

/// The person an event belongs to, while the plan is being made.
private struct Nucleus {
  var id: PersonID
  var isNew: Bool
  /// As they will be once what was decided so far is done.
  var facts: OwnerFacts
  /// Families of identifiers that the event brings and nobody owns.
  private var free: [UInt64] = []
  /// Whether somebody has merged into a person who is new.
  private var isInherited = false

  init(_ candidates: [IdentityCandidate], head: Int, facts lookup: (PersonID) -> OwnerFacts) {
    let first = candidates[head]
    if let owner = first.owner {
      (id, isNew, facts) = (owner, false, lookup(owner))
    } else {
      id = first.birthID
      isNew = true
      facts = OwnerFacts(
        hasUser: first.kind == .user && !first.isPrevious, rank: first.rank, identifierCount: 0, absorbedCount: 0,
        families: [])
    }
    for candidate in candidates where candidate.owner == nil && candidate.family != 0 { free.append(candidate.family) }
  }

  /// Why this person and `other`, who owns `links` of the event, are not to become one; `nil` if they are.
  func refusal(of other: OwnerFacts, linkedBy links: [IdentityCandidate]) -> IdentityPlan.Reason? {
    if facts.hasUser, other.hasUser, !links.contains(where: { $0.isPrevious && $0.kind == .user }) {
      return .otherUser
    }
    if !links.contains(where: \.isStrongGlue), other.families.contains(where: { differs($0) }) { return .sharedDevice }
    if facts.identifierCount + other.identifierCount > IdentityPlan.identifiersMax { return .identifierLimit }
    let absorbed = facts.absorbedCount + other.absorbedCount + 1
    // The first to merge into somebody new only takes a better name: nothing is glued by that.
    let isRenamed = isNew && !isInherited
    return absorbed > IdentityPlan.absorbedMax && !isRenamed ? .mergeLimit : nil
  }

  /// An identifier has one owner: having one of the same family means having a different one.
  private func differs(_ family: UInt64) -> Bool { facts.families.contains(family) || free.contains(family) }

  /// Joins this person with `other`; who merges into whom follows from their best identifiers. Returns who disappears, if
  /// anybody who exists.
  mutating func join(_ owner: PersonID, _ other: OwnerFacts) -> PersonID? {
    let isWon = facts.hasUser || other.rank > facts.rank || (other.rank == facts.rank && !isNew)
    let loser = isWon ? owner : isNew ? nil : id
    facts.absorbedCount += other.absorbedCount + (loser == nil ? 0 : 1)
    facts.identifierCount += other.identifierCount
    facts.hasUser = facts.hasUser || other.hasUser
    facts.rank = min(facts.rank, other.rank)
    for family in other.families { facts.join(family: family) }
    if isWon {
      isInherited = true
    } else {
      (id, isNew) = (owner, false)
    }
    return loser
  }
}
