import RoostCore

/// What a template can do with a value, named as in Shopify's Liquid and meaning the same.
enum Filter: String, Sendable, CaseIterable {
  /// The argument in place of a missing, false or empty value.
  case `default`
  case upcase
  case downcase
  /// The first letter great, all others small.
  case capitalize
  /// `& < > " '` as HTML entities; not escaped again by the output.
  case escape

  var argumentCount: Int { self == .default ? 1 : 0 }

  func apply(to input: FilteredValue, _ arguments: [Value]) -> FilteredValue {
    switch self {
    case .default:
      switch input.value {
      case .null, .bool(false), .string(""): return FilteredValue(arguments[0])
      case .bool, .number, .string, .json: return input
      }
    case .upcase: return FilteredValue(.string(input.value.displayed.uppercased()))
    case .downcase: return FilteredValue(.string(input.value.displayed.lowercased()))
    case .capitalize:
      let text = input.value.displayed
      return FilteredValue(.string(text.prefix(1).uppercased() + text.dropFirst().lowercased()))
    case .escape:
      var bytes: [UInt8] = []
      bytes.append(escapingHTML: input.value.displayed)
      return FilteredValue(.string(String(decoding: bytes, as: UTF8.self)), isEscaped: true)
    }
  }
}

/// A value on its way through filters.
struct FilteredValue {
  var value: Value
  /// HTML already: must not be escaped once more.
  var isEscaped = false
  init(_ value: Value, isEscaped: Bool = false) {
    self.value = value
    self.isEscaped = isEscaped
  }
}

extension Value {
  /// As a reader sees it: nothing for a missing value, whole numbers without a fraction.
  var displayed: String {
    switch self {
    case .null: return ""
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let number):
      var digits: [UInt8] = []
      digits.append(jsonNumber: number)
      return String(decoding: digits, as: UTF8.self)
    case .string(let text), .json(let text): return text
    }
  }
}

extension [UInt8] {
  /// Appends text with the five characters that mean something in HTML replaced.
  mutating func append(escapingHTML text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): append(contentsOf: "&#39;".utf8)
      default: append(byte)
      }
    }
  }
}
