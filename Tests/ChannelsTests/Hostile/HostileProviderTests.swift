import Crypto
import HostileInput
import Liquid
import RoostCore
import Testing

@testable import Channels

/// What providers with an HTTP interface may answer and report, and what a channel's own rules for it may hold.
@Suite struct HostileProviderTests {
  private static let now = Instant(milliseconds: 1_800_000_000_000)
  private static let tokens = [
    "{", "}", "[", "]", ":", "\"", ",", "\\u0000", "\\ud800", "null", "true", "9223372036854775807", "1e400", "-1",
    "\"status\":", "\"pointer\":", "\"code\":", "\"in\":", "\"equals\":", "\"list\":", "\"/-1\"", "\"/~1~0\"", "%",
    "%zz", "&", "=", "+", "\u{301}", "\u{200D}", "OK:", "sha256=", "{{ message.text }}", "{% raw %}", "\"url\":",
  ]

  private static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  /// Changed bytes, or as often changed JSON, which comes further.
  private static func either(_ body: [UInt8], _ documents: inout HostileDocument, _ random: inout SeededRandom)
    -> [UInt8]
  {
    random.below(2) == 0 ? body : Array(documents.next().text.utf8)
  }

  // Answers

  private static let responses = [
    #"{"id":"/sid","unreachable":[{"pointer":"/code","in":[21211,"21614"]}],"blocked":{"pointer":"/code","equals":21610}}"#,
    #"{"sent":{"status":200,"pointer":"/status","equals":"OK"},"later":{"pointer":"/error","in":["queue_full"]},"rejected":[{"pointer":"/error"}],"retryAfter":{"pointer":"/wait","unit":"min"},"id":"/ids/0"}"#,
    #"{"sent":{"contains":"OK"},"rejected":{"contains":"ERROR","status":["4xx","500-599"]},"id":{"after":"OK:"}}"#,
    #"{"id":{"header":"location"},"throttled":{"status":420},"retryAfter":"/parameters/retry_after"}"#,
  ]
  private static let answers = [
    #"{"sid":"SM1","status":"queued","code":21211}"#, #"{"status":"OK","ids":[77],"wait":3000}"#,
    #"{"error":"queue_full","wait":1e300}"#, "OK: 4711, cost 1", "ERROR 5", "<html>502</html>", "",
    #"{"parameters":{"retry_after":14}}"#,
  ]

  /// Whatever is answered has a meaning that a message can have, in bounded words.
  @Test func answersByRules() throws {
    let rules = try Self.responses.map { try AnswerRules(try JSONValue(parsing: $0)) } + [AnswerRules()]
    var input = HostileInput(Self.bytes(Self.answers), tokens: Self.tokens, seed: 41)
    var documents = HostileDocument(Self.bytes(Self.answers), seed: 51)
    let statuses = [0, 100, 200, 202, 302, 400, 401, 404, 420, 429, 500, 503, 999]
    let slowest = input.run(4_000) { bytes, random in
      let body = Self.either(bytes, &documents, &random)
      let text = String(decoding: body.prefix(2_000), as: UTF8.self)
      let answer = WebAnswer(
        status: statuses[random.below(statuses.count)], headers: [("Location", text), ("retry-after", text)],
        body: body)
      for (place, rules) in rules.enumerated() {
        let outcome = rules.outcome(answer, now: Self.now)
        if case .sent(let id, _) = outcome {
          // No channel here says that anything but 2xx is a yes, save the one that reads the text alone.
          #expect(place == 2 || (200...299).contains(answer.status))
          #expect(id.utf8.count <= 800)
        }
        if case .deferred(_, let span?, _) = outcome { #expect(span.milliseconds >= 0 && span <= .days(1)) }
        #expect(outcome.detail.utf8.count <= 1_200)
        #expect(outcome == rules.outcome(answer, now: Self.now))
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  private static let requests = [
    #"{"request":{"method":"POST","url":"https://api.example/v1/{{ message.id }}?to={{ message.to }}","query":{"a":"{{ message.text }}"},"headers":{"X-To":"{{ message.to }}"},"body":{"json":{"text":"{{ message.text }}","n":[1,null,true]}}},"auth":{"bearer":{"token":"abc"}}}"#,
    #"{"request":{"url":"http://api.example/send","body":{"form":{"To":"{{ message.to }}","Body":"{{ message.text }}"}}},"auth":{"basic":{"user":"AC1","password":"x"}}}"#,
    #"{"request":{"method":"GET","url":"https://api.example/send","query":{"text":"{{ message.text }}"}},"auth":{"header":{"name":"X-Key","secret":"k"}}}"#,
  ]
  private static let callbacks = [
    #"{"id":"/MessageSid","status":"/MessageStatus","reason":"/ErrorCode","delivered":["delivered"],"read":"read","failed":["failed",5]}"#,
    #"{"list":"/events","message":"/meta/id","id":"/id","status":"/type","reason":"/why","delivered":"Delivered","unsubscribed":"unsub","signature":{"header":"X-Signature","secret":"s3","encoding":"hex","prefix":"sha256="}}"#,
  ]

  /// A channel's document is either refused, at places of its own, or it can be used.
  @Test func documents() {
    let corpus = Self.bytes(Self.responses + Self.requests + Self.callbacks)
    var input = HostileInput(corpus, tokens: Self.tokens, seed: 42)
    var documents = HostileDocument(corpus, seed: 52)
    var refused = 0
    var usable = 0
    let slowest = input.run(4_000) { bytes, random in
      let bytes = Self.either(bytes, &documents, &random)
      guard let document = try? JSONValue(parsing: bytes) else { return }
      func check(_ place: String, _ read: () throws(Problem) -> Void) {
        do throws(Problem) {
          try read()
          usable += 1
        } catch {
          refused += 1
          #expect(!error.findings.isEmpty && error.findings.allSatisfy { !$0.detail.isEmpty })
          #expect(
            error.findings.allSatisfy { finding in
              place.split(separator: "|").contains { finding.pointer.hasPrefix($0) }
            })
        }
      }
      check("/response") { () throws(Problem) in
        _ = try AnswerRules(document).outcome(WebAnswer(status: 200, headers: [], body: bytes), now: Self.now)
      }
      check("/callback") { () throws(Problem) in _ = try CallbackRules(document).reports(bytes, query: []) }
      check("/request|/auth|/idempotencyHeader") { () throws(Problem) in
        let template = try RequestTemplate(
          document["request"] ?? document, auth: document["auth"], idempotencyHeader: document["header"]?.string)
        _ = try template.fill(.object([]), id: "1", now: Self.now)
      }
    }
    #expect(slowest < HostileInput.secondsMax)
    #expect(refused > 100 && usable > 100)
  }

  /// A message's texts change no request: host, lines and structure stay as they were written down.
  @Test func messagesInRequests() throws {
    let templates = try Self.requests.map { text in
      let document = try JSONValue(parsing: text)
      return try RequestTemplate(document["request"] ?? [:], auth: document["auth"], idempotencyHeader: nil)
    }
    var input = HostileInput(
      Self.bytes(["Hello & \"you\"", "+39 06", "é=1&To=x", "a\r\nX-Evil: 1", "../../admin?x#y", "\\\"}],{", ". .."]),
      tokens: ["\r\n", "\n", "\0", "\"", "\\", "/", "..", "?", "#", "&", "=", "@evil.example", "%2e", "\u{2028}"],
      seed: 43)
    let slowest = try input.run(2_000) { bytes, _ in
      let text = String(decoding: bytes.prefix(4_000), as: UTF8.self)
      let message: LiquidMembers = ["id": text, "to": text, "text": text]
      for template in templates {
        let request: WebRequest
        do throws(Problem) { request = try template.fill(message.values, id: "1", now: Self.now) } catch {
          #expect(error.findings.allSatisfy { $0.pointer.hasPrefix("/request") })
          continue
        }
        #expect(request.url.hasPrefix("https://api.example/") || request.url.hasPrefix("http://api.example/send"))
        let isPlain = request.url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }
        #expect(isPlain)
        for (name, value) in request.headers {
          #expect(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(name)")
        }
        let type = request.headers.first { $0.0 == "Content-Type" }?.1
        if type == "application/json" {
          let json = try JSONValue(parsing: request.body)
          #expect(json["text"]?.string == text && json.members?.count == 2 && json["n"]?.array?.count == 3)
        } else if type != nil {
          let fields = PercentEncoding.fields(request.body)
          #expect(fields.map(\.name) == ["To", "Body"] && fields.map(\.value) == [text, text])
        }
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  // Reports

  private static let reports = [
    "MessageSid=SM1&MessageStatus=delivered", "MessageSid=SM%201&MessageStatus=failed&ErrorCode=30003", "",
    #"{"MessageSid":"SM1","MessageStatus":"read","ErrorCode":null}"#,
    #"{"events":[{"id":7,"type":"delivered","why":"ok"},{"meta":{"id":"x"},"type":"unsub"},5,null,[]]}"#,
    #"[{"MessageSid":"a","MessageStatus":5,"ErrorCode":"x"},{"MessageSid":"b","MessageStatus":"delivered"}]"#,
  ]

  @Test func reportsByRules() throws {
    let rules = try Self.callbacks.map { try CallbackRules(try JSONValue(parsing: $0)) }
    var input = HostileInput(Self.bytes(Self.reports), tokens: Self.tokens, seed: 44)
    var documents = HostileDocument(Self.bytes(Self.reports), seed: 54)
    var known = 0
    let slowest = input.run(4_000) { bytes, random in
      let body = Self.either(bytes, &documents, &random)
      let query = random.below(3) == 0 ? PercentEncoding.fields(body.reversed()) : [("message", "m")]
      for rules in rules {
        let (reports, unknown) = rules.reports(body, query: query)
        #expect(reports.count <= CallbackRules.reportsMax && unknown >= 0 && reports.count + unknown >= 0)
        #expect(reports.count + unknown <= body.count + 1)
        for report in reports {
          known += 1
          #expect(report.message != nil || report.providerID != nil)
          #expect(rules.meanings.values.contains(report.meaning))
          // Reasons stand in events and messages, names become keys of the store.
          #expect(report.reason.utf8.count <= 1_200)
          #expect((report.providerID?.utf8.count ?? 0) <= 800 && (report.message?.utf8.count ?? 0) <= 800)
        }
      }
    }
    #expect(slowest < HostileInput.secondsMax)
    #expect(known > 500)
  }

  /// Only who knows the secret signs: no changed call, and no other signature, passes for the provider's.
  @Test func signatures() throws {
    let rules = try CallbackRules(try JSONValue(parsing: Self.callbacks[1]))
    let key = SymmetricKey(data: Array("s3".utf8))
    func signature(_ body: [UInt8]) -> String {
      "sha256="
        + HMAC<SHA256>.authenticationCode(for: body, using: key).map { byte in
          (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
    let genuine = Array(Self.reports[4].utf8)
    let valid = signature(genuine)
    var bodies = HostileInput([genuine], tokens: Self.tokens, seed: 45)
    var headers = HostileInput([Array(valid.utf8)], tokens: ["sha256=", "0", "f", "F", "=", "\0"], seed: 46)
    let slowest = bodies.run(2_000) { body, _ in
      #expect(rules.isSigned(body) { _ in valid } == (body == genuine))
      #expect(rules.isSigned(body) { $0 == "X-Signature" ? signature(body) : nil })
      let header = String(decoding: headers.next().prefix(2_000), as: UTF8.self)
      // Hexadecimal digits have two cases.
      #expect(!rules.isSigned(genuine) { _ in header } || header.lowercased() == valid)
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func forms() {
    var input = HostileInput(
      Self.bytes(["a=b&c=d+e%20f", "%C3%A9=%zz&&=", "a%3Db=%2B"]), tokens: Self.tokens, seed: 47)
    let slowest = input.run(4_000) { bytes, _ in
      let fields = PercentEncoding.fields(bytes)
      #expect(fields.count <= 200)
      #expect(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } <= 3 * bytes.count)
      // What was read is written so that it is read again as the same.
      let again = PercentEncoding.fields(PercentEncoding.form(fields))
      #expect(again.elementsEqual(fields) { $0.name == $1.name && $0.value == $1.value })
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  // Telegram

  private static let updates = [
    #"{"update_id":1,"message":{"chat":{"id":5,"type":"private"},"from":{"first_name":"Ann","language_code":"it"},"text":"/start abc-_1"}}"#,
    #"{"update_id":2,"message":{"chat":{"id":5,"type":"private"},"text":"Hello"}}"#,
    #"{"update_id":3,"callback_query":{"id":"9","data":"0123456789abcdef0123456789abcdefyes","from":{},"message":{"chat":{"id":5,"type":"private"}}}}"#,
    #"{"update_id":4,"my_chat_member":{"chat":{"id":5,"type":"private"},"new_chat_member":{"status":"kicked"}}}"#,
  ]

  @Test func telegramUpdates() {
    var input = HostileInput(
      Self.bytes(Self.updates), tokens: Self.tokens + ["/start ", "/stop", "@", "\"text\":", "\"data\":"], seed: 48)
    var documents = HostileDocument(Self.bytes(Self.updates), seed: 58)
    var known = 0
    let slowest = input.run(4_000) { bytes, random in
      let bytes = Self.either(bytes, &documents, &random)
      guard let document = try? JSONValue(parsing: bytes), let update = TelegramUpdate(document) else { return }
      known += 1
      #expect(Int64(update.chat) != nil)
      #expect(update.sender.count <= 4 && update.sender.values.allSatisfy { !$0.isEmpty && $0.utf8.count <= 800 })
      switch update.news {
      case .started(let token): #expect(token.utf8.count <= 4 * TelegramUpdate.textMax)
      case .wrote(let text): #expect(text.utf8.count <= 4 * TelegramUpdate.textMax)
      case .pressed(let message, let data, let query):
        #expect(message.utf8.count <= 34 && !data.isEmpty && data.utf8.count <= 34 && query.utf8.count <= 100)
      case .stopped, .blocked, .unblocked: break
      }
    }
    #expect(slowest < HostileInput.secondsMax)
    #expect(known > 100)
  }

  private static let telegramAnswers = [
    #"{"ok":true,"result":{"message_id":7}}"#,
    #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#,
    #"{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":14}}"#,
    #"{"ok":false,"error_code":400,"description":"upgraded","parameters":{"migrate_to_chat_id":-1001}}"#, "<html>",
  ]

  @Test func telegramAnswers() {
    var input = HostileInput(Self.bytes(Self.telegramAnswers), tokens: Self.tokens, seed: 49)
    var documents = HostileDocument(Self.bytes(Self.telegramAnswers), seed: 59)
    let slowest = input.run(4_000) { bytes, random in
      let body = Self.either(bytes, &documents, &random)
      let status = [0, 200, 302, 400, 403, 429, 502, 999][random.below(8)]
      let answer = TelegramAnswer(WebAnswer(status: status, headers: [("retry-after", "-5")], body: body))
      let outcome = answer.outcome(chat: "5")
      if case .sent = outcome { #expect(answer.result != nil) }
      if case .deferred(_, let span?, _) = outcome { #expect(span.milliseconds >= 0 && span <= .days(1)) }
      #expect(outcome.detail.utf8.count <= 1_300)
    }
    #expect(slowest < HostileInput.secondsMax)
  }
}

/// A message's fields as templates read them.
private struct LiquidMembers: ExpressibleByDictionaryLiteral {
  var fields: [(String, String)]
  init(dictionaryLiteral fields: (String, String)...) { self.fields = fields }
  var values: LiquidValue {
    .object([.init("message", .object(fields.map { .init($0.0, .string($0.1)) }))])
  }
}
