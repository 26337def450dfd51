import RoostCore

/// How to reach a message centre, and how it wants its messages.
public struct SMPPConfiguration: Sendable, Equatable {
  public enum Bind: String, Sendable, CaseIterable {
    /// One connection both ways.
    case transceiver
    /// Sends only: receipts come on no connection of ours.
    case transmitter
    /// Connections that send, and one that receives, for centres of before transceivers.
    case separate
  }
  /// How a long message is cut.
  public enum Long: String, Sendable, CaseIterable {
    /// By a user data header in each part, with a reference of 8 bits.
    case udh
    /// The same with 16 bits.
    case udh16
    /// By the parameters sar_…, from which the centre makes the header.
    case sar
    /// Not at all: the parameter message_payload carries everything and the centre cuts.
    case payload
  }

  /// Host, port, TLS and credentials.
  public var server: SMTPConfiguration
  public var bind = Bind.transceiver
  public var systemType = ""
  public var addressRange = ""
  public var serviceType = ""
  public var sender: SMSAddress
  /// Instead of what is guessed from the recipient's number.
  public var destinationTON: UInt8?
  public var destinationNPI: UInt8?
  public var long = Long.udh
  public var partsMax = 10
  /// Whether the centre's alphabet is ISO 8859-1 rather than GSM's.
  public var isLatin = false
  /// Whether receipts are asked for.
  public var asksReceipts = true
  /// How long the centre tries.
  public var validity = TimeSpan.days(1)
  /// Connections that send.
  public var connectionsMax = 1
  /// Messages a connection has under way, unanswered.
  public var window = 10
  /// Parts a second, over all connections; `nil`: as fast as answers come.
  public var partsPerSecond: Double?
  /// Silence after which the other side is asked whether it is there.
  public var enquireEvery = TimeSpan.seconds(30)
  /// How long an answer may take.
  public var timeout = TimeSpan.seconds(30)
  /// Refusals with these numbers are tried again.
  public var temporaryCodes: Set<UInt32> = []

  /// - Parameters:
  ///   - url: `smpp://user:password@host:port`, or `smpps://` with TLS from the first byte; options `roots` and `verify`
  ///     as for SMTP.
  ///   - sender: a name, a short code or a number.
  public init(url: String, sender: String) throws(SMTPConfigurationError) {
    let isSecure = url.hasPrefix("smpps://")
    guard isSecure || url.hasPrefix("smpp://") else {
      throw SMTPConfigurationError(field: "url", detail: "begins neither with smpp:// nor with smpps://")
    }
    // Everything behind the scheme is written as for a mail server.
    var server = try SMTPConfiguration(url: (isSecure ? "smtps" : "smtp") + url.dropFirst(isSecure ? 5 : 4))
    guard let credentials = server.credentials else {
      throw SMTPConfigurationError(field: "url/user", detail: "is absent; write smpp://user:password@host:2775")
    }
    guard (1...15).contains(credentials.user.utf8.count), credentials.user.utf8.allSatisfy({ $0 < 0x7F }) else {
      throw SMTPConfigurationError(field: "url/user", detail: "a system id has 1 to 15 ASCII characters")
    }
    guard credentials.password.utf8.count <= 8, credentials.password.utf8.allSatisfy({ $0 < 0x7F }) else {
      throw SMTPConfigurationError(
        field: "url/password", detail: "SMPP 3.4 has room for at most 8 ASCII characters; ask the centre for such a one"
      )
    }
    if server.port == (isSecure ? 465 : 25) { server.port = isSecure ? 3550 : 2775 }
    server.tls = isSecure ? .implicit : .none
    guard let sender = SMSAddress(sender) else {
      throw SMTPConfigurationError(
        field: "from",
        detail: "is a name of at most 11 ASCII characters, a short code, or a number such as +393331234567")
    }
    self.server = server
    self.sender = sender
  }
}
