import HostileInput
import NIOCore
import RoostCore
import Testing

@testable import Channels

/// What mail servers and mailboxes may send us.
@Suite struct HostileMailTests {
  private static let report = """
    From: MAILER-DAEMON@example.com
    To: <bounces+token@shop.example>
    Subject: =?utf-8?B?0J3QtSDQtNC+0YHRgtCw0LLQu9C10L3Qvg==?=
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b1"; charset*0*=utf-8''%41; charset*1=b

    --b1
    Content-Type: text/plain; charset=koi8-r
    Content-Transfer-Encoding: quoted-printable

    =EE=C5 =C4=CF=D3=D4=C1=D7=CC=C5=CE=CF: 550 5.1.1 no such user <ann@example.com>
    --b1
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.com

    Final-Recipient: rfc822; ann@example.com
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 no such user
    --b1
    Content-Type: message/rfc822
    Content-Transfer-Encoding: base64

    TWVzc2FnZS1JRDogPGFiY0BzaG9wLmV4YW1wbGU+DQoNCmhlbGxvDQo=
    --b1--
    """
  private static let complaint = """
    Content-Type: multipart/report; report-type=feedback-report; boundary=x

    --x
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: SomeGenerator/1.0
    Original-Rcpt-To: <ann@example.com>
    --x
    Content-Type: text/rfc822-headers

    List-Unsubscribe: <https://shop.example/u/abc>
    --x--
    """
  private static let tokens = [
    "--b1", "--b1--", "\r\n\r\n", "\n", "Content-Type: multipart/mixed; boundary=b1\n\n", "boundary=", "=?utf-8?Q?",
    "?=",
    "=?koi8-r?B?", "Content-Transfer-Encoding: base64\n", "charset*1*=", "\"", "\\", "(", ")", "<", ">", "5.1.1",
    "Content-Type: message/rfc822\n\n", "Final-Recipient: rfc822; ", "=\n", "=3D", "\0",
  ]

  @Test func returnedMail() {
    var input = HostileInput(
      realBounces(besides: [Self.report, Self.complaint]), tokens: Self.tokens, seed: 11)
    let slowest = input.run(1_500) { bytes, _ in
      let message = ReturnedMessage(parsing: bytes)
      #expect(message.recipients.count <= bytes.count)
      for recipient in message.recipients {
        #expect(recipient.address.utf8.count + recipient.diagnostic.utf8.count <= 4 * bytes.count + 100)
      }
      _ = message.original("message-id")
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func addresses() {
    var input = HostileInput(
      ["Shop <hi@shop.example>", "\"A, B\" <a@b.example>", "ann@example.com", "Магазин <привет@почта.рф>"].map {
        Array($0.utf8)
      }, tokens: ["<", ">", "@", "\"", "\\", ",", "\r\n", ".", "xn--"], seed: 12)
    let slowest = input.run(4_000) { bytes, _ in
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(EmailMessageError) {
        let address = try MailAddress(parsing: text)
        // What was accepted can begin no header and no command of its own.
        #expect(!address.addressSpec.utf8.contains { $0 < 0x20 || $0 == 0x7F })
      } catch { #expect(!error.detail.isEmpty) }
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func replies() {
    var input = HostileInput(
      [
        "220 mx.example ESMTP\r\n", "250-mx.example\r\n250-SIZE 10240000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
        "550 5.1.1 no such user\r\n", "421 4.3.2 closing\r\n", "334 VXNlcm5hbWU6\r\n",
      ].map { Array($0.utf8) }, tokens: ["250-", "250 ", "\r\n", "5.7.1 ", "SIZE ", "99999999999999999999", "\0"],
      seed: 13)
    let slowest = input.run(4_000) { bytes, random in
      var parser = SMTPReplyParser()
      var replies: [SMTPReply] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + 1 + random.below(200))
        let isReadable = bytes[start..<end].withUnsafeBytes { piece in
          do throws(SMTPReplyParser.Mistake) { try parser.append(piece, to: &replies) } catch { return false }
          return true
        }
        guard isReadable else { break }
        start = end
      }
      for reply in replies {
        #expect((200...599).contains(reply.code) && reply.lines.count <= SMTPReplyParser.linesMax)
        _ = SMTPCapabilities(reply: reply)
      }
      // A whole conversation of such replies ends, and every recipient has an outcome.
      var session = SMTPSession(configuration: SMTPConfiguration(host: "mx.example", port: 25))
      _ = session.connected()
      for reply in replies where !session.isClosed { _ = session.replied(reply) }
      _ = session.failed(.connectionLost, detail: "the end")
      #expect(session.isClosed)
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func mailboxes() async throws {
    var input = HostileInput(
      ["+OK\r\n1 abc\r\n2 def\r\n.\r\n+OK\r\nSubject: x\r\n\r\n..dot\r\n.\r\n+OK\r\n"].map { Array($0.utf8) },
      tokens: ["+OK\r\n", "-ERR\r\n", "\r\n.\r\n", "..", "99999999999999999999 x\r\n", "-1 y\r\n", "\0"], seed: 14)
    for _ in 0..<(400 * HostileInput.factor) {
      let bytes = input.next()
      let (inbound, source) = NIOAsyncChannelInboundStream<ByteBuffer>.makeTestingStream()
      let (outbound, sink) = NIOAsyncChannelOutboundWriter<ByteBuffer>.makeTestingWriter()
      source.yield(ByteBuffer(bytes: bytes))
      source.finish()
      var session = POP3Session(lines: POP3Lines(inbound.makeAsyncIterator()), outbound: outbound)
      do {
        for (number, uid) in try await session.uids().prefix(3) {
          // A byte that is no UTF-8 becomes three.
          #expect(uid.utf8.count <= 3 * bytes.count)
          let message = try await session.retrieve(number)
          #expect((message?.count ?? 0) <= bytes.count + 1)
        }
      } catch { #expect(error is POP3Failure) }
      outbound.finish()
      _ = sink
    }
  }
}
