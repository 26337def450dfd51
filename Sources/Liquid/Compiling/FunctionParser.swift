/// Reads one text (a template, a snippet or a layout) into instructions, from its first byte to its last. Blocks are kept
/// on a list of their own, so that deep nesting costs no stack.
struct FunctionParser {
  let compiler: Compiler
  var builder = FunctionBuilder()
  var cutter: Cutter
  var state: MarkupState
  /// Where the text as a whole stands.
  let start: MarkupState
  var blocks: [Block] = []
  /// Blocks below belong to whoever opened this `liquid` tag.
  var floor = 0
  let source: [UInt8]
  let name: String

  static let blocksMax = 200
  /// Nested `liquid` tags, brackets in brackets.
  static let depthMax = 50

  init(compiler: Compiler, source: String, name: String, start: MarkupState) {
    self.compiler = compiler
    self.source = Array(source.utf8)
    self.name = name
    cutter = Cutter(self.source, name: name)
    state = start
    self.start = start
    builder.function.source = Int32(compiler.program.sources.count)
    compiler.program.sources.append((name, self.source))
  }

  mutating func parse() throws(TemplateError) {
    while let piece = try cutter.next() {
      switch piece {
      case .text(let range): text(range)
      case .output(let range): try output(range)
      case .tag(let range): try tag(range, depth: 0)
      }
    }
    if let open = blocks.last {
      throw failure("{% \(open.tag) %} is never closed: {% end\(open.tag) %} is missing", at: open.offset)
    }
    builder.emit(.finish, at: source.count)
  }

  func failure(_ message: String, at offset: Int) -> TemplateError {
    TemplateError(message, at: offset, of: source, named: name)
  }

  mutating func text(_ range: Range<Int>) {
    let bytes = source[range]
    let start = Int32(compiler.program.text.count)
    compiler.program.text.append(contentsOf: bytes)
    let isBlank = bytes.allSatisfy(isLiquidSpace)
    let place = builder.emit(.text(start: start, end: Int32(compiler.program.text.count)), at: range.lowerBound)
    if !blocks.isEmpty {
      if isBlank { blocks[blocks.count - 1].blanks.append(place) } else { blocks[blocks.count - 1].isBlank = false }
    }
    state.advance(over: bytes)
  }

  mutating func output(_ range: Range<Int>) throws(TemplateError) {
    noteOutput()
    var lexer = try ExpressionLexer(source, range, name: name)
    guard lexer.token != nil else { return }
    let start = lexer.start
    let expression = try self.expression(&lexer)
    guard lexer.token == nil else {
      throw lexer.failure("unexpected \(lexer.found); expected | and a filter, or }}")
    }
    let place = try outputPlace(at: cutter.start)
    builder.emit(.output(expression: expression, place: place), at: start)
  }

  /// Where a value goes that is put out here.
  mutating func outputPlace(at offset: Int) throws(TemplateError) -> OutputPlace {
    do throws(Fault) {
      let place = try state.output()
      state.passOutput()
      return place
    } catch { throw failure(error.message, at: offset) }
  }

  /// The block says something: its white space counts.
  mutating func noteOutput() {
    if !blocks.isEmpty { blocks[blocks.count - 1].isBlank = false }
  }

  /// A tag, from its name on.
  mutating func tag(_ range: Range<Int>, depth: Int) throws(TemplateError) {
    var start = range.lowerBound
    while start < range.upperBound, isLiquidSpace(source[start]) { start += 1 }
    guard start < range.upperBound else { throw failure("a tag needs a name", at: range.lowerBound) }
    if source[start] == UInt8(ascii: "#") { return try comment(start..<range.upperBound) }
    var end = start
    while end < range.upperBound, ExpressionLexer.isWordByte(source[end]) { end += 1 }
    let tag = String(decoding: source[start..<end], as: UTF8.self)
    try self.tag(tag, at: start, end..<range.upperBound, depth: depth)
  }

  /// `{% # … %}`: every line of it begins with `#`.
  private func comment(_ range: Range<Int>) throws(TemplateError) {
    var isLineStart = true
    for place in range where isLineStart || source[place] == UInt8(ascii: "\n") {
      if source[place] == UInt8(ascii: "\n") {
        isLineStart = true
      } else if !isLiquidSpace(source[place]) {
        guard source[place] == UInt8(ascii: "#") else {
          throw failure("every line of a comment begins with #", at: place)
        }
        isLineStart = false
      }
    }
  }
}

/// A tag that is open while its body is read.
struct Block {
  enum Kind { case condition, cases, loop, capture, changed }
  var kind: Kind
  var tag: String
  var offset: Int
  /// Nothing but white space and tags that say nothing: then the white space goes too.
  var isBlank = true
  var blanks: [Int] = []
  /// Jumps to the end of the whole block.
  var exits: [Int] = []
  /// The jump past the present branch; `nil` behind `else`.
  var pending: Int?
  var hasElse = false
  /// Branches behind the first `else` of an `if` are read, but never taken.
  var start: MarkupState
  /// Where the branches before this one end.
  var ends: [MarkupState] = []
  /// A loop's or capture's number or symbol, a case's register.
  var number: Int32 = 0
  /// `whenAgain` goes back here.
  var bodyStart: Int32 = 0
  var isBranchOpen = true
}
