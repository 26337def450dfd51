/// A tenant: a small number given out once, in order of creation, and never used again.
@frozen
public struct WorkspaceID: Hashable, Comparable, Sendable {
  public var number: UInt32
  @inlinable
  public init(_ number: UInt32) { self.number = number }
  @inlinable
  public static func < (a: WorkspaceID, b: WorkspaceID) -> Bool { a.number < b.number }
}

/// A person within a workspace: derived by hashing the identifier that first named the person, so that a replay and
/// another order of arrival find the same id.
@frozen
public struct PersonID: Hashable, Comparable, Sendable {
  public var number: UInt64
  @inlinable
  public init(_ number: UInt64) { self.number = number }
  @inlinable
  public static func < (a: PersonID, b: PersonID) -> Bool { a.number < b.number }

  /// Sixteen lower-case hexadecimal digits.
  public var text: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads what `text` writes.
  public init?(text: some StringProtocol) {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }),
      let number = UInt64(text, radix: 16)
    else { return nil }
    self.init(number)
  }
}

/// One of the 256 parts of the key space; records and transactions never cross buckets.
@frozen
public struct Bucket: Hashable, Comparable, Sendable {
  public static let count = 256
  public var number: UInt16
  @inlinable
  public init(_ number: UInt16) { self.number = number }
  @inlinable
  public static func < (a: Bucket, b: Bucket) -> Bool { a.number < b.number }

  /// The partition law: `hash(workspace, person) % 256`, fixed for ever.
  @inlinable
  public init(workspace: WorkspaceID, person: PersonID) {
    self.init(UInt16(truncatingIfNeeded: mix64(person.number ^ mix64(UInt64(workspace.number))) & 0xFF))
  }
}

/// A name (event, trait, property, consent purpose…) as a number, given out once per workspace by its `SymbolTable`.
@frozen
public struct Symbol: Hashable, Comparable, Sendable {
  public var number: UInt32
  @inlinable
  public init(_ number: UInt32) { self.number = number }
  @inlinable
  public static func < (a: Symbol, b: Symbol) -> Bool { a.number < b.number }
  /// No name.
  public static let none = Symbol(0)
}
