import RoostCore

/// Puts the expressions of segments in place of the references to them.
struct Inlining {
  let segments: [String: Expression]
  private var path: [String] = []
  private var conditionCount = 0

  init(_ segments: [String: Expression]) { self.segments = segments }

  /// `expression` without references. Throws `Problem` for unknown segments, circles and expressions that grow beyond
  /// the limits of one.
  mutating func resolve(_ expression: Expression, of segment: String? = nil) throws(Problem) -> Expression {
    path = segment.map { [$0] } ?? []
    conditionCount = 0
    return try resolved(expression, depth: 0)
  }

  private mutating func resolved(_ expression: Expression, depth: Int) throws(Problem) -> Expression {
    guard depth <= 4 * Expression.depthMax else { throw tooLarge("nest too deeply through other segments") }
    switch expression {
    case .all(let parts): return .all(try resolved(parts, depth: depth))
    case .any(let parts): return .any(try resolved(parts, depth: depth))
    case .not(let part): return .not(try resolved(part, depth: depth + 1))
    case .condition(.segment(let key)):
      guard !path.contains(key) else {
        throw .invalid("", "segments refer to each other in a circle: \((path + [key]).joined(separator: " → "))")
      }
      guard let inner = segments[key] else { throw .invalid("", "there is no segment `\(key)`") }
      path.append(key)
      let result = try resolved(inner, depth: depth + 1)
      path.removeLast()
      return result
    case .condition:
      conditionCount += 1
      guard conditionCount <= Expression.conditionsMax else {
        throw tooLarge("are more than \(Expression.conditionsMax) with those of the segments it refers to")
      }
      return expression
    }
  }

  private mutating func resolved(_ parts: [Expression], depth: Int) throws(Problem) -> [Expression] {
    var results: [Expression] = []
    for part in parts { results.append(try resolved(part, depth: depth + 1)) }
    return results
  }

  private func tooLarge(_ detail: String) -> Problem {
    let owner = path.first.map { "the conditions of `\($0)`" } ?? "the conditions"
    return .invalid("", "\(owner) \(detail)")
  }
}
