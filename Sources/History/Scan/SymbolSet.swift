import RoostCore

/// The event names that a scan looks for. `Symbol.none` stands for the calls without a name: identify, group, alias.
public struct SymbolSet: Sendable {
  /// One byte a symbol: a scan adds it up without branching.
  var flags: [UInt8]

  public init(_ symbols: some Sequence<Symbol>) {
    flags = Array(repeating: 0, count: SymbolTable.namesMax)
    for symbol in symbols { flags[Int(symbol.number)] = 1 }
  }

  private init(flags: [UInt8]) { self.flags = flags }

  /// Every event.
  public static let all = SymbolSet(flags: Array(repeating: 1, count: SymbolTable.namesMax))

  public func contains(_ symbol: Symbol) -> Bool { flags[Int(symbol.number)] != 0 }
}
