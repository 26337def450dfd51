/// Quoted strings of RFC 5322 3.2.4.
enum QuotedString {
  /// The text between quotes, with `"` and `\` escaped.
  static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// The text inside the quotes, or nil when the quotes do not enclose the whole.
  static func unquote(_ quoted: Substring) -> String? {
    var scalars = quoted.unicodeScalars
    guard scalars.count >= 2, scalars.first == "\"", scalars.last == "\"" else { return nil }
    scalars.removeFirst()
    scalars.removeLast()
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in scalars {
      if isEscaped {
        text.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        return nil
      } else {
        text.append(scalar)
      }
    }
    return isEscaped ? nil : String(text)
  }
}
