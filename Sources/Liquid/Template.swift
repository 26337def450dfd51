import RoostCore

/// A text with slots, parsed once and rendered for each person: `Hi {{ person.first_name | default: "there" }}`.
///
/// Rendering cannot fail: a missing value is nothing.
public struct Template: Sendable {
  /// Largest source, in bytes.
  public static let sourceBytesMax = 1_048_576

  /// Every value the template reads, each once, in the order of the text.
  public let variables: [VariablePath]
  let nodes: [Node]

  /// Parses a template's source.
  ///
  /// - Throws: the first error, by line and column.
  public init(parsing source: String) throws(TemplateError) {
    guard source.utf8.count <= Self.sourceBytesMax else {
      throw TemplateError(line: 1, column: 1, message: "longer than \(Self.sourceBytesMax) bytes")
    }
    var parser = Parser(Array(source.utf8))
    try parser.parse()
    nodes = parser.nodes
    variables = parser.variables
  }

  /// What values become on their way out.
  public enum Escaping: Sendable {
    /// `& < > " '` become entities, unless a filter made them so already.
    case html
    case none
  }

  /// Appends the text with its slots filled.
  ///
  /// - Parameter lookup: the value of a path; `nil` if there is none.
  public func render(into bytes: inout [UInt8], escape: Escaping, lookup: (VariablePath) -> Value?) {
    render(into: &bytes, escape: escape, values: variables.map { lookup($0) ?? .null })
  }

  /// Appends the text with its slots filled from values kept at the time of a decision.
  public func render(into bytes: inout [UInt8], escape: Escaping, values: TemplateValues) throws(MalformedBytes) {
    guard values.values.count == variables.count else { throw MalformedBytes(offset: 0) }
    render(into: &bytes, escape: escape, values: values.values)
  }

  private func render(into bytes: inout [UInt8], escape: Escaping, values: [Value]) {
    for node in nodes {
      switch node {
      case .text(let text): bytes.append(contentsOf: text)
      case .output(let operand, let filters):
        var result = FilteredValue(operand.value(values))
        for applied in filters {
          result = applied.filter.apply(to: result, applied.arguments.map { $0.value(values) })
        }
        let text = result.value.displayed
        if escape == .html, !result.isEscaped {
          bytes.append(escapingHTML: text)
        } else {
          bytes.append(contentsOf: text.utf8)
        }
      }
    }
  }
}

extension Operand {
  func value(_ values: [Value]) -> Value {
    switch self {
    case .literal(let value): value
    case .variable(let index): values[index]
    }
  }
}
