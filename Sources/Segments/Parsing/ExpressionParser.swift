import RoostCore

/// Reads expressions from definitions. It collects every finding instead of stopping at the first; what it returns
/// counts only if there is none.
public struct ExpressionParser {
  /// Where an expression stands: a journey's may also test the event that started it.
  public enum Context: Sendable { case segment, journey }

  public internal(set) var findings: [Problem.Finding] = []
  let context: Context
  private var conditionCount = 0

  public init(context: Context = .segment) { self.context = context }

  /// Reads one expression, such as `{"all": […]}` or `{"event": "Order Completed"}`.
  public mutating func expression(_ json: JSONValue, at pointer: String) -> Expression {
    expression(json, at: pointer, depth: 1)
  }

  mutating func expression(_ json: JSONValue, at pointer: String, depth: Int) -> Expression {
    guard depth <= Expression.depthMax else {
      return unusable(pointer, "conditions nest deeper than \(Expression.depthMax); split off a segment of its own")
    }
    guard case .object = json else {
      return unusable(pointer, "expected a condition such as {\"event\": \"Order Completed\"}, found \(json.kind)")
    }
    guard let form = Form.allCases.first(where: { json[$0.rawValue] != nil }) else {
      return unusable(pointer, noFormDetail(json))
    }
    switch form {
    case .all: return .all(parts(json, form, pointer, depth))
    case .any: return .any(parts(json, form, pointer, depth))
    case .not:
      checkKeys(json, form.keys, pointer)
      return .not(negated(json, pointer, depth))
    default:
      conditionCount += 1
      if conditionCount == Expression.conditionsMax + 1 {
        report(pointer, "more than \(Expression.conditionsMax) conditions; split off a segment of its own")
      }
      return .condition(condition(json, form, at: pointer))
    }
  }

  private mutating func parts(_ json: JSONValue, _ form: Form, _ pointer: String, _ depth: Int) -> [Expression] {
    checkKeys(json, form.keys, pointer)
    let place = pointer + "/" + form.rawValue
    guard let items = json[form.rawValue]?.array, !items.isEmpty else {
      report(place, "expected a list with at least one condition")
      return []
    }
    return items.enumerated().map { expression($1, at: "\(place)/\($0)", depth: depth + 1) }
  }

  private mutating func negated(_ json: JSONValue, _ pointer: String, _ depth: Int) -> Expression {
    guard let inner = json["not"] else { return .any([]) }
    if inner.array != nil {
      return unusable(pointer + "/not", "expected one condition; write {\"not\": {\"any\": […]}} for none of several")
    }
    return expression(inner, at: pointer + "/not", depth: depth + 1)
  }

  private func noFormDetail(_ json: JSONValue) -> String {
    let known = "one of " + Form.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    for member in json.members ?? [] {
      if let near = nearest(to: member.key, in: Form.allCases.map(\.rawValue)) {
        return "unknown condition `\(member.key)`: did you mean `\(near)`?"
      }
    }
    return "what kind of condition is this? It needs \(known)"
  }

  mutating func report(_ pointer: String, _ detail: String) {
    findings.append(Problem.Finding(pointer: pointer, detail: detail))
  }

  /// Something to go on with after a finding.
  mutating func unusable(_ pointer: String, _ detail: String) -> Expression {
    report(pointer, detail)
    return .any([])
  }
}

extension Expression {
  /// Reads an expression; throws `Problem` with all findings, each with a JSON pointer below `pointer`.
  public init(
    json: JSONValue, pointer: String = "", context: ExpressionParser.Context = .segment
  ) throws(Problem) {
    var parser = ExpressionParser(context: context)
    self = parser.expression(json, at: pointer)
    guard parser.findings.isEmpty else {
      throw Problem(.invalid, "The condition cannot be used", findings: parser.findings)
    }
  }
}

extension EventPattern {
  /// Reads `{event, where?}`; throws `Problem` with all findings.
  public init(json: JSONValue, pointer: String = "") throws(Problem) {
    var parser = ExpressionParser()
    self = parser.pattern(json, at: pointer)
    guard parser.findings.isEmpty else {
      throw Problem(.invalid, "The event cannot be used", findings: parser.findings)
    }
  }
}
