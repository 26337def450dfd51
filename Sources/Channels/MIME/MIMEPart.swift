/// One text body, in the shorter of the two transfer encodings.
struct MIMEPart {
  let text: String
  let subtype: String
  /// For whoever is told what is wrong with the text.
  let field: String

  init(_ text: String, subtype: String, field: String) {
    self.text = text
    self.subtype = subtype
    self.field = field
  }

  /// The part's own header fields, the empty line and the body, which ends in CRLF (RFC 2046 4.1.1).
  func write(to output: inout [UInt8]) throws(EmailMessageError) {
    output.append(contentsOf: "Content-Type: text/\(subtype); charset=utf-8\r\n".utf8)
    var text = text
    let isWritten = text.withUTF8 { text in
      guard text.place(of: 0, in: 0..<text.count) == nil else { return false }
      Self.write(text, to: &output)
      return true
    }
    guard isWritten else {
      throw EmailMessageError(.forbiddenCharacter, field: field, detail: "contains NUL, which no mail text may hold")
    }
  }

  /// Quoted-printable is written where it will stay, and given up if it came out longer.
  private static func write(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    let start = output.count
    output.append(contentsOf: "Content-Transfer-Encoding: quoted-printable\r\n\r\n".utf8)
    let bodyStart = output.count
    let length = QuotedPrintable.append(text, to: &output)
    let endsLine = text.last == 0x0A || text.last == 0x0D
    if !endsLine { output.append(contentsOf: [0x0D, 0x0A]) }
    let canonicalLength = length + (endsLine ? 0 : 2)
    guard output.count - bodyStart > Base64.linesLength(canonicalLength) else { return }
    output.removeSubrange(start...)
    output.append(contentsOf: "Content-Transfer-Encoding: base64\r\n\r\n".utf8)
    var canonical: [UInt8] = []
    canonical.reserveCapacity(canonicalLength)
    appendLines(of: text, to: &canonical)
    if canonical.last != 0x0A { canonical.append(contentsOf: [0x0D, 0x0A]) }
    Base64.appendLines(canonical, to: &output)
  }

  /// The text with CRLF at every line end, whole lines at a time.
  private static func appendLines(of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
      guard end < text.count else { return }
      output.append(0x0D)
      output.append(0x0A)
      let isCRLF = text[end] == 0x0D && end + 1 < text.count && text[end + 1] == 0x0A
      start = end + (isCRLF ? 2 : 1)
    }
  }
}
