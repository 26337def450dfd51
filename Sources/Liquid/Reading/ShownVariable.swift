/// A value that a template puts out without saying what to show where it is missing.
public struct ShownVariable: Hashable, Sendable {
  public var path: VariablePath
  /// The snippet or layout in which it is; "" for the template itself.
  public var source: String
  /// From 1, in the source.
  public var line: Int
  public var column: Int
}

extension Template {
  /// What the template, its layout and its snippets show as it is: not behind `default`, and not inside an `if`, `unless`,
  /// `case` or `for` that asks about the same value. Each place once, in the order in which the text meets them.
  public var shownVariables: [ShownVariable] {
    var walk = ShownWalk(program)
    walk.enter(0, guarded: [])
    return walk.found
  }

  /// Every value that is read anywhere, asked about or behind `default` too, with the first place of each.
  public var namedVariables: [ShownVariable] {
    var walk = ShownWalk(program)
    walk.takesAll = true
    walk.enter(0, guarded: [])
    return walk.found
  }
}

/// Goes through a program as a rendering would, along every branch.
private struct ShownWalk {
  private let program: Program
  private(set) var found: [ShownVariable] = []
  private var seen: Set<ShownVariable> = []
  /// Snippets are gone through once for each set of guards around them, and so many times in all.
  private var visited: Set<Visit> = []
  private static let visitsMax = 2_000
  /// What the language gives by itself.
  private static let ownNames: Set<String> = ["forloop", "tablerowloop", "content"]
  /// Guards and defaults do not count, and one place for each path is enough.
  var takesAll = false
  private var kept: Set<VariablePath> = []

  private struct Visit: Hashable {
    var function: Int
    var guarded: Set<VariablePath>
  }

  /// Paths that were asked about, up to an instruction.
  private struct Guard {
    var paths: [VariablePath]
    var end: Int
  }

  init(_ program: Program) { self.program = program }

  mutating func enter(_ number: Int, guarded: Set<VariablePath>) {
    guard visited.count < Self.visitsMax, visited.insert(Visit(function: number, guarded: guarded)).inserted else {
      return
    }
    let function = program.functions[number]
    var guards: [Guard] = []
    var cases: [Int32: [VariablePath]] = [:]
    for place in 0..<function.instructions.count {
      guards.removeAll { $0.end <= place }
      let present = takesAll ? [] : guarded.union(guards.flatMap(\.paths))
      switch function.instructions[place] {
      case .output(let expression, _): note(expression, function, place, present)
      case .assign(_, let expression) where takesAll: note(expression, function, place, present)
      case .jumpUnless(let condition, let target):
        if takesAll {
          for path in paths(in: program.conditions[Int(condition)]) { keep(path, function, place) }
        }
        let end = branchEnd(Int(target), function)
        guards.append(Guard(paths: paths(in: program.conditions[Int(condition)]), end: end))
      case .caseBegin(let register, let expression):
        if takesAll { note(expression, function, place, present) }
        cases[register] = path(program.expressions[Int(expression)].operand).map { [$0] } ?? []
      case .when(let register, _, let otherwise):
        guards.append(Guard(paths: cases[register] ?? [], end: branchEnd(Int(otherwise), function)))
      case .loopBegin(let number):
        let loop = program.loops[Int(number)]
        if takesAll, let path = path(loop.collection) { keep(path, function, place) }
        guards.append(Guard(paths: path(loop.collection).map { [$0] } ?? [], end: Int(loop.after)))
      case .include(let call), .render(let call):
        for target in program.calls[Int(call)].targets { enter(Int(target.function), guarded: present) }
      default: break
      }
    }
  }

  /// Behind the branches for the other cases too: what is asked about is known to be asked about in all of them.
  private func branchEnd(_ target: Int, _ function: CompiledFunction) -> Int {
    guard target > 0, target <= function.instructions.count,
      case .jump(let end) = function.instructions[target - 1], Int(end) > target
    else { return target }
    return Int(end)
  }

  private mutating func note(
    _ number: Int32, _ function: CompiledFunction, _ place: Int, _ guarded: Set<VariablePath>
  ) {
    let expression = program.expressions[Int(number)]
    let filters = program.filters[expression.filters]
    if takesAll {
      for operand in filters.flatMap({ Array(program.arguments[$0.arguments]) }) {
        if let path = path(operand) { keep(path, function, place) }
      }
    }
    guard let path = path(expression.operand), !guarded.contains(path),
      takesAll || !filters.contains(where: { $0.filter == .default })
    else { return }
    keep(path, function, place)
  }

  private mutating func keep(_ path: VariablePath, _ function: CompiledFunction, _ place: Int) {
    guard !Self.ownNames.contains(path.parts[0]), !takesAll || kept.insert(path).inserted else { return }
    let source = program.sources[function.source]
    let (line, column) = TemplateError.place(Int(function.places[place]), source.bytes)
    let variable = ShownVariable(path: path, source: source.name, line: line, column: column)
    if seen.insert(variable).inserted { found.append(variable) }
  }

  private func paths(in condition: Condition) -> [VariablePath] {
    program.terms[condition.terms].flatMap { term in
      [path(term.left), term.comparison == nil ? nil : path(term.right)].compactMap { $0 }
    }
  }

  /// A path as far as its names are fixed.
  private func path(_ operand: Operand) -> VariablePath? {
    guard case .path(let number) = operand else { return nil }
    let path = program.paths[Int(number)]
    guard path.symbol >= 0 else { return nil }
    var parts = [program.symbols[Int(path.symbol)]]
    steps: for step in program.steps[path.steps] {
      guard case .key(let key) = step else { break steps }
      parts.append(program.names[Int(key)])
    }
    return VariablePath(parts)
  }
}
