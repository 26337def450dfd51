extension EmailMessage {
  /// Writes the message by RFC 5322, 2045, 2046, 2047 and 6532. The same message always gives the same bytes.
  ///
  /// - Throws: `EmailMessageError`, naming the field.
  public func encoded() throws(EmailMessageError) -> EncodedEmail {
    var header = HeaderWriter(capacity: 1024 + 2 * ((text?.utf8.count ?? 0) + (html?.utf8.count ?? 0)))
    try writeFields(into: &header)
    header.write(name: "MIME-Version", atoms: ["1.0"])
    switch (text, html) {
    case (nil, nil):
      throw EmailMessageError(.missing, field: "text", detail: "is absent, and so is html; a message needs one of them")
    case (let text?, nil):
      try MIMEPart(text, subtype: "plain", field: "text").write(to: &header.bytes)
    case (nil, let html?):
      try MIMEPart(html, subtype: "html", field: "html").write(to: &header.bytes)
    case (let text?, let html?):
      let boundary = MIMEBoundary.derived(from: messageID)
      header.write(name: "Content-Type", atoms: ["multipart/alternative;", "boundary=\"\(boundary)\""])
      // Least faithful first (RFC 2046 5.1.4).
      let parts = [
        MIMEPart(text, subtype: "plain", field: "text"), MIMEPart(html, subtype: "html", field: "html"),
      ]
      try MIMEBoundary.write(parts, boundary: boundary, to: &header.bytes)
    }
    let needsUTF8 = ([from] + to + (replyTo.map { [$0] } ?? [])).contains(where: \.needsUTF8)
    return EncodedEmail(bytes: header.bytes, needsUTF8: needsUTF8)
  }

  private func writeFields(into header: inout HeaderWriter) throws(EmailMessageError) {
    guard let date = MailDate.format(milliseconds: date.milliseconds) else {
      throw EmailMessageError(.outOfRange, field: "date", detail: "is not within the years 1900 to 9999")
    }
    header.write(name: "Date", text: date, breaksLongWords: false)
    try header.write(name: "From", mailboxes: [from], field: "from")
    if let replyTo { try header.write(name: "Reply-To", mailboxes: [replyTo], field: "replyTo") }
    guard !to.isEmpty else {
      throw EmailMessageError(.missing, field: "to", detail: "names nobody; a message needs a recipient")
    }
    try header.write(name: "To", mailboxes: to, field: "to")
    try EmailMessageError.refuseLineBreaks(in: subject, field: "subject")
    header.write(name: "Subject", text: subject, breaksLongWords: true)
    try checkMessageID()
    header.write(name: "Message-ID", atoms: ["<\(messageID)>"])
    for extra in headers { try write(extra, into: &header) }
  }

  private func write(_ extra: Header, into header: inout HeaderWriter) throws(EmailMessageError) {
    try EmailMessageError.refuseLineBreaks(in: extra.name, field: "headers")
    let lowered = extra.name.lowercased()
    guard (1...40).contains(extra.name.utf8.count),
      extra.name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") })
    else {
      throw EmailMessageError(
        .invalidName, field: "headers",
        detail: "has a name that is no header name (letters, digits, hyphens; at most 40)")
    }
    let field = "headers/\(extra.name)"
    guard !Self.ownFields.contains(lowered), !lowered.hasPrefix("content-") else {
      throw EmailMessageError(.invalidName, field: field, detail: "is written by the message itself; leave it out")
    }
    try EmailMessageError.refuseLineBreaks(in: extra.value, field: field)
    let longestWord = extra.value.utf8.split(separator: UInt8(ascii: " ")).map(\.count).max() ?? 0
    // RFC 5322 2.1.1: no line may pass 998 characters, and a structured value cannot be broken inside a word.
    guard longestWord <= 900 else {
      throw EmailMessageError(.tooLong, field: field, detail: "has a word of more than 900 characters without a space")
    }
    header.write(name: extra.name, text: extra.value, breaksLongWords: false)
  }

  private func checkMessageID() throws(EmailMessageError) {
    try EmailMessageError.refuseLineBreaks(in: messageID, field: "messageID")
    let sides = messageID.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    let isDotAtom = { (side: Substring.UTF8View) in
      !side.isEmpty && side.first != UInt8(ascii: ".") && side.last != UInt8(ascii: ".")
        && side.allSatisfy { $0 < 0x80 && (MailAddress.isAtomText($0) || $0 == UInt8(ascii: ".")) }
    }
    guard sides.count == 2, isDotAtom(sides[0]), isDotAtom(sides[1]), messageID.utf8.count <= 250 else {
      throw EmailMessageError(
        .invalidAddress, field: "messageID",
        detail: "is not left@right of ASCII letters, digits, dots and hyphens, at most 250 long")
    }
  }

  private static let ownFields: Set<String> = [
    "date", "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "mime-version", "return-path",
    "received",
  ]
}
