/// One text body, in the shorter of the two transfer encodings.
struct MIMEPart {
  private let subtype: String
  private let transferEncoding: String
  private let encoded: [UInt8]

  init(_ text: String, subtype: String, field: String) throws(EmailMessageError) {
    let canonical = try Self.canonical(text, field: field)
    self.subtype = subtype
    var quoted: [UInt8] = []
    quoted.reserveCapacity(canonical.count + canonical.count / 8)
    QuotedPrintable.append(canonical, to: &quoted)
    if quoted.count <= Base64.linesLength(canonical.count) {
      (transferEncoding, encoded) = ("quoted-printable", quoted)
    } else {
      var lines: [UInt8] = []
      lines.reserveCapacity(Base64.linesLength(canonical.count))
      Base64.appendLines(canonical, to: &lines)
      (transferEncoding, encoded) = ("base64", lines)
    }
  }

  /// The part's own header fields, the empty line and the body, which ends in CRLF.
  func write(to output: inout [UInt8]) {
    output.append(contentsOf: "Content-Type: text/\(subtype); charset=utf-8\r\n".utf8)
    output.append(contentsOf: "Content-Transfer-Encoding: \(transferEncoding)\r\n\r\n".utf8)
    output.append(contentsOf: encoded)
  }

  /// The text with CRLF at every line end (RFC 2046 4.1.1), also at the end of the last line.
  static func canonical(_ text: String, field: String) throws(EmailMessageError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count + text.utf8.count / 32 + 2)
    var text = text
    let hasNUL = text.withUTF8 { appendLines(of: $0, to: &output) }
    guard !hasNUL else {
      throw EmailMessageError(.forbiddenCharacter, field: field, detail: "contains NUL, which no mail text may hold")
    }
    if output.last != 0x0A { output.append(contentsOf: [0x0D, 0x0A]) }
    return output
  }

  /// Whole lines at a time. `true` if there is a NUL among them.
  private static func appendLines(of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0A, text[end] != 0x0D, text[end] != 0 { end += 1 }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
      guard end < text.count else { return false }
      if text[end] == 0 { return true }
      output.append(0x0D)
      output.append(0x0A)
      let isCRLF = text[end] == 0x0D && end + 1 < text.count && text[end + 1] == 0x0A
      start = end + (isCRLF ? 2 : 1)
    }
    return false
  }
}
