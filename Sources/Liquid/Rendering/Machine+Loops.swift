/// A loop while it runs.
struct LoopState {
  /// −1 for a snippet rendered for each item.
  var spec: Int
  var variable: Int32
  var items: [LiquidValue]
  /// Whole numbers are counted, not listed.
  var first: Int64
  var isRange: Bool
  var isReversed: Bool
  var count: Int
  var index = 0
  /// The loop around it, by its frame.
  var parent: Int?
  var name: String
  var columns: Int
  /// What the names meant outside.
  var savedItem: LiquidValue?
  var savedLoop: LiquidValue?

  var item: LiquidValue {
    let place = isReversed ? count - 1 - index : index
    return isRange ? .int(first + Int64(place)) : items[place]
  }
}

extension Machine {
  /// The items of a value that is looped over.
  private func items(_ value: LiquidValue) -> (items: [LiquidValue], first: Int64, isRange: Bool, count: Int) {
    switch value {
    case .list(let items): (items, 0, false, items.count)
    case .object(let members):
      (members.map { .list([.string($0.key), $0.value]) }, 0, false, members.count)
    case .range(let first, let last):
      ([], first, true, first > last ? 0 : Int(clamping: last.subtractingReportingOverflow(first).partialValue) &+ 1)
    case .string(let text), .markup(let text): text.isEmpty ? ([], 0, false, 0) : ([value], 0, false, 1)
    default: ([], 0, false, 0)
    }
  }

  mutating func beginLoop(_ number: Int) throws(Fault) {
    let spec = program.loops[number]
    let collection = try value(spec.collection)
    let (items, first, isRange, total) = self.items(collection)
    if case .object = collection { try charge(scratch: total * 32) }
    if notesMissing, collection.isNull { noteMissing(spec.collection) }
    var from = 0
    switch spec.offset {
    case .none: break
    case .value(let operand): from = max(0, try wholeNumber(operand, "offset") ?? 0)
    case .proceed: from = offsets[spec.name] ?? 0
    }
    var count = max(0, total - from)
    if let limit = spec.limit, let most = try wholeNumber(limit, "limit") { count = min(count, max(0, most)) }
    if program.proceeds, !spec.isTable { offsets[spec.name] = from + count }
    let columns = try spec.columns.flatMap { operand throws(Fault) in try wholeNumber(operand, "cols") } ?? count
    if spec.isTable { output.append(utf8: "<tr class=\"row1\">\n") }
    guard count > 0 else {
      if spec.isTable { output.append(utf8: "</tr>\n") }
      place = Int(spec.otherwise)
      return
    }
    var state = LoopState(
      spec: number, variable: spec.variable,
      items: isRange || count == items.count ? items : Array(items[from..<(from + count)]),
      first: isRange ? first + Int64(from) : 0, isRange: isRange, isReversed: spec.isReversed, count: count,
      parent: parentLoop, name: spec.name, columns: max(1, columns))
    state.savedItem = bindings[Int(spec.variable)].scoped
    if let symbol = loopSymbol(spec.isTable) {
      state.savedLoop = bindings[symbol].scoped
      bindings[symbol].scoped = .loop(frames.count)
    }
    bindings[Int(spec.variable)].scoped = state.item
    if spec.isTable { output.append(utf8: "<td class=\"col1\">") }
    var frame = Frame(.loop)
    frame.loop = state
    try push(frame)
  }

  /// `forloop` and `tablerowloop`, if the template asks for them.
  private func loopSymbol(_ isTable: Bool) -> Int? {
    isTable ? program.tablerowloop : program.forloop
  }

  private var parentLoop: Int? {
    for index in frames.indices.reversed() {
      if frames[index].kind == .render { return nil }
      if frames[index].kind == .loop { return index }
    }
    return nil
  }

  /// A whole number as `limit`, `offset` and `cols` take it; `nil` for `nil`.
  private func wholeNumber(_ operand: Operand, _ what: String) throws(Fault) -> Int? {
    switch try value(operand) {
    case .null: return nil
    case .int(let number): return Int(number)
    case .double(let number): return Int(Int64(clamping: number))
    case .string(let text), .markup(let text):
      guard let number = Int(text) else { throw Fault("\(what) is \"\(text.prefix(40))\", not a whole number") }
      return number
    default: throw Fault("\(what) is not a whole number")
    }
  }

  mutating func nextRound(_ number: Int) throws(Fault) {
    let top = frames.count - 1
    guard top >= 0, frames[top].loop != nil else { return }
    let isTable = program.loops[number].isTable
    if isTable { endCell(top) }
    frames[top].loop!.index += 1
    guard frames[top].loop!.index < frames[top].loop!.count else { return endLoop(isTable) }
    bindings[Int(frames[top].loop!.variable)].scoped = item(top)
    if isTable {
      let loop = frames[top].loop!
      output.append(utf8: "<td class=\"col\(loop.index % loop.columns + 1)\">")
    }
    place = Int(program.loops[number].body)
  }

  /// The present item, by itself: the state of a loop has much that would be copied with it.
  @inline(__always)
  private func item(_ top: Int) -> LiquidValue {
    let index = frames[top].loop!.index
    let place = frames[top].loop!.isReversed ? frames[top].loop!.count - 1 - index : index
    return frames[top].loop!.isRange ? .int(frames[top].loop!.first + Int64(place)) : frames[top].loop!.items[place]
  }

  private mutating func endCell(_ top: Int) {
    guard let loop = frames[top].loop else { return }
    output.append(utf8: "</td>")
    if loop.index % loop.columns == loop.columns - 1, loop.index < loop.count - 1 {
      output.append(utf8: "</tr>\n<tr class=\"row\(loop.index / loop.columns + 2)\">")
    }
  }

  private mutating func endLoop(_ isTable: Bool) {
    guard let loop = frames.popLast()?.loop else { return }
    bindings[Int(loop.variable)].scoped = loop.savedItem
    if let symbol = loopSymbol(isTable) { bindings[symbol].scoped = loop.savedLoop }
    if isTable { output.append(utf8: "</tr>\n") }
  }

  /// `break` and `continue`: leaves what is open up to the next loop, or the whole text.
  mutating func interrupt(isStop: Bool) throws(Fault) {
    while let frame = frames.last {
      switch frame.kind {
      case .loop:
        guard let loop = frame.loop else { return }
        let spec = program.loops[loop.spec]
        guard isStop else {
          place = Int(spec.next)
          return
        }
        if spec.isTable { output.append(utf8: "</td>") }
        endLoop(spec.isTable)
        place = Int(spec.after)
        return
      case .capture: try endCapture()
      case .changed: endChanged()
      case .include, .render:
        // A snippet for each item is left like a round of a loop.
        if frame.call?.loop != nil || frame.kind == .render {
          if isStop { frames[frames.count - 1].call?.loop?.index = Int.max - 1 }
          place = function.instructions.count - 1
          return
        }
        returnFromCall()
      }
    }
    place = function.instructions.count - 1
  }

  /// A member of `forloop` or `tablerowloop`; `nil` if the loop is over.
  func loopMember(_ number: Int, _ name: String) -> LiquidValue {
    guard number < frames.count, let loop = frames[number].loop ?? frames[number].call?.loop else { return .null }
    let column = loop.index % loop.columns
    switch name {
    case "name": return .string(loop.name)
    case "length": return .int(Int64(loop.count))
    case "index": return .int(Int64(loop.index + 1))
    case "index0": return .int(Int64(loop.index))
    case "rindex": return .int(Int64(loop.count - loop.index))
    case "rindex0": return .int(Int64(loop.count - loop.index - 1))
    case "first": return .bool(loop.index == 0)
    case "last": return .bool(loop.index == loop.count - 1)
    case "parentloop": return loop.parent.map { .loop($0) } ?? .null
    case "row": return .int(Int64(loop.index / loop.columns + 1))
    case "col": return .int(Int64(column + 1))
    case "col0": return .int(Int64(column))
    case "col_first": return .bool(column == 0)
    case "col_last": return .bool(column == loop.columns - 1)
    default: return .null
    }
  }
}
