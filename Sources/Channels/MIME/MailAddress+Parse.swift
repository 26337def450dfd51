extension MailAddress {
  /// Reads one mailbox as people write it: `ann@example.com`, `<ann@example.com>`, `Ann <ann@example.com>`,
  /// `"Shop, Inc." <hi@shop.example>`.
  ///
  /// - Parameters:
  ///   - text: the mailbox.
  ///   - field: what to call it in an error.
  public init(parsing text: String, field: String = "address") throws(EmailMessageError) {
    try EmailMessageError.refuseLineBreaks(in: text, field: field)
    let trimmed = Self.trimmed(text[...])
    guard trimmed.utf8.last == UInt8(ascii: ">") else {
      try self.init(String(trimmed), field: field)
      return
    }
    guard let open = trimmed.utf8.lastIndex(of: UInt8(ascii: "<")) else {
      throw EmailMessageError(.invalidAddress, field: field, detail: "has > without <; write Name <name@example.com>")
    }
    let inner = trimmed[trimmed.utf8.index(after: open)...].dropLast()
    let name = Self.trimmed(trimmed[..<open])
    if name.utf8.first == UInt8(ascii: "\"") {
      guard let unquoted = QuotedString.unquote(name) else {
        throw EmailMessageError(.invalidAddress, field: field, detail: "has an unfinished quoted name")
      }
      try self.init(String(inner), displayName: unquoted, field: field)
    } else {
      try self.init(String(inner), displayName: String(name), field: field)
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }
}
