import RoostCore

/// A `ValueTest` ready to run on bytes. A class of plain fields rather than an enum with payloads, whose every look would
/// copy them.
final class CompiledTest: Sendable {
  private enum Form: Sendable { case oneOf, noneOf, exists, numbers, contains, startsWith, before, after, within }

  private let form: Form
  private let literals: [CompiledLiteral]
  private let text: [UInt8]
  private let bound: CompiledBound
  private let number: Double
  private let flag: Bool
  private let moment: Instant
  private let span: TimeSpan

  private init(
    _ form: Form, literals: [ValueTest.Literal] = [], text: String = "", bound: CompiledBound = .atLeast,
    number: Double = 0, flag: Bool = false, moment: Instant = .distantPast, span: TimeSpan = TimeSpan(milliseconds: 0)
  ) {
    self.form = form
    self.literals = literals.map(CompiledLiteral.init)
    self.text = Array(text.utf8)
    self.bound = bound
    self.number = number
    self.flag = flag
    self.moment = moment
    self.span = span
  }

  convenience init(_ test: ValueTest) {
    switch test {
    case .oneOf(let literals): self.init(.oneOf, literals: literals)
    case .noneOf(let literals): self.init(.noneOf, literals: literals)
    case .exists(let flag): self.init(.exists, flag: flag)
    case .atLeast(let number): self.init(.numbers, bound: .atLeast, number: number)
    case .atMost(let number): self.init(.numbers, bound: .atMost, number: number)
    case .moreThan(let number): self.init(.numbers, bound: .moreThan, number: number)
    case .lessThan(let number): self.init(.numbers, bound: .lessThan, number: number)
    case .contains(let text): self.init(.contains, text: text)
    case .startsWith(let text): self.init(.startsWith, text: text)
    case .before(let moment): self.init(.before, moment: moment)
    case .after(let moment): self.init(.after, moment: moment)
    case .within(let span): self.init(.within, span: span)
    }
  }

  /// Whether the value passes at `now`.
  func passes(_ operand: Operand, at now: Instant) -> Bool {
    switch form {
    case .oneOf: return isAmongLiterals(operand)
    case .noneOf: return !isAmongLiterals(operand)
    case .exists:
      if case .missing = operand { return !flag }
      return flag
    case .numbers:
      guard let value = operand.number else { return false }
      return bound.holds(value, number)
    case .contains: return operand.contains(text)
    case .startsWith:
      guard case .text(let bytes) = operand else { return false }
      return bytes.begins(with: text)
    case .before: return operand.date.map { $0 < moment } ?? false
    case .after: return operand.date.map { $0 >= moment } ?? false
    case .within: return operand.date.map { $0 <= now && $0 > now - span } ?? false
    }
  }

  private func isAmongLiterals(_ operand: Operand) -> Bool {
    for index in literals.indices where literals[index].equals(operand) { return true }
    return false
  }

  /// When the outcome next changes by the mere passing of time.
  func flip(_ operand: Operand, after now: Instant) -> Instant {
    guard form == .within, let date = operand.date else { return .distantFuture }
    if date > now { return date }
    return date > now - span ? date + span : .distantFuture
  }

  var dependsOnTime: Bool { form == .within }
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

struct CompiledLiteral: Sendable {
  private enum Form: Sendable { case bool, number, text }

  private var form: Form
  private var flag = false
  private var number = 0.0
  private var text: [UInt8] = []

  init(_ literal: ValueTest.Literal) {
    switch literal {
    case .bool(let flag):
      form = .bool
      self.flag = flag
    case .number(let number):
      form = .number
      self.number = number
    case .text(let text):
      form = .text
      self.text = Array(text.utf8)
    }
  }

  @inline(__always)
  func equals(_ operand: Operand) -> Bool {
    switch operand {
    case .bool(let value): form == .bool && value == flag
    case .number(let value): form == .number && value == number
    case .text(let bytes): form == .text && bytes.equals(text)
    case .missing, .json: false
    }
  }
}
