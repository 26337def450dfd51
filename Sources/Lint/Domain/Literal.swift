import RoostCore
import Segments

/// A condition or its opposite.
struct Literal: Hashable, Sendable {
  var condition: Condition
  var holds: Bool
}

/// An expression that is to be true, or false, at some moment.
struct Wish: Hashable, Sendable {
  var expression: Expression
  var holds: Bool
  init(_ expression: Expression, _ holds: Bool) {
    self.expression = expression
    self.holds = holds
  }
}

/// Writes wishes out as alternatives of which one is enough, each a list of literals that must all hold.
struct Alternatives {
  /// Expressions with more alternatives than this are not looked into.
  static let most = 128

  /// Expressions of the segments, for references.
  let segments: [String: Expression]

  /// `nil`: too many to write out. An empty list: none, it can never be.
  func of(_ wishes: [Wish]) -> [[Literal]]? {
    var all: [[Literal]] = [[]]
    for wish in wishes {
      guard let found = of(wish.expression, wish.holds, depth: 0), let joined = product(all, found) else { return nil }
      all = joined
    }
    return all
  }

  private func of(_ expression: Expression, _ holds: Bool, depth: Int) -> [[Literal]]? {
    guard depth < 64 else { return nil }
    switch expression {
    case .not(let part): return of(part, !holds, depth: depth + 1)
    case .all(let parts): return holds ? every(parts, true, depth) : some(parts, false, depth)
    case .any(let parts): return holds ? some(parts, true, depth) : every(parts, false, depth)
    case .condition(.segment(let key)):
      guard let inner = segments[key] else { return nil }
      return of(inner, holds, depth: depth + 1)
    case .condition(let condition): return holds ? [[Literal(condition: condition, holds: true)]] : opposite(condition)
    }
  }

  private func every(_ parts: [Expression], _ holds: Bool, _ depth: Int) -> [[Literal]]? {
    var all: [[Literal]] = [[]]
    for part in parts {
      guard let found = of(part, holds, depth: depth + 1), let joined = product(all, found) else { return nil }
      all = joined
    }
    return all
  }

  private func some(_ parts: [Expression], _ holds: Bool, _ depth: Int) -> [[Literal]]? {
    var all: [[Literal]] = []
    for part in parts {
      guard let found = of(part, holds, depth: depth + 1), all.count + found.count <= Self.most else { return nil }
      all += found
    }
    return all
  }

  private func product(_ a: [[Literal]], _ b: [[Literal]]) -> [[Literal]]? {
    guard a.count * b.count <= Self.most else { return nil }
    return a.flatMap { left in b.map { left + $0 } }
  }

  /// What holds if a condition does not: for tests in a list, that one of them fails; for a count, fewer or more.
  private func opposite(_ condition: Condition) -> [[Literal]] {
    switch condition {
    case .trait(let trait) where trait.tests.count > 1:
      return trait.tests.map { [Literal(condition: .trait(.init(trait: trait.trait, tests: [$0])), holds: false)] }
    case .trigger(let filters):
      return filters.flatMap { filter in
        filter.tests.map {
          [Literal(condition: .trigger([.init(property: filter.property, tests: [$0])]), holds: false)]
        }
      }
    case .event(let event):
      return Self.outside(event.count, least: 0).map { range in
        var other = event
        other.count = range
        return [Literal(condition: .event(other), holds: true)]
      }
    case .orders(let orders):
      return Self.outside(orders.range, least: orders.figure == .count ? 0 : .min).map { range in
        var other = orders
        other.range = range
        return [Literal(condition: .orders(other), holds: true)]
      }
    case .sum(let sum):
      return Self.outside(sum.range, least: .min).map { range in
        var other = sum
        other.range = range
        return [Literal(condition: .sum(other), holds: true)]
      }
    default: return [[Literal(condition: condition, holds: false)]]
    }
  }

  private static func outside(_ range: CountRange, least: Int64) -> [CountRange] {
    var ranges: [CountRange] = []
    if range.least > least { ranges.append(CountRange(least: least, most: range.least - 1)) }
    if range.most < .max { ranges.append(CountRange(least: range.most + 1, most: .max)) }
    return ranges
  }
}
