extension LiquidValue {
  /// `==` of a template: numbers by value, texts never equal numbers, `empty` and `blank` equal what is so.
  func equals(_ other: LiquidValue) -> Bool {
    switch (self, other) {
    case (.empty, .empty), (.blank, .blank): true
    case (.empty, .blank), (.blank, .empty): false
    case (.empty, let value), (let value, .empty): value.isEmpty
    case (.blank, let value), (let value, .blank): value.isBlank
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.int(let a), .double(let b)), (.double(let b), .int(let a)): Double(a) == b
    case (.string(let a), .string(let b)), (.string(let a), .markup(let b)), (.markup(let a), .string(let b)),
      (.markup(let a), .markup(let b)):
      a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.object(let a), .object(let b)):
      a.count == b.count && a.allSatisfy { member in other[member.key].map { member.value.equals($0) } ?? false }
    case (.range(let a, let b), .range(let c, let d)): a == c && b == d
    case (.loop(let a), .loop(let b)): a == b
    default: false
    }
  }

  /// −1, 0 or 1 for two numbers or two texts; `nil` if a template may not ask which is greater.
  func order(_ other: LiquidValue) -> Int? {
    switch (self, other) {
    case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.int, .double), (.double, .int), (.double, .double):
      guard let a = double, let b = other.double, !a.isNaN, !b.isNaN else { return nil }
      return a < b ? -1 : a == b ? 0 : 1
    case (.string(let a), .string(let b)), (.string(let a), .markup(let b)), (.markup(let a), .string(let b)),
      (.markup(let a), .markup(let b)):
      return Self.order(a, b)
    default: return nil
    }
  }

  /// By bytes, which is by code points.
  static func order(_ a: String, _ b: String) -> Int {
    if a.utf8.elementsEqual(b.utf8) { return 0 }
    return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
  }

  /// `contains`: a text in a text, an item in a list, a key in an object.
  func contains(_ other: LiquidValue) -> Bool {
    guard isTrue, other.isTrue else { return false }
    switch self {
    case .string(let text), .markup(let text):
      return Array(text.utf8).place(of: Array(other.text.utf8), from: 0) != nil
    case .list(let items): return items.contains { $0.equals(other) }
    case .object: return self[other.text] != nil
    case .range(let first, let last):
      guard case .int(let number) = other else { return false }
      return first <= number && number <= last
    default: return false
    }
  }

  private var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}

extension [UInt8] {
  /// Where `other` begins at or after `start`; `nil` if it does not occur.
  func place(of other: [UInt8], from start: Int) -> Int? {
    guard let first = other.first else { return start <= count ? start : nil }
    var place = start
    while place <= count - other.count {
      guard let candidate = self[place...].firstIndex(of: first), candidate <= count - other.count else { return nil }
      if self[candidate..<(candidate + other.count)].elementsEqual(other) { return candidate }
      place = candidate + 1
    }
    return nil
  }
}
