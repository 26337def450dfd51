import Events
import RoostCore

/// An `EventPattern` ready to run: whether a track event has the name and passes the filters.
public struct EventMatcher: Sendable {
  /// The event's name.
  public let event: Symbol
  let filters: PropertyFilters

  /// Interns the names. Throws `Problem` if the workspace has no room for more names.
  public init(_ pattern: EventPattern, symbols: SymbolTable) throws(Problem) {
    event = try symbols.symbol(pattern.event)
    filters = try PropertyFilters(pattern.filters, symbols: symbols)
  }

  @inlinable
  public func matches(_ event: EventView) -> Bool {
    event.name == self.event && event.kind == .track && passesFilters(event)
  }

  @usableFromInline
  func passesFilters(_ event: EventView) -> Bool { filters.pass(event) }
}

/// Tests on an event's properties; all must hold. A class, so that looking at it copies no list.
final class PropertyFilters: Sendable {
  private struct Filter: Sendable {
    var property: Symbol
    var test: CompiledTest
  }
  /// Tests of the same property one after another.
  private let filters: [Filter]

  init(_ tests: [PropertyTest], symbols: SymbolTable) throws(Problem) {
    var filters: [Filter] = []
    for test in tests {
      let property = try symbols.symbol(test.property)
      filters += test.tests.map { Filter(property: property, test: CompiledTest($0)) }
    }
    self.filters = filters
  }

  func pass(_ event: EventView) -> Bool {
    var property = Symbol.none
    var operand = Operand.missing
    for index in filters.indices {
      if index == 0 || filters[index].property != property {
        property = filters[index].property
        operand = Operand(event.field(.property, property))
      }
      if !filters[index].test.passes(operand, at: event.timestamp) { return false }
    }
    return true
  }
}

extension SymbolTable {
  /// A name's symbol, or the `Problem` that there is no room for more names.
  func symbol(_ name: String) throws(Problem) -> Symbol {
    if let symbol = intern(name) { return symbol }
    throw Problem(.tooLarge, "The workspace has too many names of events and properties to add \"\(name)\"")
  }
}
