import RoostCore

/// One slot or literal of a parsed template.
enum Node: Sendable {
  case text([UInt8])
  case output(Operand, [AppliedFilter])
}

/// Where a value comes from.
enum Operand: Sendable {
  case literal(Value)
  /// Index into `Template.variables`.
  case variable(Int)
}

/// A filter with its arguments, in the order of the template.
struct AppliedFilter: Sendable {
  var filter: Filter
  var arguments: [Operand]
}

/// A value that a template reads: `person.first_name`, `event["order id"]`.
public struct VariablePath: Hashable, Sendable {
  /// At least one.
  public var parts: [String]
  public init(_ parts: [String]) { self.parts = parts }

  /// Dotted, for messages and lists.
  public var text: String { parts.joined(separator: ".") }
}
