import Events
import RoostCore

/// One key under which an event's person may be known, and who owns it now.
public struct IdentityCandidate: Sendable, Hashable {
  /// The identifier's place in the event.
  public var position: Int
  /// As what the key names somebody; for an alias's `previous`, user and anonymous, each by a candidate of its own.
  public var kind: IdentifierKind
  /// Whether it is what an alias says the person was called before.
  public var isPrevious: Bool
  public var key: IdentifierKey
  /// The id of a person first named by it.
  public var birthID: PersonID
  /// See `IdentifierKind.family(of:)`.
  public var family: UInt64
  /// Who owns the key now, after redirects; `nil` if nobody does. The index fills it in.
  public var owner: PersonID?

  public init(
    position: Int, kind: IdentifierKind, isPrevious: Bool, value: UnsafeRawBufferPointer, workspace: WorkspaceID,
    seed: UInt64
  ) {
    self.position = position
    self.kind = kind
    self.isPrevious = isPrevious
    birthID = PersonID(firstNamedBy: kind, value, in: workspace)
    key = IdentifierKey(birthID: birthID, workspace: workspace, kind: kind, value: value, seed: seed)
    family = kind.family(of: value)
  }

  /// 0 best; what an alias names as previous comes after everything else.
  var rank: Int { isPrevious ? IdentifierKind.previous.rank : kind.rank }

  /// Whether sharing it shows that two people are one. An alias says so itself.
  var isStrongGlue: Bool { isPrevious || kind.isStrong }

  /// Appends the candidates of an event, in its order, without owners.
  public static func append(
    of event: EventView, workspace: WorkspaceID, seed: UInt64, to candidates: inout [IdentityCandidate]
  ) {
    var position = 0
    event.forEachIdentifier { kind, value in
      func add(_ kind: IdentifierKind, isPrevious: Bool) {
        candidates.append(
          IdentityCandidate(
            position: position, kind: kind, isPrevious: isPrevious, value: value, workspace: workspace, seed: seed))
      }
      if kind == .previous {
        add(.user, isPrevious: true)
        add(.anonymous, isPrevious: true)
      } else {
        add(kind, isPrevious: false)
      }
      position += 1
    }
  }
}

extension PersonState {
  /// The keys under which the index must know the person: to build it anew, to move them on a merge, to remove them on
  /// erasure. An alias's `previous` has two.
  public func identifierKeys(seed: UInt64) -> [IdentifierKey] {
    var keys: [IdentifierKey] = []
    forEachIdentifierKey(seed: seed) { key, _ in keys.append(key) }
    return keys
  }

  /// Calls `body` with each of these keys, and whether it is of an alias's `previous`.
  public func forEachIdentifierKey(seed: UInt64, _ body: (IdentifierKey, _ isPrevious: Bool) -> Void) {
    forEachIdentifier { kind, value in
      guard kind == .previous else {
        return body(IdentifierKey(workspace: workspace, kind: kind, value: value, seed: seed), false)
      }
      for kind in [IdentifierKind.user, .anonymous] {
        body(IdentifierKey(workspace: workspace, kind: kind, value: value, seed: seed), true)
      }
    }
  }
}
