import RoostCore

/// A `ValueTest` ready to run on bytes.
enum CompiledTest: Sendable {
  case oneOf([CompiledLiteral])
  case noneOf([CompiledLiteral])
  case exists(Bool)
  case numbers(CompiledBound, Double)
  case contains([UInt8])
  case startsWith([UInt8])
  case before(Instant)
  case after(Instant)
  case within(TimeSpan)

  init(_ test: ValueTest) {
    switch test {
    case .oneOf(let literals): self = .oneOf(literals.map(CompiledLiteral.init))
    case .noneOf(let literals): self = .noneOf(literals.map(CompiledLiteral.init))
    case .exists(let flag): self = .exists(flag)
    case .atLeast(let number): self = .numbers(.atLeast, number)
    case .atMost(let number): self = .numbers(.atMost, number)
    case .moreThan(let number): self = .numbers(.moreThan, number)
    case .lessThan(let number): self = .numbers(.lessThan, number)
    case .contains(let text): self = .contains(Array(text.utf8))
    case .startsWith(let text): self = .startsWith(Array(text.utf8))
    case .before(let moment): self = .before(moment)
    case .after(let moment): self = .after(moment)
    case .within(let span): self = .within(span)
    }
  }

  /// Whether the value passes at `now`.
  func passes(_ operand: Operand, at now: Instant) -> Bool {
    switch self {
    case .oneOf(let literals): return literals.contains { $0.equals(operand) }
    case .noneOf(let literals): return !literals.contains { $0.equals(operand) }
    case .exists(let flag):
      if case .missing = operand { return !flag }
      return flag
    case .numbers(let bound, let limit):
      guard let number = operand.number else { return false }
      return bound.holds(number, limit)
    case .contains(let part): return operand.contains(part)
    case .startsWith(let prefix):
      guard case .text(let bytes) = operand else { return false }
      return bytes.begins(with: prefix)
    case .before(let moment): return operand.date.map { $0 < moment } ?? false
    case .after(let moment): return operand.date.map { $0 >= moment } ?? false
    case .within(let span): return operand.date.map { $0 <= now && $0 > now - span } ?? false
    }
  }

  /// When the outcome next changes by the mere passing of time.
  func flip(_ operand: Operand, after now: Instant) -> Instant {
    guard case .within(let span) = self, let date = operand.date else { return .distantFuture }
    if date > now { return date }
    return date > now - span ? date + span : .distantFuture
  }

  var dependsOnTime: Bool { if case .within = self { true } else { false } }
}

enum CompiledBound: Sendable {
  case atLeast, atMost, moreThan, lessThan

  func holds(_ number: Double, _ limit: Double) -> Bool {
    switch self {
    case .atLeast: number >= limit
    case .atMost: number <= limit
    case .moreThan: number > limit
    case .lessThan: number < limit
    }
  }
}

enum CompiledLiteral: Sendable {
  case bool(Bool)
  case number(Double)
  case text([UInt8])

  init(_ literal: ValueTest.Literal) {
    switch literal {
    case .bool(let flag): self = .bool(flag)
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(Array(text.utf8))
    }
  }

  func equals(_ operand: Operand) -> Bool {
    switch (self, operand) {
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let text), .text(let bytes)): bytes.equals(text)
    default: false
    }
  }
}
