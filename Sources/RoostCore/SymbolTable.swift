import Synchronization

/// The names of one workspace, numbered in order of first use. Thread-safe; numbers are never changed or reused.
///
/// Parsers intern at the door; the committer makes new names durable (`names(from:)`) in the same group commit as the
/// first record that uses them. Names that every workspace knows come first, in `Symbol.wellKnown`.
public final class SymbolTable: Sendable {
  /// More names than this and a sender is making them up: further ones are refused.
  public static let namesMax = 65_536
  public static let nameBytesMax = 256

  private struct Content {
    var names: [String]
    var numbers: [String: UInt32]
  }
  private let content: Mutex<Content>

  /// Starts with the well-known names, then `names` as `names(from:)` gave them.
  public init(names: [String] = []) {
    var content = Content(names: [""], numbers: [:])
    for name in Symbol.wellKnownNames + names {
      content.numbers[name] = UInt32(content.names.count)
      content.names.append(name)
    }
    self.content = Mutex(content)
  }

  /// How many numbers are given out, the empty name included.
  public var count: Int { content.withLock { $0.names.count } }

  /// The number of a name, given out now if it is new; `nil` if the table is full or the name is empty or too long.
  public func intern(_ name: String) -> Symbol? {
    guard !name.isEmpty, name.utf8.count <= Self.nameBytesMax else { return nil }
    return content.withLock { content in
      if let number = content.numbers[name] { return Symbol(number) }
      guard content.names.count < Self.namesMax else { return nil }
      let number = UInt32(content.names.count)
      content.names.append(name)
      content.numbers[name] = number
      return Symbol(number)
    }
  }

  /// The number of a name that is already known.
  public func find(_ name: String) -> Symbol? {
    content.withLock { $0.numbers[name].map(Symbol.init) }
  }

  /// The name behind a number; "" if the number was never given out.
  public func name(_ symbol: Symbol) -> String {
    content.withLock { Int(symbol.number) < $0.names.count ? $0.names[Int(symbol.number)] : "" }
  }

  /// All names from a number on, in order, for making them durable or for a cache.
  public func names(from number: Int) -> [String] {
    content.withLock { number < $0.names.count ? Array($0.names[number...]) : [] }
  }

  /// The number of the first name that is the workspace's own.
  public static let firstOwnNumber = 1 + Symbol.wellKnownNames.count
}
