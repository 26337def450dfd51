import RoostCore

extension Machine {
  /// Evaluates and puts out.
  mutating func put(_ number: Int32, _ place: OutputPlace) throws(Fault) {
    let expression = program.expressions[Int(number)]
    if expression.filters.isEmpty {
      if case .path(let path) = expression.operand, let member = member(path), let member {
        // Texts and whole numbers in HTML, which letters mostly are, without a copy of the value.
        switch (member.pointee, place) {
        case (.string(let text), .htmlText), (.string(let text), .htmlAttribute): output.append(escapingHTML: text)
        case (.int(let number), .htmlText), (.int(let number), .htmlAttribute): output.append(digitsOf: number)
        default: try write(member.pointee, place)
        }
        return try checkOutput()
      }
      let value = try value(expression.operand)
      if notesMissing, value.isNull { noteMissing(expression.operand) }
      try write(value, place)
    } else {
      if notesMissing, try value(expression.operand).isNull, !isDefaulted(expression) {
        noteMissing(expression.operand)
      }
      try write(try evaluate(number), place)
    }
    try checkOutput()
  }

  private func isDefaulted(_ expression: Expression) -> Bool {
    program.filters[Int(expression.filters.lowerBound)..<Int(expression.filters.upperBound)].contains {
      $0.filter == .default
    }
  }

  /// Puts a value out as its place demands.
  mutating func write(_ value: LiquidValue, _ place: OutputPlace) throws(Fault) {
    switch (place, value) {
    case (.htmlText, .string(let text)), (.htmlAttribute, .string(let text)): output.append(escapingHTML: text)
    case (.htmlText, .markup(let text)): output.append(utf8: text)
    case (.htmlText, .list(let items)):
      for item in items { try write(item, place) }
    case (.htmlText, .object): output.append(escapingHTML: value.text)
    case (.htmlText, _): value.show(into: &output)
    case (.plain, _) where isHeader: output.append(headerSafe: value.text)
    case (.plain, .string(let text)): output.append(utf8: text)
    case (.plain, _): value.show(into: &output)
    case (.htmlAttribute, .markup(let text)): output.append(escapingQuotes: text)
    case (.htmlAttribute, _): output.append(escapingHTML: value.text)
    case (.htmlUnquoted, _): output.append(escapingUnquoted: value.text)
    case (.urlStart, _): output.append(url: value.linkText, isStart: true)
    case (.urlRest, _): output.append(url: value.linkText, isStart: false)
    case (.css, _): output.append(css: value.text)
    case (.jsonText, .markup(let json)): output.append(jsonContent: json)
    case (.jsonText, _): output.append(jsonContent: value.text)
    case (.jsonValue, .markup(let json)): output.append(utf8: json)
    case (.jsonValue, _): value.writeJSON(into: &output)
    }
  }
}

extension LiquidValue {
  /// Markup as the text that a reader of the HTML would find in the attribute.
  fileprivate var linkText: String {
    guard case .markup(let markup) = self else { return text }
    var bytes: [UInt8] = []
    bytes.append(unescapingHTML: markup)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  /// A text as HTML shows it: `& < > " '` become entities (OWASP's rule for text and quoted attributes).
  mutating func append(escapingHTML text: String) {
    // What is no contiguous UTF-8 is made so first; what templates read always is.
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      var plain = 0
      for index in 0..<bytes.count where bytes[index] <= 62 {
        guard let entity = Self.entity(bytes[index]) else { continue }
        append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plain..<index]))
        append(entity)
        plain = index + 1
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plain...]))
    }
    if isDone == nil { append(escapingHTML: String(decoding: Array(text.utf8), as: UTF8.self)) }
  }

  @inline(__always)
  private static func entity(_ byte: UInt8) -> StaticString? {
    guard byte <= 62 else { return nil }
    switch byte {
    case UInt8(ascii: "&"): return "&amp;"
    case UInt8(ascii: "<"): return "&lt;"
    case UInt8(ascii: ">"): return "&gt;"
    case UInt8(ascii: "\""): return "&quot;"
    case UInt8(ascii: "'"): return "&#39;"
    default: return nil
    }
  }

  private mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Markup inside quotes: it must not end them.
  mutating func append(escapingQuotes markup: String) {
    for byte in markup.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"):
        append(Self.entity(byte) ?? "")
      default: append(byte)
      }
    }
  }

  /// Without quotes around it everything but letters, digits and what is beyond ASCII could end the value.
  mutating func append(escapingUnquoted text: String) {
    for byte in text.utf8 {
      if byte >= 128 || ExpressionLexer.isWordByte(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
        append(byte)
      } else {
        append(utf8: "&#\(byte);")
      }
    }
  }

  /// A header line's value: no control characters, so no second line.
  mutating func append(headerSafe text: String) {
    for byte in text.utf8 { append(byte < 32 || byte == 127 ? 32 : byte) }
  }

  /// Inside the quotes of a JSON string.
  mutating func append(jsonContent text: String) {
    var quoted: [UInt8] = []
    quoted.append(jsonString: text)
    append(contentsOf: quoted.dropFirst().dropLast())
  }

  /// A style's value: colours, lengths and names only; whatever else could load or run something becomes `unset`.
  mutating func append(css text: String) {
    let isHarmless = text.utf8.allSatisfy { byte in
      byte >= 128 || ExpressionLexer.isWordByte(byte) || " #%.,+-()".utf8.contains(byte)
    }
    let small = text.lowercased()
    let isCall = ["url(", "expression(", "image(", "image-set(", "attr(", "env(", "var("].contains {
      small.contains($0)
    }
    append(utf8: isHarmless && !isCall ? text : "unset")
  }
}
