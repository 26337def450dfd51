import RoostCore

extension JSONValue {
  /// The tree as YAML, for people to read. Reading it back gives an equal tree, but for a byte order mark at the
  /// beginning of a text, which Yams drops.
  public var yaml: String {
    var text = ""
    YAMLWriter.write(self, indent: 0, at: .line, into: &text)
    return text
  }
}

private enum YAMLWriter {
  /// Where a value begins.
  enum Place {
    /// At the beginning of a line that is indented already.
    case line
    /// Behind `key:`.
    case key
    /// Behind `-`.
    case dash
  }

  static func write(_ value: JSONValue, indent: Int, at place: Place, into text: inout String) {
    switch value {
    case .object(let members) where !members.isEmpty:
      if place == .key { text += "\n" } else if place == .dash { text += " " }
      for (index, member) in members.enumerated() {
        if index > 0 || place == .key { text += spaces(indent) }
        text += scalar(member.key) + ":"
        write(member.value, indent: indent + 2, at: .key, into: &text)
      }
    case .array(let items) where !items.isEmpty:
      if place == .key { text += "\n" } else if place == .dash { text += " " }
      for (index, item) in items.enumerated() {
        if index > 0 || place == .key { text += spaces(indent) }
        text += "-"
        write(item, indent: indent + 2, at: .dash, into: &text)
      }
    case .string(let string) where isBlock(string):
      if place != .line { text += " " }
      text += block(string, indent: max(indent, 2))
    default:
      if place != .line { text += " " }
      text += leaf(value) + "\n"
    }
  }

  private static func leaf(_ value: JSONValue) -> String {
    switch value {
    case .string(let string): scalar(string)
    case .array: "[]"
    case .object: "{}"
    // The core schema reads `1e300` as a Double and `5.0` too, as JSON's text has it.
    default: value.text
    }
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  /// Long texts with line breaks read best as they are: `|`.
  private static func isBlock(_ string: String) -> Bool {
    let lines = string.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1, let first = lines.first, !first.isEmpty, first.first != " " else { return false }
    return string.unicodeScalars.allSatisfy { $0 == "\n" || isPrintable($0) } && !string.hasSuffix("\n\n")
      && lines.allSatisfy { $0.last != " " }
  }

  private static func block(_ string: String, indent: Int) -> String {
    let isEnded = string.hasSuffix("\n")
    let lines = (isEnded ? string.dropLast() : string[...]).split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.map { $0.isEmpty ? "\n" : spaces(indent) + $0 + "\n" }.joined()
    return (isEnded ? "|\n" : "|-\n") + body
  }

  private static func scalar(_ string: String) -> String {
    if isPlain(string) { return string }
    // A JSON string is a double-quoted YAML scalar (YAML 1.2.2, 1.2), but for characters that YAML wants escaped.
    var quoted = ""
    for scalar in JSONValue.string(string).text.unicodeScalars {
      if isPrintable(scalar) {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return quoted
  }

  /// Words that any version of YAML would read as a text.
  private static func isPlain(_ string: String) -> Bool {
    guard let first = string.unicodeScalars.first, string.utf8.count <= 200, string.last != " ", string.last != ":"
    else {
      return false
    }
    let isWordy = first.properties.isAlphabetic || first == "/" || first == "_"
    guard isWordy, string.unicodeScalars.allSatisfy(isPrintable), !string.contains(": "), !string.contains(" #"),
      string.unicodeScalars.allSatisfy({ !",[]{}".unicodeScalars.contains($0) })
    else { return false }
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    return !reserved.contains(string.lowercased()) && CoreSchema.value(string) == .string(string)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F, 0xA0..<0x2028, 0x202A..<0xD800, 0xE000..<0xFEFF, 0xFF00..<0xFFFE, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
