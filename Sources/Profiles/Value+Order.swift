import RoostCore

extension Value {
  /// A total order over values, so that of two values set at the same moment the same one wins everywhere: null, booleans,
  /// numbers, strings, JSON text; numbers by IEEE 754 totalOrder, texts by their UTF-8.
  public static func isOrdered(_ a: Value, before b: Value) -> Bool {
    switch (a, b) {
    case (.bool(let a), .bool(let b)): !a && b
    case (.number(let a), .number(let b)): a != b ? a.isTotallyOrdered(belowOrEqualTo: b) : false
    case (.string(let a), .string(let b)), (.json(let a), .json(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    default: a.rank < b.rank
    }
  }

  private var rank: Int {
    switch self {
    case .null: 0
    case .bool: 1
    case .number: 2
    case .string: 3
    case .json: 4
    }
  }
}
