import RoostCore
import Testing

@testable import Channels

/// What goes to the Bot API, what its answers mean, and what people tell a bot.
@Suite struct TelegramTests {
  private static let now = Instant(milliseconds: 1_795_318_315_000)

  /// core.telegram.org/bots/api#html-style: known tags, &lt; &gt; &amp; for the rest, nothing left open.
  @Test(arguments: [
    ("Hi <b>x</b> & y", "Hi <b>x</b> &amp; y", 8), ("a < b > c", "a &lt; b &gt; c", 9),
    ("<b>bold <i>both</b> it</i>", "<b>bold <i>both</i></b> it", 12), ("<script>x</script>", "x", 1),
    ("<a href=\"https://x.example/?a=1&amp;b=2\">l</a>", "<a href=\"https://x.example/?a=1&amp;b=2\">l</a>", 1),
    ("<a onclick=x>l</a>", "l", 1), ("one<br>two<p>three</p>", "one\ntwo\nthree\n", 14),
    ("&lt;b&gt; &#39;q&#x27; &nbsp;&copy;", "&lt;b&gt; 'q' \u{A0}&amp;copy;", 15),
    ("<span class=\"tg-spoiler\">s</span>", "<tg-spoiler>s</tg-spoiler>", 1), ("<b><b>x</b></b>", "<b>x</b>", 1),
    ("🎁", "🎁", 2), ("<", "&lt;", 1), ("<b", "&lt;b", 2), ("&", "&amp;", 1), ("</b>x", "x", 1), ("", "", 0),
  ])
  func html(source: String, text: String, length: Int) {
    let html = TelegramHTML(source)
    #expect(html.text == text && html.length == length, "\(html)")
    // Once is enough.
    #expect(TelegramHTML(html.text).text == html.text)
    #expect(html.plain.utf16.count == length)
  }

  /// Whatever it is made of, tags end in their turn, and no sign stands bare.
  @Test func htmlIsAlwaysWhole() {
    var random = SeededRandom(seed: 11)
    let pieces = [
      "<b>", "</b>", "<i>", "</i>", "<a href=\"x\">", "</a>", "<", ">", "&", "&amp;", "&#1;", "&#x1F381;", "text", "\"",
      "<br/>",
      "</", "<tg-spoiler>", "é", "\u{0}", "<a href='",
    ]
    for _ in 0..<3_000 {
      let source = (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
      let text = TelegramHTML(source).text
      var open: [Substring] = []
      var rest = text[...]
      while let start = rest.firstIndex(of: "<") {
        let end = rest[start...].firstIndex(of: ">")
        #expect(end != nil, "\(source) → \(text)")
        guard let end else { break }
        let tag = rest[rest.index(after: start)..<end]
        if tag.first == "/" {
          #expect(open.popLast() == tag.dropFirst(), "\(source) → \(text)")
        } else {
          open.append(tag.prefix { $0 != " " })
        }
        rest = rest[rest.index(after: end)...]
      }
      #expect(open.isEmpty, "\(source) → \(text)")
    }
  }

  private func request(_ fields: [String: String], to chat: String = "42", silent: Bool = false) throws
    -> TelegramRequest
  {
    try TelegramRequest(
      MessageEnvelope(id: String(repeating: "a", count: 32), address: chat, fields: fields, createdAt: Self.now),
      isSilent: silent)
  }

  /// The same as python-telegram-bot 22.8 sends (a captured call): chat, text, mode and keyboard.
  @Test func asAnotherClientDoes() throws {
    let request = try request([
      "text": "Hi <b>x</b> &amp; y", "button": "Open", "url": "https://x.example/?a=1&b=2",
    ])
    #expect(request.method == "sendMessage")
    #expect(request.parameters["chat_id"] == 42 && request.parameters["text"] == "Hi <b>x</b> &amp; y")
    #expect(request.parameters["parse_mode"] == "HTML" && request.parameters["disable_notification"] == nil)
    #expect(
      request.parameters["reply_markup"]
        == ["inline_keyboard": [[["text": "Open", "url": "https://x.example/?a=1&b=2"]]]])
  }

  @Test func picturesAndButtons() throws {
    let photo = try request(["text": "x", "image": "https://x.example/i.png"], silent: true)
    #expect(photo.method == "sendPhoto" && photo.parameters["caption"] == "x")
    #expect(photo.parameters["disable_notification"] == true)
    let long = try request(["text": String(repeating: "x", count: 1_025), "image": "https://x.example/i.png"])
    #expect(
      long.method == "sendMessage"
        && long.parameters["link_preview_options"]?["url"]?.string == "https://x.example/i.png")
    let rows = try request([
      "text": "x",
      "buttons":
        #"[[{"text":"Yes","callback":"yes"},{"text":"No","callback":"no"}],{"text":"Web","url":"https://x.example"}]"#,
    ])
    let keyboard = try #require(rows.parameters["reply_markup"]?["inline_keyboard"]?.array)
    #expect(keyboard.map { $0.array?.count } == [2, 1])
    #expect(keyboard[0].array?[0]["callback_data"]?.string == String(repeating: "a", count: 32) + "yes")
    for wrong in [
      "{", "5x", #"[[{"text":"a"}]]"#, #"[[{"callback":"a"}]]"#,
      #"[[{"text":"a","callback":"\#(String(repeating: "b", count: 33))"}]]"#,
    ] {
      #expect(throws: Problem.self, "\(wrong)") { _ = try request(["text": "x", "buttons": wrong]) }
    }
    #expect(throws: Problem.self) { _ = try request(["text": "<b></b>"]) }
    #expect(throws: Problem.self) { _ = try request(["text": String(repeating: "é", count: 4_097)]) }
  }

  @Test(arguments: [
    (200, #"{"ok":true,"result":{"message_id":9}}"#, "sent 42:9"),
    (403, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#, "blocked"),
    (403, #"{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}"#, "gone"),
    (400, #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#, "gone"),
    (400, #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: x"}"#, "rejected"),
    (
      400,
      #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1001}}"#,
      "moved -1001"
    ),
    (
      429,
      #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#,
      "throttled 35s"
    ),
    (401, #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, "channel -"), (404, "", "channel -"),
    (502, "<html>", "channel -"), (200, "<html>", "unknown"), (200, "{}", "unknown"), (413, "", "rejected"),
  ])
  func answers(status: Int, body: String, meaning: String) {
    let answer = TelegramAnswer(WebAnswer(status: status, headers: [], body: Array(body.utf8)))
    let word: String =
      switch answer.outcome(chat: "42") {
      case .sent(let id, _): "sent \(id)"
      case .gone: "gone"
      case .blocked: "blocked"
      case .moved(let to, _): "moved \(to)"
      case .rejected: "rejected"
      case .unknown: "unknown"
      case .deferred(_, let after, let fault): "\(fault) \(after?.text ?? "-")"
      }
    #expect(word == meaning)
  }

  /// A message a second for each chat; one chat's limit is its own, two chats' at once are the bot's.
  @Test func paces() {
    var paces = ChatPaces()
    #expect(paces.reserve("1", at: Self.now) == .seconds(0))
    #expect(paces.reserve("1", at: Self.now) == .seconds(1))
    #expect(paces.reserve("2", at: Self.now) == .seconds(0))
    #expect(paces.slow("1", for: .seconds(30), at: Self.now) == false)
    #expect(paces.reserve("1", at: Self.now) == .seconds(30))
    #expect(paces.slow("1", for: .seconds(30), at: Self.now) == false)
    #expect(paces.slow("2", for: .seconds(3), at: Self.now) == true)
    #expect(paces.slow("3", for: .seconds(3), at: Self.now + .seconds(60)) == false)
  }

  private func update(_ json: String) throws -> TelegramUpdate? { TelegramUpdate(try JSONValue(parsing: json)) }

  @Test(arguments: [
    ("/start abc", TelegramUpdate.News.started(token: "abc")), ("/start", .started(token: "")),
    ("/START@shop_bot x", .started(token: "x")), ("/stop", .stopped), ("hello", .wrote(text: "hello")),
    ("/stopping", .wrote(text: "/stopping")),
  ])
  func texts(text: String, news: TelegramUpdate.News) throws {
    let json: JSONValue = [
      "update_id": 7,
      "message": [
        "message_id": 1, "chat": ["id": 42, "type": "private"], "from": ["first_name": "Ann"], "text": .string(text),
      ],
    ]
    let update = try #require(TelegramUpdate(json))
    #expect(update.news == news && update.id == 7 && update.chat == "42" && update.sender == ["first_name": "Ann"])
  }

  @Test func otherUpdates() throws {
    let id = String(repeating: "f", count: 32)
    let pressed = try update(
      #"{"update_id":1,"callback_query":{"id":"q","data":"\#(id)yes","message":{"chat":{"id":4,"type":"private"}}}}"#)
    #expect(pressed?.news == .pressed(message: id, data: "yes", query: "q"))
    let blocked =
      #"{"update_id":1,"my_chat_member":{"chat":{"id":4,"type":"private"},"new_chat_member":{"status":"kicked"}}}"#
    #expect(try update(blocked)?.news == .blocked)
    // Groups are nobody's; a photo says nothing.
    #expect(try update(#"{"update_id":1,"message":{"chat":{"id":-4,"type":"group"},"text":"x"}}"#) == nil)
    #expect(try update(#"{"update_id":1,"message":{"chat":{"id":4,"type":"private"}}}"#) == nil)
    for wrong in ["{}", "[]", "5", #"{"update_id":"x"}"#, #"{"update_id":1,"callback_query":{"data":"short"}}"#] {
      #expect(try update(wrong) == nil)
    }
  }
}
