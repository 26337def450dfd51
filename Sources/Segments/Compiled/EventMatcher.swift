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

/// Tests on an event's properties; all must hold.
struct PropertyFilters: Sendable {
  struct Filter: Sendable {
    var property: Symbol
    var tests: [CompiledTest]
  }
  let filters: [Filter]

  init(_ tests: [PropertyTest], symbols: SymbolTable) throws(Problem) {
    var filters: [Filter] = []
    for test in tests {
      filters.append(Filter(property: try symbols.symbol(test.property), tests: test.tests.map(CompiledTest.init)))
    }
    self.filters = filters
  }

  var isEmpty: Bool { filters.isEmpty }

  func pass(_ event: EventView) -> Bool {
    // In place: taking a filter out of the list would copy its parts.
    filters.withUnsafeBufferPointer { filters in
      for index in filters.indices {
        let operand = Operand(event.field(.property, filters[index].property))
        let passes = filters[index].tests.withUnsafeBufferPointer { tests in
          tests.indices.allSatisfy { tests[$0].passes(operand, at: event.timestamp) }
        }
        if !passes { return false }
      }
      return true
    }
  }
}

extension SymbolTable {
  /// A name's symbol, or the `Problem` that there is no room for more names.
  func symbol(_ name: String) throws(Problem) -> Symbol {
    if let symbol = intern(name) { return symbol }
    throw Problem(.tooLarge, "The workspace has too many names of events and properties to add \"\(name)\"")
  }
}
