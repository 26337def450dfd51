import Events
import RoostCore

/// An identifier in the index of who owns what: 128 bits of a hash keyed with the installation's secret, so that nobody
/// outside can choose two identifiers that meet. The index holds no identifier in clear.
@frozen
public struct IdentifierKey: Hashable, Comparable, Sendable {
  public var high: UInt64
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - kind: `.user`, `.anonymous`… An alias's `.previous` has a key as each of these two, none of its own.
  ///   - value: normalised.
  ///   - seed: secret, the same as long as the index lives.
  @inlinable
  public init(workspace: WorkspaceID, kind: IdentifierKind, value: UnsafeRawBufferPointer, seed: UInt64) {
    let birthID = PersonID(firstNamedBy: kind, value, in: workspace)
    self.init(birthID: birthID, workspace: workspace, kind: kind, value: value, seed: seed)
  }

  /// One half is keyed as a whole. The other reuses the hash behind the id of a person first named so, which is no secret:
  /// alone it would be no defence.
  @inlinable
  init(
    birthID: PersonID, workspace: WorkspaceID, kind: IdentifierKind, value: UnsafeRawBufferPointer, seed: UInt64
  ) {
    high = hash64(value, seed: seed ^ (UInt64(workspace.number) &<< 8 | UInt64(kind.rawValue)))
    low = mix64(birthID.number ^ seed)
  }

  public init(workspace: WorkspaceID, kind: IdentifierKind, value: String, seed: UInt64) {
    var value = value
    self = value.withUTF8 {
      IdentifierKey(workspace: workspace, kind: kind, value: UnsafeRawBufferPointer($0), seed: seed)
    }
  }

  @inlinable
  public static func < (a: IdentifierKey, b: IdentifierKey) -> Bool { (a.high, a.low) < (b.high, b.low) }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

extension PersonID {
  /// The id of a person first named by an identifier; the same whenever and wherever that happens.
  ///
  /// - Parameter attempt: how many ids are taken by people who do *not* own the identifier. It is 0 but for a collision of
  ///   64 bits, which is next to impossible by accident but not for somebody who looks for one.
  @inlinable
  public init(
    firstNamedBy kind: IdentifierKind, _ value: UnsafeRawBufferPointer, in workspace: WorkspaceID, attempt: UInt64 = 0
  ) {
    let hash = hash64(value, seed: UInt64(workspace.number) &<< 8 | UInt64(kind.rawValue))
    self.init(attempt == 0 ? hash : mix64(hash &+ attempt))
  }

  public init(
    firstNamedBy kind: IdentifierKind, _ value: String, in workspace: WorkspaceID, attempt: UInt64 = 0
  ) {
    var value = value
    self = value.withUTF8 {
      PersonID(firstNamedBy: kind, UnsafeRawBufferPointer($0), in: workspace, attempt: attempt)
    }
  }
}
