import RoostCore

/// A segment as its owner wrote it: a key, a name and who is meant.
public struct SegmentDefinition: Hashable, Sendable {
  public var key: String
  public var name: String
  public var expression: Expression
  /// The document as given.
  public var json: JSONValue

  /// Reads `{segment, name?, description?, …}` with one condition beside them, such as `all`. Where the key is known
  /// from elsewhere (a path), the document may leave it out, but must not contradict it. Throws all findings at once.
  public init(json: JSONValue, key: String? = nil, pointer: String = "") throws(Problem) {
    guard let members = json.members else {
      throw .invalid(pointer, "expected an object such as {\"segment\": \"vip\", \"all\": […]}, found \(json.kind)")
    }
    var parser = ExpressionParser()
    let given = members.contains { $0.key == "segment" } ? json["segment"]?.string ?? "" : key ?? ""
    if !Self.isKey(given) {
      parser.report(
        pointer + "/segment", "expected a key of 1 to 64 lower-case letters, digits, `-` and `_`, such as `vip`")
    } else if let key, key != given {
      parser.report(pointer + "/segment", "the document is about `\(given)`, the address about `\(key)`")
    }
    for text in ["name", "description"] where json[text] != nil && json[text]?.string == nil {
      parser.report("\(pointer)/\(text)", "expected a text, found \(json[text]?.kind ?? "nothing")")
    }
    let rest = members.filter { !["segment", "name", "description"].contains($0.key) }
    expression = parser.expression(.object(rest), at: pointer)
    if expression.referencedSegments.contains(given) {
      parser.report(pointer, "the segment `\(given)` refers to itself")
    }
    guard parser.findings.isEmpty else {
      throw Problem(.invalid, "The segment cannot be used", findings: parser.findings)
    }
    self.key = given
    name = json["name"]?.string ?? given
    self.json = json
  }

  private static func isKey(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F }
  }
}
