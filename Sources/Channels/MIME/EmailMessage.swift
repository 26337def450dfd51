import RoostCore

/// An e-mail as its sender thinks of it; `encoded()` writes it as RFC 5322 and MIME ask for.
public struct EmailMessage: Sendable, Equatable {
  /// One further header field, for instance `List-Unsubscribe`.
  public struct Header: Sendable, Equatable {
    /// The field's name; those that the message writes itself are refused.
    public var name: String
    /// The field's value, unfolded. Outside ASCII it is written as encoded-words, which suits unstructured fields only.
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The author.
  public var from: MailAddress
  /// The readers named in the header; at least one.
  public var to: [MailAddress]
  /// Where answers go, if not to the author.
  public var replyTo: MailAddress?
  /// The subject, one line of any characters.
  public var subject: String
  /// The plain text body. Any line ends; CRLF is written.
  public var text: String?
  /// The HTML body. With a text body both are written as alternatives.
  public var html: String?
  /// `left@right`, unique for ever and without angle brackets (RFC 5322 3.6.4).
  public var messageID: String
  /// When it was written.
  public var date: Instant
  /// Further header fields, in this order.
  public var headers: [Header]

  public init(
    from: MailAddress, to: [MailAddress], replyTo: MailAddress? = nil, subject: String, text: String? = nil,
    html: String? = nil, messageID: String, date: Instant, headers: [Header] = []
  ) {
    self.from = from
    self.to = to
    self.replyTo = replyTo
    self.subject = subject
    self.text = text
    self.html = html
    self.messageID = messageID
    self.date = date
    self.headers = headers
  }
}

/// A message as bytes for the `DATA` command: CRLF lines, ending in CRLF, not yet dot-stuffed.
public struct EncodedEmail: Sendable, Equatable {
  /// The header and the body.
  public var bytes: [UInt8]
  /// True when an address in the header is outside ASCII: only a server with SMTPUTF8 may get it (RFC 6531).
  public var needsUTF8: Bool

  public init(bytes: [UInt8], needsUTF8: Bool) {
    self.bytes = bytes
    self.needsUTF8 = needsUTF8
  }
}
