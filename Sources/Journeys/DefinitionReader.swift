import RoostCore
import Segments

/// Reads a document and gathers everything that is wrong with it, so that its author mends all of it in one go.
package struct DefinitionReader {
  package private(set) var findings: [Problem.Finding] = []

  package init() {}

  package mutating func report(_ pointer: String, _ detail: String) {
    findings.append(Problem.Finding(pointer: pointer, detail: detail))
  }

  package mutating func add(_ more: [Problem.Finding]) { findings += more }

  /// The members of an object; reports another kind, and members whose name is not among `known`.
  package mutating func members(
    of json: JSONValue, at pointer: String, known: [String]
  ) -> [JSONValue.Member]? {
    guard let members = json.members else {
      report(pointer, "expected an object with \(Self.list(known)), not \(json.kind)")
      return nil
    }
    for member in members where !known.contains(member.key) {
      report("\(pointer)/\(pointerToken(member.key))", "unknown field; known here: \(Self.list(known))")
    }
    return members
  }

  /// A text that is there and not empty.
  package mutating func text(_ json: JSONValue?, at pointer: String, _ what: String) -> String? {
    guard let json else {
      report(pointer, "missing: \(what)")
      return nil
    }
    guard let text = json.string, !text.isEmpty else {
      report(pointer, "expected \(what), not \(json.string == nil ? json.kind : "an empty text")")
      return nil
    }
    return text
  }

  /// A key: what definitions are called by.
  package mutating func key(_ json: JSONValue?, at pointer: String, _ what: String) -> String? {
    guard let text = text(json, at: pointer, what) else { return nil }
    guard Self.isKey(text) else {
      report(pointer, "\"\(text)\" is no key: 1 to 64 lower-case letters, digits, \"-\" and \"_\"")
      return nil
    }
    return text
  }

  /// A name of an event, a property or a trait.
  package mutating func name(_ json: JSONValue?, at pointer: String, _ what: String) -> String? {
    guard let text = text(json, at: pointer, what) else { return nil }
    guard text.utf8.count <= SymbolTable.nameBytesMax else {
      report(pointer, "a name has at most \(SymbolTable.nameBytesMax) bytes")
      return nil
    }
    return text
  }

  /// A length of time such as `10m`, longer than nothing.
  package mutating func span(_ json: JSONValue?, at pointer: String) -> TimeSpan? {
    guard let text = text(json, at: pointer, "a length of time such as 90s, 10m, 2h, 3d or 1w") else { return nil }
    guard let span = TimeSpan(text: text), span.milliseconds > 0 else {
      report(pointer, "\"\(text)\" is no length of time; write 90s, 10m, 2h, 3d or 1w")
      return nil
    }
    return span
  }

  /// `{event, where?}`, as segments have it.
  package mutating func pattern(_ json: JSONValue, at pointer: String) -> EventPattern? {
    guard json.members != nil else {
      report(pointer, "expected {event: NAME} or {segment: KEY}, not \(json.kind)")
      return nil
    }
    do throws(Problem) { return try EventPattern(json: json, pointer: pointer) } catch {
      add(error.findings)
      return nil
    }
  }

  /// A condition, as segments have it; it may also ask about the event that started the journey.
  package mutating func condition(_ json: JSONValue, at pointer: String) -> Expression? {
    do throws(Problem) { return try Expression(json: json, pointer: pointer, context: .journey) } catch {
      add(error.findings)
      return nil
    }
  }

  package static func isKey(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 122) || $0 == 45 || $0 == 95 }
  }

  /// A key, or an id made from a position: `step-3.1.2`.
  package static func isStepID(_ text: String) -> Bool {
    isKey(text) || (text.hasPrefix("step-") && text.utf8.count <= 64 && isKey(text.split(separator: ".").joined()))
  }

  package static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}
