extension Bindings {
  /// Where a value is, if it is somewhere; `nil` if it has to be computed. Good until a name gets another value.
  @inline(__always)
  func find(_ operand: Operand) -> UnsafePointer<LiquidValue>? {
    switch operand {
    case .literal(let place): program.literals.pointer(Int(place))
    case .path(let number): find(Int(number))
    case .range: nil
    }
  }

  @inline(__always)
  private func find(_ number: Int) -> UnsafePointer<LiquidValue>? {
    let path = program.paths.pointer(number)
    // `person.first_name`, most of what letters say, if it is where it was the last time.
    if path.pointee.key >= 0, let object = meaning(path.pointee.symbol), let members = Members(object.pointee),
      let value = members.look(
        for: program.names.pointer(Int(path.pointee.key)), program.stepHints[Int(path.pointee.steps.lowerBound)])
    {
      return value
    }
    return walk(path.pointee)
  }

  @inline(never)
  private func walk(_ path: Path) -> UnsafePointer<LiquidValue>? {
    guard path.symbol >= 0, path.symbol != program.catalog, var place = meaning(path.symbol) else { return nil }
    var index = Int(path.steps.lowerBound)
    while index < Int(path.steps.upperBound) {
      guard let next = find(program.steps[index], index, from: place) else { return nil }
      place = next
      index += 1
    }
    return place
  }

  /// Where a step leads; what is not there is the literal `nil`.
  @inline(__always)
  func find(
    _ step: Step, _ number: Int, from place: UnsafePointer<LiquidValue>
  ) -> UnsafePointer<LiquidValue>? {
    switch step {
    case .key(let key):
      if let members = Members(place.pointee) {
        return members.find(program.names.pointer(Int(key)), program.stepHints, number) ?? nothing
      }
      if case .loop = place.pointee { return nil }
      return nothing
    case .index(let index):
      guard case .list(let items) = place.pointee else { return nil }
      let item = index < 0 ? items.count + Int(index) : Int(index)
      return item >= 0 && item < items.count ? items.withUnsafeBufferPointer { $0.baseAddress! + item } : nothing
    case .first, .last, .size, .computed: return nil
    }
  }

  private var nothing: UnsafePointer<LiquidValue> { program.literals.pointer(0) }
}
