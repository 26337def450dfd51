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

  public func matches(_ event: EventView) -> Bool {
    var properties = EventProperties(event)
    return matches(&properties)
  }

  /// As `matches(_:)`, for an event that many are asked about.
  @inlinable
  public func matches(_ properties: inout EventProperties) -> Bool {
    properties.event.name == event && properties.event.kind == .track && passesFilters(&properties)
  }

  @usableFromInline
  func passesFilters(_ properties: inout EventProperties) -> Bool { filters.pass(&properties) }
}

/// An event's properties for tests that mostly look at the same: the one that was looked up last is at hand.
public struct EventProperties {
  public let event: EventView
  private var symbol = Symbol.none
  private var operand = Operand.missing

  public init(_ event: EventView) { self.event = event }

  @inline(__always)
  mutating func operand(_ property: Symbol) -> Operand {
    if property != symbol {
      symbol = property
      operand = Operand(event.field(.property, property))
    }
    return operand
  }
}

/// Tests on an event's properties; all must hold. A class, so that looking at it copies no list.
final class PropertyFilters: Sendable {
  private struct Filter: Sendable {
    var property: Symbol
    var test: CompiledTest
  }
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
    var properties = EventProperties(event)
    return pass(&properties)
  }

  func pass(_ properties: inout EventProperties) -> Bool {
    let now = properties.event.timestamp
    return filters.withUnsafeBufferPointer { filters in
      for filter in filters where !filter.test.passes(properties.operand(filter.property), at: now) { return false }
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
