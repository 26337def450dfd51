import RoostCore

/// `telegram.bot`: a bot of one's own (Bot API).
public struct TelegramChannel: Sendable, Equatable {
  /// How what people tell the bot comes here.
  public enum Updates: String, Sendable, CaseIterable {
    /// Telegram calls us; `POST …/channels/{key}/webhook` tells it where.
    case webhook
    /// We ask Telegram.
    case polling
    case none
  }

  /// As @BotFather gave it: `123456:ABC-DEF`.
  public var token: String
  /// The bot's name without the @: links to it need it.
  public var bot: String?
  public var server: String
  public var updates: Updates
  /// Whether somebody who presses Start consents to marketing by Telegram.
  public var startConsents: Bool
  /// Marketing arrives without a sound.
  public var isSilent: Bool
  public var client: WebTargets

  init(_ reader: inout ChannelReader) {
    token = reader.text("token", "a Telegram channel needs the bot's token, such as \"123456:ABC-DEF\"")
    bot = reader.optionalText("bot", "write the bot's name, such as \"shop_bot\"")
    if let name = bot {
      let isName = name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
      }
      if !isName || !(4...32).contains(name.utf8.count) {
        reader.refuse("bot", "write the name without the @, such as \"shop_bot\"")
      }
    }
    server = reader.optionalText("server", "write an https address") ?? "https://api.telegram.org"
    if !server.hasPrefix("https://"), !server.hasPrefix("http://") { reader.refuse("server", "begins with https://") }
    while server.hasSuffix("/") { server.removeLast() }
    updates = reader.choice("updates", default: .polling)
    startConsents = reader.flag("startConsents")
    isSilent = reader.flag("silent")
    client = WebTargets(&reader)
  }
}
