import RoostCore

/// What Telegram tells a bot: somebody wrote, pressed a button, shut the door.
public struct TelegramUpdate: Sendable, Equatable {
  public enum News: Sendable, Equatable {
    /// `/start`, with what the link that led there said.
    case started(token: String)
    /// `/stop`
    case stopped
    case wrote(text: String)
    /// A button of a message of ours; `query` is what an answer has to name.
    case pressed(message: String, data: String, query: String)
    case blocked
    case unblocked
  }

  public var id: Int64
  public var chat: String
  /// Who: `first_name`, `last_name`, `username`, `language_code`, as far as they are known.
  public var sender: [String: String]
  public var news: News

  /// The kinds of updates that are asked for.
  public static let kinds: JSONValue = ["message", "callback_query", "my_chat_member"]
  /// A longer text is cut.
  static let textMax = 4_096

  /// `nil` for an update that is none of these, and for chats with more than one person.
  public init?(_ json: JSONValue) {
    guard let id = json["update_id"]?.int else { return nil }
    self.id = id
    let message = json["message"]
    let query = json["callback_query"]
    let member = json["my_chat_member"]
    guard let chat = (message?["chat"] ?? query?["message"]?["chat"] ?? member?["chat"]),
      chat["type"]?.string == "private", let number = chat["id"]?.int
    else { return nil }
    self.chat = String(number)
    let from = message?["from"] ?? query?["from"] ?? member?["from"]
    var sender: [String: String] = [:]
    for name in ["first_name", "last_name", "username", "language_code"] {
      if let text = from?[name]?.string, !text.isEmpty { sender[name] = text.prefix(scalars: 200) }
    }
    self.sender = sender
    if let message {
      guard let text = message["text"]?.string ?? message["caption"]?.string else { return nil }
      news = Self.news(text.prefix(scalars: Self.textMax))
    } else if let query {
      // Telegram's own limit of a button's data is 64 bytes.
      guard let data = query["data"]?.string, (33...64).contains(data.utf8.count), let name = query["id"]?.string,
        name.utf8.count <= 100
      else { return nil }
      let place = data.utf8.index(data.utf8.startIndex, offsetBy: 32)
      news = .pressed(message: String(data[..<place]), data: String(data[place...]), query: name)
    } else {
      switch member?["new_chat_member"]?["status"]?.string {
      case "kicked": news = .blocked
      case "member": news = .unblocked
      default: return nil
      }
    }
  }

  private static func news(_ text: String) -> News {
    let words = text.split(separator: " ", maxSplits: 1)
    // In groups and by habit a command carries the bot's name: /start@shop_bot.
    switch words.first?.prefix(while: { $0 != "@" }).lowercased() {
    case "/start": return .started(token: words.count > 1 ? String(words[1]) : "")
    case "/stop": return .stopped
    default: return .wrote(text: text)
    }
  }
}
