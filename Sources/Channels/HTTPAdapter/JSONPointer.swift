import RoostCore

/// A JSON pointer (RFC 6901) into what a provider sends.
struct JSONPointer: Sendable, Hashable {
  private let tokens: [String]

  /// `nil` for a text that is none: one that is not empty and does not begin with `/`, or longer than 500 bytes.
  init?(_ text: String) {
    guard text.utf8.count <= 500 else { return nil }
    guard !text.isEmpty else {
      tokens = []
      return
    }
    guard text.first == "/" else { return nil }
    tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.unescaped)
  }

  private static func unescaped(_ token: Substring) -> String {
    var text = ""
    var isEscape = false
    for scalar in token.unicodeScalars {
      if isEscape {
        text.unicodeScalars.append(scalar == "1" ? "/" : scalar == "0" ? "~" : scalar)
        isEscape = false
      } else if scalar == "~" {
        isEscape = true
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// What it leads to; `nil` if there is nothing.
  func value(in document: JSONValue) -> JSONValue? {
    var value = document
    for token in tokens {
      switch value {
      case .array(let items):
        guard let index = Int(token), items.indices.contains(index) else { return nil }
        value = items[index]
      case .object:
        guard let member = value[token] else { return nil }
        value = member
      default: return nil
      }
    }
    return value
  }
}

extension JSONValue {
  /// A scalar's text, so that `21211` and `"21211"` are the same; `nil` for the rest.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool, .int, .double: self.text
    case .null, .array, .object: nil
    }
  }
}
