extension Machine {
  /// The items that are looped over; the first whole number, if they are a range.
  private mutating func items(
    of collection: Operand
  ) throws(Fault) -> (items: [LiquidValue], first: Int64?, count: Int) {
    // A list stays where it is and is not copied; it is what loops mostly go over.
    if let found = bindings.find(collection), case .list(let items) = found.pointee { return (items, nil, items.count) }
    let value = try value(collection)
    switch value {
    case .list(let items): return (items, nil, items.count)
    case .object(let members):
      try charge(scratch: members.count * 32)
      return (members.map { .list([.string($0.key), $0.value]) }, nil, members.count)
    case .range(let first, let last):
      let count = first > last ? 0 : Int(clamping: last.subtractingReportingOverflow(first).partialValue) &+ 1
      return ([], first, count)
    case .string(let text), .markup(let text): return text.isEmpty ? ([], nil, 0) : ([value], nil, 1)
    default:
      if notesMissing, value.isNull { noteMissing(collection) }
      return ([], nil, 0)
    }
  }

  mutating func beginLoop(_ number: Int) throws(Fault) {
    let spec = program.loops.pointer(number)
    let (items, first, total) = try self.items(of: spec.pointee.collection)
    var from = 0
    switch spec.pointee.offset {
    case .none: break
    case .value(let operand): from = max(0, try wholeNumber(operand, "offset") ?? 0)
    case .proceed: from = offsets[spec.pointee.name] ?? 0
    }
    var count = max(0, total - from)
    if let limit = spec.pointee.limit, let most = try wholeNumber(limit, "limit") { count = min(count, max(0, most)) }
    let isTable = spec.pointee.isTable
    if program.proceeds, !isTable { offsets[spec.pointee.name] = from + count }
    let columns =
      try spec.pointee.columns.flatMap { operand throws(Fault) in try wholeNumber(operand, "cols") } ?? count
    if isTable { output.append("<tr class=\"row1\">\n") }
    guard count > 0 else {
      if isTable { output.append("</tr>\n") }
      place = Int(spec.pointee.otherwise)
      return
    }
    try checkDepth()
    var loop = LoopState(
      spec: number, variable: spec.pointee.variable, items: items, from: from, first: first, count: count,
      isReversed: spec.pointee.isReversed, columns: max(1, columns))
    loop.savedItem = bindings.scope(loop.variable, loop.item)
    if program.forloop != nil || program.tablerowloop != nil { loop.parent = parentLoop() }
    if let symbol = loopSymbol(isTable) { loop.savedLoop = scopeLoop(symbol, &loop.own) }
    if isTable { output.append("<td class=\"col1\">") }
    frames.append(Frame(.loop, loop: consume loop))
  }

  /// Lets `forloop` mean the loop of the next frame.
  mutating func scopeLoop(_ symbol: Int32, _ holder: inout [LiquidValue]) -> UnsafePointer<LiquidValue>? {
    holder = [.loop(frames.count)]
    return bindings.scope(symbol, holder.withUnsafeBufferPointer { $0.baseAddress })
  }

  /// `forloop` and `tablerowloop`, if the template asks for them.
  private mutating func loopSymbol(_ isTable: Bool) -> Int32? {
    isTable ? program.tablerowloop : program.forloop
  }

  private mutating func parentLoop() -> Int? {
    for index in frames.indices.reversed() {
      if frames[index].kind == .render { return nil }
      if frames[index].kind == .loop { return index }
    }
    return nil
  }

  /// A whole number as `limit`, `offset` and `cols` take it; `nil` for `nil`.
  private mutating func wholeNumber(_ operand: Operand, _ what: String) throws(Fault) -> Int? {
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

  mutating func nextRound(_ number: Int) {
    let top = frames.count - 1
    guard top >= 0, frames[top].kind == .loop else { return }
    let spec = program.loops.pointer(number)
    if spec.pointee.isTable { endCell(top) }
    guard frames[top].loop!.next() else { return endLoop(spec.pointee.isTable) }
    bindings.scope(spec.pointee.variable, frames[top].loop!.item)
    if spec.pointee.isTable {
      output.append("<td class=\"col")
      output.append(digitsOf: Int64(frames[top].loop!.index % frames[top].loop!.columns + 1))
      output.append("\">")
    }
    place = Int(spec.pointee.body)
  }

  private mutating func endCell(_ top: Int) {
    guard let loop = frames[top].loop else { return }
    output.append("</td>")
    if loop.index % loop.columns == loop.columns - 1, loop.index < loop.count - 1 {
      output.append(utf8: "</tr>\n<tr class=\"row\(loop.index / loop.columns + 2)\">")
    }
  }

  private mutating func endLoop(_ isTable: Bool) {
    let top = frames.count - 1
    guard top >= 0, frames[top].loop != nil else { return }
    bindings.scope(frames[top].loop!.variable, frames[top].loop!.savedItem)
    if let symbol = loopSymbol(isTable) { bindings.scope(symbol, frames[top].loop!.savedLoop) }
    frames.removeLast()
    if isTable { output.append("</tr>\n") }
  }

  /// `break` and `continue`: leaves what is open up to the next loop, or the whole text.
  mutating func interrupt(isStop: Bool) throws(Fault) {
    while let frame = frames.last {
      switch frame.kind {
      case .loop:
        guard let loop = frame.loop else { return }
        let spec = program.loops.pointer(loop.spec)
        guard isStop else {
          place = Int(spec.pointee.next)
          return
        }
        if spec.pointee.isTable { output.append("</td>") }
        endLoop(spec.pointee.isTable)
        place = Int(spec.pointee.after)
        return
      case .capture: try endCapture()
      case .changed: endChanged()
      case .include, .render:
        // A snippet for each item is left like a round of a loop.
        if frame.loop != nil || frame.kind == .render {
          if isStop { frames[frames.count - 1].loop?.index = Int.max - 1 }
          place = function.instructions.count - 1
          return
        }
        returnFromCall()
      }
    }
    place = function.instructions.count - 1
  }

  /// A member of `forloop` or `tablerowloop`; `nil` if the loop is over.
  mutating func loopMember(_ number: Int, _ member: LoopMember) -> LiquidValue {
    guard number < frames.count, frames[number].loop != nil else { return .null }
    // One by one: a copy of the loop would count references.
    let (index, count) = (frames[number].loop!.index, frames[number].loop!.count)
    let columns = frames[number].loop!.columns
    let column = index % columns
    switch member {
    case .name: return .string(frames[number].call?.name ?? program.loops[frames[number].loop!.spec].name)
    case .length: return .int(Int64(count))
    case .index: return .int(Int64(index + 1))
    case .index0: return .int(Int64(index))
    case .rindex: return .int(Int64(count - index))
    case .rindex0: return .int(Int64(count - index - 1))
    case .first: return .bool(index == 0)
    case .last: return .bool(index == count - 1)
    case .parentloop: return frames[number].loop!.parent.map { .loop($0) } ?? .null
    case .row: return .int(Int64(index / columns + 1))
    case .col: return .int(Int64(column + 1))
    case .col0: return .int(Int64(column))
    case .colFirst: return .bool(column == 0)
    case .colLast: return .bool(column == columns - 1)
    }
  }
}
