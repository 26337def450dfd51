import Delivery
import Events
import RoostCore

/// A way out for messages, as it was put.
public struct ChannelDefinition: Sendable, Equatable {
  /// The document's `type`.
  public enum Kind: String, Sendable, CaseIterable {
    case smtp = "email.smtp"
    case webPush = "push.web"
    case apns = "push.apns"
    case fcm = "push.fcm"
    case webhook
    case smpp = "sms.smpp"
    case httpSMS = "sms.http"
    case httpPush = "push.http"
    case httpMessenger = "telegram.http"
    case telegram = "telegram.bot"
    case inapp

    /// By what way messages reach people.
    public var channel: ChannelKind { ChannelKind(channelType: rawValue) ?? .webhook }
  }

  /// Whose addresses it can use; empty where people are reached by e-mail, phone or what a trait says.
  public var services: [PushService] {
    switch settings {
    case .smtp, .webhook, .smpp, .inapp: return []
    case .webPush: return [.web]
    case .apns: return [.apns]
    case .fcm: return [.fcm]
    case .telegram: return [.telegram]
    case .http(let http):
      if case .devices(let services) = http.address { return services }
      return []
    }
  }

  /// What only channels of one kind have.
  public enum Settings: Sendable, Equatable {
    case smtp(SMTPChannel)
    case webPush(WebPushChannel)
    case apns(APNsChannel)
    case fcm(FCMChannel)
    case webhook(WebhookChannel)
    case smpp(SMPPChannel)
    case http(HTTPChannel)
    case telegram(TelegramChannel)
    case inapp(InAppChannel)
  }

  public var key: String
  public var kind: Kind
  public var settings: Settings
  /// Of one message.
  public var price: ChannelPrice?
  /// No more than so many hand-offs a second; `nil`: as fast as the other side goes.
  public var ratePerSecond: Double?
  /// Hand-offs under way at a time.
  public var concurrency: Int

  public static let concurrencyMax = 400

  /// Reads a document. Throws a `Problem` with all that is wrong with it.
  public init(_ body: JSONValue, key: String) throws(Problem) {
    var reader = ChannelReader(body)
    let kinds = Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let type = reader.text("type", "a channel needs a type: \(kinds)")
    self.key = key
    price = reader.value("price").flatMap { value in
      let price = ChannelPrice(value)
      if price == nil {
        reader.refuse("price", "expected an amount such as {\"amount\": \"0.0045\", \"currency\": \"EUR\"}")
      }
      return price
    }
    ratePerSecond = reader.number("ratePerSecond", 0.001...1_000_000, "write a number from 0.001 to 1000000")
    let concurrency = reader.number(
      "concurrency", 1...Double(Self.concurrencyMax), "write a whole number from 1 to \(Self.concurrencyMax)")
    self.concurrency = Int(concurrency ?? Double(Self.concurrencyMax))
    guard let kind = Kind(rawValue: type) else {
      if !type.isEmpty { reader.refuse("type", "\"\(type)\" is none of \(kinds)") }
      throw Problem(.invalid, "the channel cannot be used", findings: reader.findings)
    }
    self.kind = kind
    settings = Self.settings(kind, &reader)
    reader.refuseOthers("a channel of the type \(kind.rawValue)")
    guard reader.findings.isEmpty else {
      throw Problem(.invalid, "the channel cannot be used", findings: reader.findings)
    }
    // What Telegram allows a bot in all (core.telegram.org/bots/faq).
    if case .telegram = settings, ratePerSecond == nil { ratePerSecond = 30 }
  }

  /// Whether its provider calls us to report about messages.
  public var takesReports: Bool {
    switch settings {
    case .smtp, .webPush, .apns, .fcm, .webhook, .smpp, .telegram, .inapp: false
    case .http(let http): http.callback != nil
    }
  }

  private static func settings(_ kind: Kind, _ reader: inout ChannelReader) -> Settings {
    switch kind {
    case .smtp: .smtp(SMTPChannel(&reader))
    case .webPush: .webPush(WebPushChannel(&reader))
    case .apns: .apns(APNsChannel(&reader))
    case .fcm: .fcm(FCMChannel(&reader))
    case .webhook: .webhook(WebhookChannel(&reader))
    case .smpp: .smpp(SMPPChannel(&reader))
    case .httpSMS, .httpPush, .httpMessenger: .http(HTTPChannel(&reader, kind))
    case .telegram: .telegram(TelegramChannel(&reader))
    case .inapp: .inapp(InAppChannel(&reader))
    }
  }
}
