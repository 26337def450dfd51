import RoostCore

/// Runs a program's instructions over one person's values. No step calls itself: loops and snippets are frames on a list.
struct Machine {
  let program: Program
  let settings: RenderSettings
  let escapesHTML: Bool
  let isHeader: Bool
  let values: LiquidValue
  var output: [UInt8] = []

  var bindings: [Binding]
  var frames: [Frame] = []
  var registers: [CaseRegister]
  var function: CompiledFunction
  var place = 0
  var registerBase = 0
  var cycles: [String: Int] = [:]
  var counters: [Int32: Int64] = [:]
  var offsets: [String: Int] = [:]
  var changed: [UInt8]?

  var stepsLeft: Int
  /// The output may grow up to here.
  var outputEnd = 0
  var scratchLeft: Int
  var notesMissing = false
  var missing: [MissingValue] = []

  /// So many missing values are listed.
  static let missingMax = 100

  struct CaseRegister {
    var value = LiquidValue.null
    var isMatched = false
    var repeats = 0
  }

  init(_ program: Program, form: Template.Form, values: LiquidValue, settings: RenderSettings) {
    self.program = program
    self.settings = settings
    self.values = values
    escapesHTML = form == .html
    isHeader = form == .header
    function = program.functions[0]
    stepsLeft = settings.limits.steps
    scratchLeft = settings.limits.scratchBytes
    registers = Array(repeating: CaseRegister(), count: function.registers)
    bindings = program.symbols.map { Binding(outer: values[$0]) }
  }

  mutating func run() throws(TemplateError) {
    outputEnd = output.count + settings.limits.outputBytes
    do throws(Fault) {
      while try step() {}
    } catch { throw located(error) }
  }

  private func located(_ fault: Fault) -> TemplateError {
    let source = program.sources[function.source]
    let offset = Int(function.places[min(max(place - 1, 0), function.places.count - 1)])
    return TemplateError(fault.message, at: offset, of: source.bytes, named: source.name)
  }

  /// Text and values, of which letters are made, up to the next instruction of another kind, and that one. `false` at the
  /// end.
  private mutating func step() throws(Fault) -> Bool {
    var instruction: Instruction
    while true {
      stepsLeft -= 1
      guard stepsLeft >= 0 else { throw Self.stepsFault(settings.limits.steps) }
      instruction = function.instructions[place]
      place += 1
      if case .text(let start, let end) = instruction {
        output.append(contentsOf: UnsafeBufferPointer(start: program.text.base + Int(start), count: Int(end - start)))
        try checkOutput()
      } else if case .output(let expression, let place) = instruction {
        try put(expression, place)
      } else {
        break
      }
    }
    switch instruction {
    case .text, .output: break
    case .assign(let symbol, let expression):
      let value = try evaluate(expression)
      try charge(scratch: value.weight)
      bindings[Int(symbol)].assigned = value
    case .jump(let target): place = Int(target)
    case .jumpUnless(let condition, let target):
      if try !holds(program.conditions[Int(condition)]) { place = Int(target) }
    case .caseBegin, .when, .whenAgain, .caseElse: try choose(instruction)
    case .loopBegin(let number): try beginLoop(Int(number))
    case .loopNext(let number): try nextRound(Int(number))
    case .stop: try interrupt(isStop: true)
    case .skip: try interrupt(isStop: false)
    case .cycle(let number, let place): try cycle(program.cycles[Int(number)], place)
    case .count(let symbol, let isUp): count(symbol, isUp: isUp)
    case .captureBegin(let symbol): try push(Frame(.capture, mark: output.count, symbol: symbol))
    case .captureEnd: try endCapture()
    case .changedBegin: try push(Frame(.changed, mark: output.count))
    case .changedEnd: endChanged()
    case .include(let number): try call(program.calls[Int(number)], isIsolated: false)
    case .render(let number): try call(program.calls[Int(number)], isIsolated: true)
    case .finish: return try finish()
    case .nothing: break
    }
    return true
  }

  @inline(__always)
  func checkOutput() throws(Fault) {
    if output.count > outputEnd { throw Self.outputFault(settings.limits.outputBytes) }
  }

  /// Apart, so that the check by itself copies nothing.
  @inline(never)
  private static func outputFault(_ bytes: Int) -> Fault { Fault("the text becomes longer than \(bytes) bytes") }

  @inline(never)
  private static func stepsFault(_ steps: Int) -> Fault { Fault("the template takes more than \(steps) steps") }

  /// Pays for texts and lists made on the way, and for the work of making them.
  mutating func charge(scratch bytes: Int) throws(Fault) {
    scratchLeft -= bytes
    stepsLeft -= bytes >> 4
    if scratchLeft < 0 { throw Fault("the template makes more than \(settings.limits.scratchBytes) bytes on its way") }
  }

  mutating func push(_ frame: Frame) throws(Fault) {
    guard frames.count < settings.limits.depth else {
      throw Fault("loops and snippets are nested deeper than \(settings.limits.depth)")
    }
    frames.append(frame)
  }

  private mutating func choose(_ instruction: Instruction) throws(Fault) {
    switch instruction {
    case .caseBegin(let register, let expression):
      let value = try evaluate(expression)
      registers[registerBase + Int(register)] = CaseRegister(value: value)
    case .when(let register, let values, let otherwise):
      let at = registerBase + Int(register)
      var count = 0
      for operand in program.arguments[program.cases[Int(values)]]
      where try value(operand).equals(registers[at].value) { count += 1 }
      registers[at].repeats = count
      if count == 0 { place = Int(otherwise) } else { registers[at].isMatched = true }
    case .whenAgain(let register, let target):
      let at = registerBase + Int(register)
      registers[at].repeats -= 1
      if registers[at].repeats > 0 { place = Int(target) }
    case .caseElse(let register, let otherwise):
      if registers[registerBase + Int(register)].isMatched { place = Int(otherwise) }
    default: break
    }
  }

  mutating func endCapture() throws(Fault) {
    guard let frame = frames.popLast() else { return }
    try charge(scratch: output.count - frame.mark)
    let text = String(decoding: output[frame.mark...], as: UTF8.self)
    output.removeSubrange(frame.mark...)
    bindings[Int(frame.symbol)].assigned = escapesHTML ? .markup(text) : .string(text)
  }

  mutating func endChanged() {
    guard let frame = frames.popLast() else { return }
    let text = Array(output[frame.mark...])
    if text == changed { output.removeSubrange(frame.mark...) } else { changed = text }
  }

  private mutating func count(_ symbol: Int32, isUp: Bool) {
    let value = counters[symbol] ?? 0
    if isUp {
      output.append(decimal: value)
      counters[symbol] = value &+ 1
    } else {
      counters[symbol] = value &- 1
      output.append(decimal: value &- 1)
    }
  }

  private mutating func cycle(_ spec: CycleSpec, _ place: OutputPlace) throws(Fault) {
    var key = "u" + spec.text
    if let group = spec.group {
      let value = try value(group)
      key = "n\(value.isNull ? "" : "=")\(value.text)"
    }
    let turn = cycles[key] ?? 0
    let count = spec.values.count
    if turn < count { try write(try value(program.arguments[Int(spec.values.lowerBound) + turn]), place) }
    cycles[key] = turn + 1 >= count ? 0 : turn + 1
    try charge(scratch: cycles.count == 1 ? 0 : key.utf8.count)
  }
}

/// What is open: a loop, a text being captured, or the place to return to from a snippet.
struct Frame {
  enum Kind { case loop, capture, changed, include, render }
  var kind: Kind
  /// Where captured output begins.
  var mark = 0
  /// The name that captured text gets.
  var symbol: Int32 = 0
  var loop: LoopState?
  var call: CallState?

  init(_ kind: Kind, mark: Int = 0, symbol: Int32 = 0) {
    self.kind = kind
    self.mark = mark
    self.symbol = symbol
  }
}
