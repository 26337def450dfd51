extension Output {
  /// A text as HTML shows it: `& < > " '` become entities (OWASP's rule for text and quoted attributes).
  mutating func append(escapingHTML text: String) { text.withBytes { append(escapingHTML: $0) } }

  mutating func append(escapingHTML bytes: UnsafeBufferPointer<UInt8>) {
    if append(bytes, unless: \.hasHTMLSpecial) { return }
    var plain = 0
    for index in 0..<bytes.count where bytes[index] <= 62 {
      guard let entity = Self.entity(bytes[index]) else { continue }
      append(UnsafeBufferPointer(rebasing: bytes[plain..<index]))
      append(entity)
      plain = index + 1
    }
    append(UnsafeBufferPointer(rebasing: bytes[plain...]))
  }

  /// What stands for a byte in HTML; `nil` if it stands for itself.
  static func entity(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }

  /// Markup inside quotes: it must not end them.
  mutating func append(escapingQuotes markup: String) {
    for byte in markup.utf8 {
      if byte != UInt8(ascii: "&"), let entity = Self.entity(byte) { append(entity) } else { append(byte) }
    }
  }

  /// Without quotes around it everything but letters, digits and what is beyond ASCII could end the value.
  mutating func append(escapingUnquoted text: String) {
    for byte in text.utf8 {
      if byte >= 128 || ExpressionLexer.isWordByte(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
        append(byte)
      } else {
        append("&#")
        append(digitsOf: Int64(byte))
        append(UInt8(ascii: ";"))
      }
    }
  }

  /// A header line's value: no control characters, so no second line.
  mutating func append(headerSafe text: String) {
    for byte in text.utf8 { append(byte < 32 || byte == 127 ? 32 : byte) }
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

  /// A JSON string in its quotes; only what RFC 8259 demands is escaped.
  mutating func append(jsonString text: String) {
    append(UInt8(ascii: "\""))
    append(jsonContent: text)
    append(UInt8(ascii: "\""))
  }

  /// Inside the quotes of a JSON string.
  mutating func append(jsonContent text: String) {
    text.withBytes { bytes in
      if append(bytes, unless: \.hasJSONSpecial) { return }
      for byte in bytes {
        if UInt64(eight: byte).hasJSONSpecial { append(jsonEscape: byte) } else { append(byte) }
      }
    }
  }

  private mutating func append(jsonEscape byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      append("u00")
      append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0x0F
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }
}
