import RoostCore
import Segments

/// A test on a value, or its opposite.
struct ValueClaim: Hashable, Sendable {
  var test: ValueTest
  var holds: Bool

  func isTrue(of value: Value?, at now: Instant) -> Bool { test.passes(value, at: now) == holds }
}

/// Finds a value of which all claims are true, or shows that there is none.
///
/// Equality and bounds cut the values into finitely many classes; one of each is tried. For texts by their parts, dates
/// and numbers in texts the classes are not all tried: there the answer may be `unknown`.
enum ValueChoice: Equatable {
  /// `nil`: missing.
  case value(Value?)
  case impossible
  case unknown

  /// - Parameter present: taken if it will do.
  static func satisfying(_ claims: [ValueClaim], present: Value?, at now: Instant) -> ValueChoice {
    func isGood(_ value: Value?) -> Bool { claims.allSatisfy { $0.isTrue(of: value, at: now) } }
    if isGood(present) { return .value(present) }
    for candidate in candidates(claims, at: now) where isGood(candidate) { return .value(candidate) }
    return isDecided(claims) ? .impossible : .unknown
  }

  /// Whether the candidates stand for all values there are.
  private static func isDecided(_ claims: [ValueClaim]) -> Bool {
    var families: Set<Int> = []
    for claim in claims {
      switch claim.test {
      case .oneOf where claim.holds, .noneOf where !claim.holds:
        // Only finitely many values are left, and all were tried.
        return true
      case .exists(let flag):
        if flag != claim.holds { return true }
      case .oneOf, .noneOf: break
      case .atLeast, .atMost, .moreThan, .lessThan: families.insert(1)
      case .contains: families.insert(claim.holds ? 2 : 0)
      case .startsWith: families.insert(claim.holds ? 3 : 0)
      case .before, .after: families.insert(4)
      // Its bounds move with time.
      case .within: families.insert(5)
      }
    }
    families.remove(0)
    return families.count <= 1 && families.isDisjoint(with: [2, 3])
  }

  private static func candidates(_ claims: [ValueClaim], at now: Instant) -> [Value?] {
    var all: [Value?] = [nil, .bool(true), .bool(false)]
    var numbers: [Double] = []
    var moments: [Instant] = []
    var prefix = ""
    var parts: [String] = []
    for claim in claims {
      switch claim.test {
      case .oneOf(let literals), .noneOf(let literals):
        for literal in literals {
          all.append(literal.value)
          if case .number(let number) = literal { numbers.append(number) }
        }
      case .atLeast(let limit), .atMost(let limit), .moreThan(let limit), .lessThan(let limit): numbers.append(limit)
      case .contains(let part): if claim.holds { parts.append(part) }
      case .startsWith(let text): if claim.holds, text.utf8.count > prefix.utf8.count { prefix = text }
      case .before(let moment), .after(let moment): moments.append(moment)
      case .within(let span): moments += [now - span, now]
      case .exists: break
      }
    }
    all += around(numbers).map { .number($0) }
    for moment in moments.sorted() {
      for step in [-86_400_000, -1, 0, 1, 86_400_000] as [Int64] {
        all.append(.string((moment + TimeSpan(milliseconds: step)).text))
      }
    }
    all.append(.string(prefix + parts.joined()))
    all += [.string("a"), .string("b"), .string("other than these"), .number(1)]
    return all
  }

  /// The numbers, what lies between and outside; whole ones first where there is a choice.
  private static func around(_ numbers: [Double]) -> [Double] {
    let sorted = numbers.sorted()
    guard let first = sorted.first, let last = sorted.last else { return [] }
    var all = sorted
    for (a, b) in zip(sorted, sorted.dropFirst()) where b > a {
      let middle = a + (b - a) / 2
      all += [middle.rounded(), middle]
    }
    return all + sorted.flatMap { [$0 + 1, $0 - 1] } + [last * 2 + 1, first - first.magnitude - 1]
  }
}

extension ValueTest.Literal {
  var value: Value {
    switch self {
    case .bool(let flag): .bool(flag)
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    }
  }
}
