import Testing

@testable import Channels

/// Sessions that tests begin with, and replies as a server sends them.
enum Talk {
  static func reply(_ text: String) -> SMTPReply {
    let lines = text.split(separator: "|").map(String.init)
    return SMTPReply(code: Int(lines[0].prefix(3)) ?? 0, lines: lines.map { String($0.dropFirst(4)) })
  }

  static let everything = "250-mx.example|250-PIPELINING|250-SIZE 1000|250-8BITMIME|250 SMTPUTF8"

  static func session(
    _ tls: SMTPConfiguration.TLS = .none, credentials: SMTPCredentials? = nil
  ) -> SMTPSession {
    SMTPSession(configuration: SMTPConfiguration(host: "mx.example", port: 25, tls: tls, credentials: credentials))
  }

  static func ready(_ ehlo: String = everything) -> SMTPSession {
    var session = session()
    _ = session.connected()
    _ = session.replied(reply("220 hi"))
    _ = session.replied(reply(ehlo))
    return session
  }
}

extension SMTPSession {
  fileprivate mutating func hears(_ text: String) -> Action { replied(Talk.reply(text)) }
}

extension SMTPSession.Action {
  fileprivate var failure: SMTPFailure? {
    switch self {
    case .fail(let failure), .completeAndFail(_, let failure), .giveBack(let failure): failure
    default: nil
    }
  }
}

@Suite struct SMTPSessionHandshakeTests {
  @Test func plainSession() {
    var session = Talk.session(.opportunistic)
    #expect(session.connected() == .wait)
    #expect(session.phase == .greeting)
    #expect(session.hears("220 mx.example ready") == .send([.ehlo("[127.0.0.1]")]))
    #expect(session.phase == .hello)
    #expect(session.hears(Talk.everything) == .ready)
    #expect(session.capabilities.pipelining && session.capabilities.smtpUTF8 && session.capabilities.eightBitMIME)
    #expect(session.capabilities.sizeMax == 1000)
    #expect(session.quit() == .send([.quit]))
    #expect(session.hears("221 bye") == .close)
  }

  @Test func startTLSForgetsWhatWasSaidBefore() throws {
    let credentials = try SMTPCredentials(user: "u", password: "p")
    var session = Talk.session(.required, credentials: credentials)
    _ = session.connected()
    _ = session.hears("220 hi")
    #expect(session.hears("250-mx|250-STARTTLS|250 AUTH PLAIN") == .send([.startTLS]))
    #expect(session.hears("220 go") == .startTLS)
    #expect(session.phase == .tlsHandshake)
    #expect(session.tlsEstablished() == .send([.ehlo("[127.0.0.1]")]))
    #expect(session.hears("250 mx").failure?.code == .authenticationUnavailable)
  }

  @Test func authPlain() throws {
    let credentials = try SMTPCredentials(user: "tim", password: "tanstaaftanstaaf")
    var session = Talk.session(.implicit, credentials: credentials)
    _ = session.connected()
    _ = session.hears("220 hi")
    #expect(session.hears("250-mx|250 AUTH LOGIN PLAIN") == .send([.authPlain(credentials)]))
    #expect(session.phase == .authentication)
    // RFC 4616 4: the response of this very example.
    var line: [UInt8] = []
    SMTPCommand.authPlain(credentials).write(to: &line)
    #expect(String(decoding: line, as: UTF8.self) == "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n")
    #expect(session.hears("235 2.7.0 welcome") == .ready)
  }

  @Test func authLogin() throws {
    let credentials = try SMTPCredentials(user: "user", password: "pass")
    var session = Talk.session(.implicit, credentials: credentials)
    _ = session.connected()
    _ = session.hears("220 hi")
    #expect(session.hears("250-mx|250 AUTH=LOGIN") == .send([.authLogin]))
    #expect(session.hears("334 VXNlcm5hbWU6") == .send([.loginUser(credentials)]))
    #expect(session.hears("334 UGFzc3dvcmQ6") == .send([.loginPassword(credentials)]))
    #expect(session.hears("235 ok") == .ready)
    var lines: [UInt8] = []
    SMTPCommand.loginUser(credentials).write(to: &lines)
    SMTPCommand.loginPassword(credentials).write(to: &lines)
    #expect(String(decoding: lines, as: UTF8.self) == "dXNlcg==\r\ncGFzcw==\r\n")
  }

  @Test func credentialsAreNeverShown() throws {
    let credentials = try SMTPCredentials(user: "secret-user", password: "secret-word")
    var session = Talk.session(.implicit, credentials: credentials)
    _ = session.connected()
    _ = session.hears("220 hi")
    let action = session.hears("250-mx|250 AUTH PLAIN")
    let failure = session.hears("535 5.7.8 secret-user and secret-word are wrong")
    #expect(failure.failure?.code == .authenticationRefused)
    #expect(failure.failure?.reply?.code == 535)
    for shown in ["\(action)", "\(failure)", String(reflecting: action), "\(session)", String(reflecting: session)] {
      #expect(!shown.contains("secret"))
    }
  }

  @Test("A stripped STARTTLS is noticed", arguments: [SMTPConfiguration.TLS.required, .opportunistic])
  func strippedTLS(tls: SMTPConfiguration.TLS) throws {
    let credentials = try SMTPCredentials(user: "u", password: "p")
    var session = Talk.session(tls, credentials: credentials)
    _ = session.connected()
    _ = session.hears("220 hi")
    let expected: SMTPFailure.Code = tls == .required ? .tlsNotOffered : .authenticationUnavailable
    #expect(session.hears("250-mx|250 AUTH PLAIN").failure?.code == expected)
    #expect(session.isClosed)
  }

  @Test func refusedStartTLS() {
    var session = Talk.session(.opportunistic)
    _ = session.connected()
    _ = session.hears("220 hi")
    #expect(session.hears("250-mx|250 STARTTLS") == .send([.startTLS]))
    #expect(session.hears("454 no TLS now") == .ready)
  }

  @Test func fallsBackToHELO() {
    var session = Talk.session(.opportunistic)
    _ = session.connected()
    _ = session.hears("220 hi")
    #expect(session.hears("502 what?") == .send([.helo("[127.0.0.1]")]))
    #expect(session.hears("250 hello") == .ready)
    #expect(session.capabilities == SMTPCapabilities())
  }

  @Test(arguments: ["421 busy", "554 go away", "250 odd"])
  func refusedGreeting(text: String) {
    var session = Talk.session()
    _ = session.connected()
    let failure = session.hears(text).failure
    #expect(failure?.code == .refused)
    #expect(failure?.phase == .greeting)
    #expect(session.hears("220 hi").failure == nil)
    #expect(session.isClosed)
  }

  @Test func silence() {
    var session = Talk.session()
    _ = session.connected()
    let failure = session.timedOut().failure
    #expect(failure?.code == .timedOut)
    #expect(failure?.phase == .greeting)
  }
}

@Suite struct SMTPSessionTransactionTests {
  private let mail = SMTPCommand.mail(from: "bounce@shop.example", size: 11, eightBit: false, utf8: false)

  @Test func pipelined() throws {
    var session = Talk.ready()
    #expect(session.deliver(try Vectors.envelope()) == .send([mail, .rcpt(to: "ann@example.com"), .data]))
    #expect(session.phase == .mail)
    #expect(session.hears("250 ok") == .wait)
    #expect(session.phase == .recipient)
    #expect(session.hears("250 ok") == .wait)
    #expect(session.phase == .data)
    #expect(session.hears("354 go") == .sendMessage)
    session.messageWriting()
    #expect(session.phase == .message)
    session.messageWritten(true)
    #expect(session.phase == .finalDot)
    #expect(session.hears("250 2.0.0 queued as 1") == .complete([.sent(reply: "250 2.0.0 queued as 1")]))
    #expect(session.state == .ready)
  }

  @Test func commandByCommand() throws {
    var session = Talk.ready("250-mx|250 HELP")
    let plain = SMTPCommand.mail(from: "bounce@shop.example", size: nil, eightBit: false, utf8: false)
    #expect(session.deliver(try Vectors.envelope(["a@x.example", "b@x.example"])) == .send([plain]))
    #expect(session.hears("250 ok") == .send([.rcpt(to: "a@x.example")]))
    #expect(session.hears("550 5.1.1 no") == .send([.rcpt(to: "b@x.example")]))
    #expect(session.hears("251 will forward") == .send([.data]))
    #expect(session.hears("354 go") == .sendMessage)
    session.messageWriting()
    session.messageWritten(true)
    let unknownUser = EnhancedStatus(category: 5, subject: 1, detail: 1)
    #expect(
      session.hears("250 ok")
        == .complete([.rejected(code: 550, enhanced: unknownUser, reply: "550 5.1.1 no"), .sent(reply: "250 ok")]))
  }

  @Test func everyRecipientHasItsOwnOutcome() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope(["a@x.example", "b@x.example", "c@x.example"]))
    for text in ["250 ok", "450 greylisted", "550 no", "250 ok"] { #expect(session.hears(text) == .wait) }
    #expect(session.hears("354 go") == .sendMessage)
    session.messageWriting()
    session.messageWritten(true)
    #expect(
      session.hears("554 spam")
        == .completeAndReset([
          .deferred(code: 450, reply: "450 greylisted"), .rejected(code: 550, enhanced: nil, reply: "550 no"),
          .rejected(code: 554, enhanced: nil, reply: "554 spam"),
        ]))
    #expect(session.phase == .reset)
    #expect(session.hears("250 flushed") == .ready)
  }

  @Test("RFC 2920 3.1: a server that wants data for nobody gets a lone dot") func dataForNobody() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope())
    _ = session.hears("250 ok")
    _ = session.hears("550 no")
    #expect(session.hears("354 go") == .sendEmptyMessage)
    #expect(
      session.hears("554 no recipients") == .completeAndReset([.rejected(code: 550, enhanced: nil, reply: "550 no")]))
  }

  @Test func refusedSender() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope())
    #expect(session.hears("451 later") == .wait)
    #expect(session.hears("503 MAIL first") == .wait)
    #expect(session.hears("503 MAIL first") == .completeAndReset([.deferred(code: 451, reply: "451 later")]))
  }

  @Test func refusedData() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope())
    _ = session.hears("250 ok")
    _ = session.hears("250 ok")
    #expect(session.hears("452 full") == .completeAndReset([.deferred(code: 452, reply: "452 full")]))
  }

  /// Every point at which a connection can break, and what may be concluded.
  @Test(arguments: 0...4) func brokenAt(step: Int) throws {
    for code in [SMTPFailure.Code.connectionLost, .timedOut] {
      var session = Talk.ready()
      _ = session.deliver(try Vectors.envelope())
      for text in ["250 ok", "250 ok", "354 go"].prefix(step) { _ = session.hears(text) }
      if step >= 3 { session.messageWriting() }
      if step >= 4 { session.messageWritten(true) }
      let action = code == .timedOut ? session.timedOut() : session.failed(code, detail: "gone")
      guard case .completeAndFail(let outcomes, let failure) = action else {
        Issue.record("unexpected \(action)")
        return
      }
      #expect(failure.code == code)
      switch (outcomes[0], step, code) {
      case (.unknown, 4, _), (.unknown, 3, .connectionLost), (.deferred, 3, .timedOut), (.deferred, ..<3, _): break
      default: Issue.record("\(outcomes[0]) after \(step) replies, \(code)")
      }
    }
  }

  @Test func aMessageThatTheNetworkDidNotTakeIsCertainlyUnsent() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope())
    for text in ["250 ok", "250 ok", "354 go"] { _ = session.hears(text) }
    session.messageWriting()
    session.messageWritten(false)
    guard case .completeAndFail(let outcomes, _) = session.failed(.connectionLost, detail: "gone"),
      case .deferred = outcomes[0]
    else {
      Issue.record("not deferred")
      return
    }
  }

  @Test("421 after the final dot says that the message was not taken") func goodbyeAfterTheDot() throws {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope())
    for text in ["250 ok", "250 ok", "354 go"] { _ = session.hears(text) }
    session.messageWriting()
    session.messageWritten(true)
    guard case .completeAndFail(let outcomes, _) = session.hears("421 shutting down"),
      case .deferred(421, _) = outcomes[0]
    else {
      Issue.record("not deferred")
      return
    }
  }

  @Test func anAnswerBeforeTheEndOfTheMessage() throws {
    for (text, isUnknown) in [("250 ok", true), ("552 too much", false)] {
      var session = Talk.ready()
      _ = session.deliver(try Vectors.envelope())
      for text in ["250 ok", "250 ok", "354 go"] { _ = session.hears(text) }
      session.messageWriting()
      guard case .completeAndFail(let outcomes, _) = session.hears(text) else {
        Issue.record("still open after \(text)")
        return
      }
      if isUnknown, case .unknown = outcomes[0] { continue }
      #expect(outcomes == [.rejected(code: 552, enhanced: nil, reply: "552 too much")])
    }
  }

  @Test func anIdleConnectionThatDiesGivesTheEnvelopeBack() throws {
    for dies in ["closed", "421"] {
      var session = Talk.ready()
      _ = session.deliver(try Vectors.envelope())
      for text in ["250 ok", "250 ok", "354 go"] { _ = session.hears(text) }
      session.messageWriting()
      session.messageWritten(true)
      _ = session.hears("250 ok")
      _ = session.deliver(try Vectors.envelope())
      let action = dies == "421" ? session.hears("421 idle") : session.failed(.connectionLost, detail: "gone")
      guard case .giveBack = action else {
        Issue.record("\(action)")
        return
      }
    }
  }

  @Test func whatTheServerCannotTakeIsNotSent() throws {
    var session = Talk.ready("250-mx|250 SIZE 10")
    let tooLarge = EnhancedStatus(category: 5, subject: 3, detail: 4)
    guard case .complete(let outcomes) = session.deliver(try Vectors.envelope()),
      case .rejected(552, tooLarge, _) = outcomes[0]
    else {
      Issue.record("sent although too large")
      return
    }
    let international = try SMTPEnvelope(
      sender: nil, recipients: [try MailAddress("анна@почта.рф")],
      message: EncodedEmail(bytes: Array("a".utf8), needsUTF8: false))
    guard case .complete(let outcomes) = session.deliver(international), case .rejected(553, _, _) = outcomes[0] else {
      Issue.record("sent without SMTPUTF8")
      return
    }
    let eightBit = try Vectors.envelope(data: "é")
    guard case .complete(let outcomes) = session.deliver(eightBit), case .rejected(554, _, _) = outcomes[0] else {
      Issue.record("sent without 8BITMIME")
      return
    }
    #expect(session.state == .ready)
  }

  @Test func extensionsAreUsedWhereNeeded() throws {
    var session = Talk.ready()
    let envelope = try SMTPEnvelope(
      sender: nil, recipients: [try MailAddress("анна@почта.рф")],
      message: EncodedEmail(bytes: Array("é\r\n".utf8), needsUTF8: true))
    #expect(
      session.deliver(envelope)
        == .send([.mail(from: "", size: 4, eightBit: true, utf8: true), .rcpt(to: "анна@почта.рф"), .data]))
    var line: [UInt8] = []
    SMTPCommand.mail(from: "", size: 4, eightBit: true, utf8: true).write(to: &line)
    #expect(String(decoding: line, as: UTF8.self) == "MAIL FROM:<> SIZE=4 BODY=8BITMIME SMTPUTF8\r\n")
  }

  @Test(arguments: ["354 go", "250 ok", "334 what"]) func unsolicited(text: String) throws {
    var session = Talk.ready()
    #expect(session.hears(text).failure?.code == .protocolViolation)
  }
}
