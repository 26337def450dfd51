extension Machine {
  /// Evaluates and puts out.
  mutating func put(_ number: Int32, _ place: OutputPlace) throws(Fault) {
    let expression = program.expressions[Int(number)]
    if expression.filters.isEmpty, let found = bindings.find(expression.operand) {
      if notesMissing, found.pointee.isNull { noteMissing(expression.operand) }
      output.write(found, place)
    } else {
      try putComputed(expression, place)
    }
    try checkOutput()
  }

  private mutating func putComputed(_ expression: Expression, _ place: OutputPlace) throws(Fault) {
    if notesMissing, !isDefaulted(expression), try value(expression.operand).isNull {
      noteMissing(expression.operand)
    }
    let value = try evaluate(expression)
    withUnsafePointer(to: value) { output.write($0, place) }
  }

  private mutating func isDefaulted(_ expression: Expression) -> Bool {
    program.filters[expression.filters].contains { $0.filter == .default }
  }
}
