/// Bounces that are no reports: words for people, in the forms that mail servers of thirty years have given them.
///
/// What they have in common: they say that something was not delivered, name the address, and then quote the message. So
/// a message counts as a bounce if its words say so, and its addresses are those before the quotation, except
/// the ones of whoever runs the server.
enum BounceText {
  /// Failures, in the words of servers, lower case.
  private static let failures = [
    "undeliver", "not be delivered", "not delivered", "unable to deliver", "delivery failed", "delivery failure",
    "delivery to the following", "delivery error", "did not receive", "could not deliver", "couldn't be delivered",
    "failed recipient", "failed addresses", "following addresses failed", "address(es) failed", "addresses had",
    "intended recipient", "user unknown", "unknown user", "no such user", "mailbox unavailable", "mailbox is full",
    "quota exceeded", "over quota", "returned mail", "returning message", "permanent error", "fatal error",
    "permanent fatal", "was not sent", "error-for", "invalid final delivery userid", "does not exist",
    "no mailbox here",
    "could not be delivered", "delivery status notification", "failure notice", "recipient rejected",
    "recipients of this message", "delivery has failed", "cannot be delivered", "can not be delivered",
    "nicht zugestellt", "n'a pas pu", "no pudo ser entregado", "не доставлено", "не удалось доставить", "недоставлен",
    "delivery of email", "advisory-only", "failed mail", "delayed", "not yet been delivered", "has been refused",
    "was rejected", "mail failed", "rcpt to:",
  ]

  /// It may still arrive.
  private static let delays = [
    "not yet been delivered", "has been delayed", "delivery delayed", "will be retried", "will retry",
    "will continue for", "will continue to try", "will continue to be made", "advisory-only", "postponed",
    "warning message only", "do not need to resend", "will keep trying",
    "still trying", "temporarily", "temporary failure", "temporary error", "is a warning", "delayed",
    "not been able to deliver",
  ]

  /// From here on a server quotes what was sent.
  private static let quotations = [
    "original message", "message text follows", "returned mail follows", "copy of the message", "copy of your message",
    "header of the original", "headers of the original", "unsent message below", "message header", "message follows",
    "below this line", "your message follows", "text of your message", "mensaje original", "original-nachricht",
    "transcript of message", "start of returned", "begin message", "original headers", "исходное сообщение",
    "locator information", "error detail",
  ]

  static func recipients(in message: MIMEEntity) -> [ReturnedMessage.Recipient] {
    let subject = (message["subject"] ?? "").lowercased()
    let words = words(of: message)
    let lowered = words.lowercased()
    // Words that nobody here can read, from a server that sends a message back.
    let isReturn = isFromServer(message) && message.parts.contains { $0.type == "message/rfc822" }
    guard isReturn || failures.contains(where: { subject.contains($0) || lowered.contains($0) }) else { return [] }
    let strangers = strangers(in: message)
    var found: [ReturnedMessage.Recipient] = []
    let isLate = delays.contains { subject.contains($0) || lowered.contains($0) }
    for address in MailAddresses.all(in: words) where !strangers(address) {
      let saying = saying(about: address, in: words)
      let status = SMTPStatus.enhanced(in: saying) ?? ""
      found.append(.init(address: address, isPermanent: !isLate, status: status, diagnostic: saying))
    }
    if found.isEmpty { found = names(in: words, of: message) }
    return found
  }

  /// AOL names its own users without their domain, each on a line.
  private static func names(in words: String, of message: MIMEEntity) -> [ReturnedMessage.Recipient] {
    guard let domain = MailAddresses.all(in: message["from"] ?? "").first?.split(separator: "@").last,
      domain.lowercased() == "aol.com"
    else { return [] }
    return words.split(whereSeparator: \.isNewline).map { ReceivedText.trimmed(String($0)) }
      .filter { (3...32).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
      .map { .init(address: "\($0)@\(domain.lowercased())", isPermanent: true) }
  }

  /// The fields of the message that the words quote, where it is not enclosed as a part.
  static func quotedFields(in message: MIMEEntity) -> [ReturnedMessage.Field] {
    for part in message.all() where part.type == "text/plain" {
      let text = part.text
      var place = text.startIndex
      // A quotation begins with some field that every message has.
      while let start = fieldStart(in: text, from: place) {
        let fields = MIMEEntity(parsing: Array(text[start...].utf8)).fields
        if fields.count > 2 { return fields.map { .init(name: $0.name, value: $0.value) } }
        place = text.index(after: start)
      }
    }
    return []
  }

  private static func fieldStart(in text: String, from: String.Index) -> String.Index? {
    ["\nReturn-Path:", "\nReceived:", "\nMessage-ID:", "\nMessage-Id:", "\nDate:", "\nFrom:", "\nDKIM-Signature:"]
      .compactMap { text[from...].firstRange(of: $0)?.lowerBound }.min().map { text.index(after: $0) }
  }

  private static func isFromServer(_ message: MIMEEntity) -> Bool {
    let sender = ((message["from"] ?? "") + (message["sender"] ?? "") + (message["return-path"] ?? "")).lowercased()
    return sender.isEmpty || sender.contains("<>")
      || ["mailer-daemon", "postmaster", "mail delivery", "maildaemon", "mdaemon", "mail-daemon"].contains {
        sender.contains($0)
      }
  }

  /// The texts for people, up to what they quote.
  private static func words(of message: MIMEEntity) -> String {
    var texts: [String] = []
    for part in message.all(withinMessages: false) where part.parts.isEmpty {
      if part.type == "text/plain" || part.type == "text/html" && texts.isEmpty {
        texts.append(part.type == "text/html" ? withoutTags(part.text) : part.text)
      }
      if texts.count == 3 { break }
    }
    var lines: [Substring] = []
    for line in texts.joined(separator: "\n").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let lowered = line.lowercased()
      if quotations.contains(where: lowered.contains), !lines.isEmpty,
        !["attached", "did not receive", "do not resend"].contains(where: lowered.contains)
      {
        break
      }
      // What stands above is about the message, its readers who got it among it.
      if lowered.contains("did not reach the following") || lowered.contains("was addressed,") { lines = [] }
      if lowered.hasPrefix("received: ") || lowered.hasPrefix("return-path: ") || lowered.hasPrefix("message-id: ") {
        break
      }
      lines.append(line)
      if lines.count == 400 { break }
    }
    return lines.joined(separator: "\n")
  }

  private static func withoutTags(_ html: String) -> String {
    var text = ""
    var isTag = false
    for character in html {
      if character == "<" {
        isTag = true
      } else if character == ">", isTag {
        isTag = false; text.append(" ")
      } else if !isTag {
        text.append(character)
      }
    }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&nbsp;", with: " ")
  }

  /// Whose addresses are no failed recipients: the server's, and whoever the report is addressed to.
  private static func strangers(in message: MIMEEntity) -> (String) -> Bool {
    let own = ["from", "sender", "to", "reply-to", "return-path"].flatMap { name in
      message.fields.filter { $0.name == name }.flatMap { MailAddresses.all(in: $0.value) }
    }.map { $0.lowercased() }
    let words = words(of: message).lowercased()
    return { address in
      let lowered = address.lowercased()
      if words.contains("mail from " + lowered) { return true }
      let local = lowered.prefix { $0 != "@" }
      return own.contains(lowered)
        || ["postmaster", "mailer-daemon", "abuse", "support", "helpdesk", "webmaster", "root"].contains(String(local))
    }
  }

  /// What is said of an address: its line and the next two.
  private static func saying(about address: String, in words: String) -> String {
    let lines = words.split(whereSeparator: \.isNewline).map { ReceivedText.trimmed(String($0)) }.filter { !$0.isEmpty }
    guard let place = lines.firstIndex(where: { $0.contains(address) }) else { return "" }
    return lines[place..<min(place + 3, lines.count)].joined(separator: " ").prefix(scalars: 300)
  }
}
