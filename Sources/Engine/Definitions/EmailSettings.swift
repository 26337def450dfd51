import RoostCore

/// What an e-mail channel has besides a sender: accounts, signatures, the way back for bounces, tracking, paces.
public struct EmailSettings: Sendable, Equatable {
  /// One mail server that takes messages.
  public struct Account: Sendable, Equatable {
    public var url: String
    /// Its share of the messages beside the others'; 0: only when all others are out of order.
    public var weight: Int
    public init(url: String, weight: Int = 1) {
      self.url = url
      self.weight = weight
    }
  }

  /// A DKIM signature (RFC 6376) to be put on each message.
  public struct Signature: Sendable, Equatable {
    /// `nil`: the sender's.
    public var domain: String?
    public var selector: String
    public var key: Key
    public enum Key: Sendable, Equatable {
      /// The key itself, in PEM.
      case text(String)
      /// A file in the folder `keys` of the data directory.
      case file(String)
    }
  }

  /// Where bounces are read.
  public struct Mailbox: Sendable, Equatable {
    /// `pop3s://user:password@host`
    public var url: String
    /// How often.
    public var every: TimeSpan
  }

  /// The most messages to one domain of recipients in a time.
  public struct DomainPace: Sendable, Equatable {
    /// In lower case; `*`: each domain without a pace of its own.
    public var domain: String
    public var perSecond: Double
  }

  public var accounts: [Account] = []
  public var signatures: [Signature] = []
  /// Where bounces go: `bounces@shop.example` becomes `bounces+TOKEN@shop.example` for each message. `nil`: the sender.
  public var bounceAddress: String?
  public var mailbox: Mailbox?
  public var tracksOpens = true
  public var tracksClicks = true
  public var paces: [DomainPace] = []

  public init() {}

  static let members = ["url", "accounts", "dkim", "bounceAddress", "mailbox", "track", "domainRates"]
}
