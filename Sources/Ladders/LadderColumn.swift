import RoostCore

/// A column that a ladder reads, and what its cells may hold.
public struct LadderColumn: Sendable, Equatable {
  public var name: String
  public var kind: Kind
  /// Whether a cell may be empty.
  public var isOptional: Bool

  public enum Kind: Sendable, Equatable {
    case text
    case number
    /// 1 to 64 lower-case letters, digits, `-` and `_`.
    case key
    /// `http://…` or `https://…`, or an app's own scheme: `shop://offer/7`.
    case url
    /// ISO 3166-1 alpha-2, in capitals.
    case country
    /// `en`, `pt-BR`: BCP 47's language, with a region if there is one.
    case language
    case oneOf([String])
  }

  static let kindNames = ["text", "number", "key", "url", "country", "language"]

  init(name: String, kind: Kind, isOptional: Bool) {
    self.name = name
    self.kind = kind
    self.isOptional = isOptional
  }

  /// The cell as the documents get it; what is wrong with it, and what would be right.
  func value(of cell: String) -> Result<JSONValue, LadderFault> {
    let text = cell.trimmed
    guard !text.isEmpty else {
      return isOptional ? .success(.string("")) : .failure(.init("the cell is empty; fill it in"))
    }
    switch kind {
    case .text: return .success(.string(text))
    case .number:
      guard let number = Self.number(text) else {
        return .failure(.init("\"\(text)\" is no number; write 100 or 12.5"))
      }
      return .success(number)
    case .key:
      return Self.isKey(text)
        ? .success(.string(text))
        : .failure(.init("\"\(text)\" is no key: 1 to 64 lower-case letters, digits, \"-\" and \"_\""))
    case .url:
      return Self.isURL(text)
        ? .success(.string(text))
        : .failure(.init("\"\(text)\" is no address; write https://…, without spaces"))
    case .country:
      let isCode = text.utf8.count == 2 && text.utf8.allSatisfy { $0 >= 65 && $0 <= 90 }
      return isCode
        ? .success(.string(text)) : .failure(.init("\"\(text)\" is no country; write two capitals, such as IT"))
    case .language:
      return Self.isLanguage(text)
        ? .success(.string(text)) : .failure(.init("\"\(text)\" is no language; write en, ru or pt-BR"))
    case .oneOf(let words):
      return words.contains(text)
        ? .success(.string(text))
        : .failure(.init("\"\(text)\" is none of \(words.joined(separator: ", "))"))
    }
  }

  static func isKey(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isKeyByte)
  }

  static func isKeyByte(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2D || byte == 0x5F
  }

  private static func number(_ text: String) -> JSONValue? {
    if let whole = Int64(text) { return .int(whole) }
    let isPlain = text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2D }
    guard isPlain, let number = Double(text), number.isFinite else { return nil }
    return .double(number)
  }

  /// RFC 3986's scheme, then something, and nothing that would break out of a link.
  private static func isURL(_ text: String) -> Bool {
    guard let mark = text.firstRange(of: "://") else { return false }
    let scheme = text[..<mark.lowerBound].utf8
    let isScheme =
      scheme.first.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A } == true
      && scheme.allSatisfy {
        (($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2B || $0 == 0x2D
          || $0 == 0x2E
      }
    let rest = text[mark.upperBound...]
    let isClean = rest.unicodeScalars.allSatisfy {
      $0.value > 32 && $0.value != 127 && !"\"<>\\^`".unicodeScalars.contains($0)
    }
    return isScheme && isClean && !rest.isEmpty && text.lowercased().hasPrefix("javascript") == false
  }

  private static func isLanguage(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (2...3).contains(parts[0].utf8.count),
      parts[0].utf8.allSatisfy({ $0 >= 97 && $0 <= 122 })
    else { return false }
    guard parts.count == 2 else { return true }
    return parts[1].utf8.count == 2 && parts[1].utf8.allSatisfy { $0 >= 65 && $0 <= 90 }
  }
}

/// What is wrong with a cell, and what would be right.
struct LadderFault: Error {
  var detail: String
  init(_ detail: String) { self.detail = detail }
}

extension String {
  /// Without spaces and tabs around it.
  var trimmed: String {
    let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
