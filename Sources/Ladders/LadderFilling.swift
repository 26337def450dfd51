import RoostCore

/// Fills places with values, and notes which column went where.
struct LadderFilling {
  let values: [String: JSONValue]
  private(set) var cells: [(pointer: String, column: String)] = []

  init(values: [String: JSONValue]) { self.values = values }

  /// The value with all places filled; `nil` for a part whose condition does not hold.
  mutating func fill(_ json: JSONValue, at pointer: String) -> JSONValue? {
    switch json {
    case .string(let text): return fill(text, at: pointer)
    case .array(let items):
      var filled: [JSONValue] = []
      for item in items {
        if let item = fill(item, at: "\(pointer)/\(filled.count)") { filled.append(item) }
      }
      return .array(filled)
    case .object(let members):
      if let name = json[LadderDocument.condition]?.string, isEmpty(name) { return nil }
      var filled: [JSONValue.Member] = []
      for member in members where member.key != LadderDocument.condition {
        let key = text(member.key)
        if let value = fill(member.value, at: "\(pointer)/\(pointerToken(key))") { filled.append(.init(key, value)) }
      }
      return .object(filled)
    default: return json
    }
  }

  /// A text with all places filled.
  func text(_ text: String) -> String {
    LadderText(text).parts.map { part in
      switch part {
      case .literal(let literal): literal
      case .place(let name): Self.text(of: values[name])
      }
    }
    .joined()
  }

  private mutating func fill(_ text: String, at pointer: String) -> JSONValue {
    let parts = LadderText(text)
    for name in parts.places where !name.hasPrefix("event.") && name != "row" { cells.append((pointer, name)) }
    if let name = parts.onlyPlace, let value = values[name] { return value }
    return .string(self.text(text))
  }

  private func isEmpty(_ name: String) -> Bool {
    guard let value = values[name] else { return true }
    return value == .string("")
  }

  private static func text(of value: JSONValue?) -> String {
    switch value {
    case .string(let text): text
    case .int(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }
}
