/// A place in a template that shows a code of a voucher: `{{ "spring" | voucher }}`.
public struct VoucherUse: Hashable, Sendable {
  /// The pool, where it is written in quotes right before the filter; `nil` where only a rendering could tell.
  public var pool: String?
  /// The snippet or layout in which it is; "" for the template itself.
  public var source: String
  /// From 1, in the source.
  public var line: Int
  public var column: Int
}

extension Template {
  /// Where codes of vouchers are shown: in the template, its layout and its snippets, in the order of the text.
  public var voucherUses: [VoucherUse] {
    guard program.filters.contains(where: { $0.filter == .voucher }) else { return [] }
    return program.functions.flatMap { function in
      (0..<function.instructions.count).flatMap { place in
        program.voucherPools(of: function.instructions[place]).map { pool in
          let source = program.sources[function.source]
          let (line, column) = TemplateError.place(Int(function.places[place]), source.bytes)
          return VoucherUse(pool: pool, source: source.name, line: line, column: column)
        }
      }
    }
  }
}

extension Program {
  /// The pool of each filter `voucher` in an instruction; `nil` where it is computed.
  fileprivate func voucherPools(of instruction: Instruction) -> [String?] {
    let number: Int32
    switch instruction {
    case .output(let expression, _), .assign(_, let expression), .caseBegin(_, let expression): number = expression
    default: return []
    }
    let expression = expressions[Int(number)]
    return filters[expression.filters].enumerated().compactMap { place, call -> String?? in
      guard call.filter == .voucher else { return nil }
      guard place == 0, case .literal(let text) = expression.operand, case .string(let pool) = literals[Int(text)]
      else { return .some(nil) }
      return .some(pool)
    }
  }
}
