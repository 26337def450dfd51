import RoostCore

/// Runs a program's instructions over one person's values. No step calls itself: loops and snippets are frames on a list.
///
/// What is called often is `mutating` even where it only reads: other functions get a copy of the whole machine.
struct Machine: ~Copyable {
  let program: Program
  /// Of whoever asked for the rendering, who keeps them where they are until it is over.
  let values: UnsafePointer<LiquidValue>
  let settings: UnsafePointer<RenderSettings>
  let escapesHTML: Bool
  var output: Output

  var bindings: Bindings
  var frames: [Frame] = []
  var registers: [CaseRegister]
  /// Held by the program, so not counted.
  unowned(unsafe) var function: CompiledFunction
  var place = 0
  var registerBase = 0
  var cycles: [String: Int] = [:]
  var counters: [Int32: Int64] = [:]
  var offsets: [String: Int] = [:]
  var changed: [UInt8]?

  var stepsLeft: Int
  let outputBytesMax: Int
  var scratchLeft: Int
  var notesMissing = false
  var missing: [MissingValue] = []
  /// Whether it is noted of which pools of vouchers a code is shown.
  var notesPools = false
  var pools: [String] = []

  /// So many missing values are listed.
  static let missingMax = 100

  struct CaseRegister {
    var value = LiquidValue.null
    var isMatched = false
    var repeats = 0
  }

  init(
    _ program: Program, _ form: Template.Form, _ values: UnsafePointer<LiquidValue>,
    _ settings: UnsafePointer<RenderSettings>, output: consuming Output
  ) {
    self.program = program
    self.settings = settings
    self.values = values
    self.output = output
    escapesHTML = form == .html
    self.output.isHeader = form == .header
    function = program.functions[0]
    stepsLeft = settings.pointee.limits.steps
    outputBytesMax = settings.pointee.limits.outputBytes
    scratchLeft = settings.pointee.limits.scratchBytes
    registers = Array(repeating: CaseRegister(), count: function.registers)
    bindings = Bindings(program, values)
  }

  mutating func run() throws(TemplateError) {
    do throws(Fault) { try execute() } catch { throw located(error) }
    program.lengthHint.note(output.count)
  }

  private func located(_ fault: Fault) -> TemplateError {
    let source = program.sources[function.source]
    let offset = Int(function.places[min(max(place - 1, 0), function.places.count - 1)])
    return TemplateError(fault.message, at: offset, of: source.bytes, named: source.name)
  }

  private mutating func execute() throws(Fault) {
    while true {
      stepsLeft -= 1
      guard stepsLeft >= 0 else { throw Self.stepsFault(settings.pointee.limits.steps) }
      let instruction = function.instructions[place]
      place += 1
      switch instruction {
      case .text(let start, let end):
        output.append(UnsafeBufferPointer(start: program.text.base + Int(start), count: Int(end - start)))
        try checkOutput()
      case .output(let expression, let place): try put(expression, place)
      case .assign(let symbol, let expression):
        let value = try evaluate(program.expressions[Int(expression)])
        try charge(scratch: value.weight)
        bindings.assign(symbol, value)
      case .jump(let target): place = Int(target)
      case .jumpUnless(let condition, let target):
        if try !holds(program.conditions[Int(condition)]) { place = Int(target) }
      case .caseBegin, .when, .whenAgain, .caseElse: try choose(instruction)
      case .loopBegin(let number): try beginLoop(Int(number))
      case .loopNext(let number): nextRound(Int(number))
      case .stop: try interrupt(isStop: true)
      case .skip: try interrupt(isStop: false)
      case .cycle(let number, let place): try cycle(program.cycles.pointer(Int(number)), place)
      case .count(let symbol, let isUp): count(symbol, isUp: isUp)
      case .captureBegin(let symbol):
        try checkDepth()
        frames.append(Frame(.capture, mark: output.count, symbol: symbol))
      case .captureEnd: try endCapture()
      case .changedBegin:
        try checkDepth()
        frames.append(Frame(.changed, mark: output.count))
      case .changedEnd: endChanged()
      case .include(let number): try call(program.calls.pointer(Int(number)), isIsolated: false)
      case .render(let number): try call(program.calls.pointer(Int(number)), isIsolated: true)
      case .finish: if try !finish() { return }
      case .nothing: break
      }
    }
  }

  @inline(__always)
  func checkOutput() throws(Fault) {
    if output.count > outputBytesMax { throw Self.outputFault(outputBytesMax) }
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
    if scratchLeft < 0 {
      throw Fault("the template makes more than \(settings.pointee.limits.scratchBytes) bytes on its way")
    }
  }

  /// Before a frame is opened.
  mutating func checkDepth() throws(Fault) {
    guard frames.count < settings.pointee.limits.depth else {
      throw Fault("loops and snippets are nested deeper than \(settings.pointee.limits.depth)")
    }
  }

  private mutating func choose(_ instruction: Instruction) throws(Fault) {
    switch instruction {
    case .caseBegin(let register, let expression):
      let value = try evaluate(program.expressions[Int(expression)])
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
    let text = output.text(from: frame.mark)
    output.cut(to: frame.mark)
    bindings.assign(frame.symbol, escapesHTML ? .markup(text) : .string(text))
  }

  mutating func endChanged() {
    guard let frame = frames.popLast() else { return }
    let text = Array(output.bytes[frame.mark...])
    if text == changed { output.cut(to: frame.mark) } else { changed = text }
  }

  private mutating func count(_ symbol: Int32, isUp: Bool) {
    let value = counters[symbol] ?? 0
    if isUp {
      output.append(digitsOf: value)
      counters[symbol] = value &+ 1
    } else {
      counters[symbol] = value &- 1
      output.append(digitsOf: value &- 1)
    }
  }

  private mutating func cycle(_ spec: UnsafePointer<CycleSpec>, _ place: OutputPlace) throws(Fault) {
    var key = spec.pointee.key
    if let group = spec.pointee.group {
      let value = try value(group)
      key = "n\(value.isNull ? "" : "=")\(value.text)"
    }
    let values = program.arguments[spec.pointee.values]
    let turn = Self.turn(&cycles[key, default: 0], of: values.count)
    if turn < values.count {
      let value = try value(values[turn])
      withUnsafePointer(to: value) { output.write($0, place) }
    }
    try charge(scratch: cycles.count == 1 ? 0 : key.utf8.count)
  }

  /// Whose turn it is; then it is the next one's.
  private static func turn(_ next: inout Int, of count: Int) -> Int {
    let turn = next
    next = turn + 1 >= count ? 0 : turn + 1
    return turn
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
  var call: Call?

  @inline(__always)
  init(_ kind: Kind, mark: Int = 0, symbol: Int32 = 0, loop: consuming LoopState? = nil) {
    self.kind = kind
    self.mark = mark
    self.symbol = symbol
    self.loop = loop
  }
}
