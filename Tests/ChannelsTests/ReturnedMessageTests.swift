import RoostCore
import Testing

@testable import Channels

@Suite struct ReturnedMessageTests {
  private func read(_ text: String) -> ReturnedMessage { ReturnedMessage(parsing: Array(text.utf8)) }

  /// RFC 3464, appendix E.1, shortened; its address is answered 550 without an enhanced code.
  @Test func aReportByTheBook() {
    let message = read(
      """
      Date: Thu, 7 Jul 1994 17:16:05 -0400
      From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
      To: <bounces+token@shop.example>
      MIME-Version: 1.0
      Content-Type: multipart/report; report-type=delivery-status;
            boundary="RAA14128.773615765/CS.UTK.EDU"

      --RAA14128.773615765/CS.UTK.EDU

      The original message was received at Thu, 7 Jul 1994 17:15:49 -0400
      --RAA14128.773615765/CS.UTK.EDU
      content-type: message/delivery-status

      Reporting-MTA: dns; cs.utk.edu

      Original-Recipient: rfc822;louisl@larry.slip.umd.edu
      Final-Recipient: rfc822;louisl@larry.slip.umd.edu
      Action: failed
      Status: 4.0.0
      Diagnostic-Code: smtp; 426 connection timed out
      Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400

      Final-Recipient: rfc822; Ann (a comment) <ann@example.com>
      Action: delayed

      Final-Recipient: rfc822;bob@example.com
      Action: FAILED (permanent)
      Status: 5.1.1 (no such user)

      Final-Recipient: rfc822;eve@example.com
      Action: relayed
      Status: 2.0.0

      --RAA14128.773615765/CS.UTK.EDU
      content-type: message/rfc822

      Message-ID: <1.2@shop.example>
      X-Roost-Message:
       abc

      body
      --RAA14128.773615765/CS.UTK.EDU--
      """)
    #expect(
      message.recipients == [
        .init(
          address: "louisl@larry.slip.umd.edu", isPermanent: true, status: "4.0.0",
          diagnostic: "426 connection timed out"),
        .init(address: "ann@example.com", isPermanent: false),
        .init(address: "bob@example.com", isPermanent: true, status: "5.1.1"),
      ])
    #expect(message.recipients.map(\.isAddressDead) == [false, false, true])
    #expect(message.original("message-id") == "<1.2@shop.example>")
    #expect(message.original("x-roost-message") == "abc")
    #expect(message.addressees == ["bounces+token@shop.example"])
  }

  @Test(arguments: [
    ("5.1.1", "", true), ("5.1.10", "", true), ("5.2.1", "disabled", true), ("5.4.4", "no such host", true),
    ("5.2.2", "mailbox full", false), ("5.7.1", "spam", false), ("4.1.1", "", false), ("5.0.0", "user unknown", true),
    ("", "mailbox is full", false), ("", "550 no such user here", true), ("", "quota exceeded", false),
  ])
  func whetherAnAddressIsDead(_ status: String, _ diagnostic: String, _ isDead: Bool) {
    let recipient = ReturnedMessage.Recipient(
      address: "a@b.example", isPermanent: true, status: status, diagnostic: diagnostic)
    #expect(recipient.isAddressDead == isDead)
    #expect(!ReturnedMessage.Recipient(address: "a@b.example", isPermanent: false, status: status).isAddressDead)
  }

  /// RFC 5965, appendix B.2, shortened.
  @Test func aComplaint() {
    let message = read(
      """
      From: <abusedesk@example.com>
      To: <abuse@example.net>
      MIME-Version: 1.0
      Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

      --part1_13d.2e68ed54_boundary
      Content-Type: text/plain; charset="US-ASCII"

      This is an email abuse report.

      --part1_13d.2e68ed54_boundary
      Content-Type: message/feedback-report

      Feedback-Type: abuse
      User-Agent: SomeGenerator/1.0
      Version: 1
      Original-Mail-From: <somespammer@example.net>
      Original-Rcpt-To: <user@example.com>

      --part1_13d.2e68ed54_boundary
      Content-Type: text/rfc822-headers

      From: <somespammer@example.net>
      List-Unsubscribe: <https://shop.example/u/abc>
      --part1_13d.2e68ed54_boundary--
      """)
    #expect(message.complaint == .init(kind: "abuse", address: "user@example.com"))
    #expect(message.recipients.isEmpty)
    #expect(message.original("list-unsubscribe") == "<https://shop.example/u/abc>")
  }

  @Test func ordinaryMailIsNoBounce() {
    let answer = read(
      """
      From: Ann <ann@example.com>
      To: hi@shop.example
      Subject: Re: Your order

      Thanks! Please write to bob@example.com from now on.
      """)
    #expect(answer.recipients.isEmpty && answer.complaint == nil)
    let vacation = read(
      """
      From: Ann <ann@example.com>
      Auto-Submitted: auto-replied
      Subject: Out of office

      I am away until Monday. In urgent cases: bob@example.com
      """)
    #expect(vacation.recipients.isEmpty)
  }

  @Test func transferEncodingsAndMessagesWithin() {
    let entity = MIMEEntity(
      parsing: Array(
        """
        Content-Type: multipart/mixed; boundary=b

        preamble
        --b
        Content-Transfer-Encoding: quoted-printable
        Content-Type: text/plain; charset="utf-8"

        caf=C3=A9 =
        au lait
        --b \t
        Content-Type: message/rfc822
        Content-Transfer-Encoding: base64

        U3ViamVjdDogeAoKaGk=
        --b--
        epilogue
        """.utf8))
    #expect(entity.parts.map(\.type) == ["text/plain", "message/rfc822"])
    #expect(entity.parts[0].text == "café au lait\n")
    #expect(entity.parts[1].parts[0]["subject"] == "x")
    #expect(entity.parts[1].parts[0].text == "hi")
  }

  /// Parts of messages thrown together, cut and changed: reading ends, and gives what it can.
  @Test func nothingBreaksIt() {
    let parts = [
      "Content-Type: multipart/report; boundary=\"b\"\r\n", "Content-Type: message/rfc822\r\n", "\r\n", "--b\r\n",
      "--b--",
      "Content-Type: message/delivery-status\r\n", "Final-Recipient: rfc822;a@b.example\r\n", "Action: failed\n",
      "Status: 5.1.1\n",
      "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "=", "=3", "@", "a@",
      "<a@b.c>:\n",
      " folded\r\n", ":", "\0", "\u{FEFF}", "Subject: failure notice\n", "From: MAILER-DAEMON\n", "Received: x\n", "\"",
      "(", "\\", ";",
      "Content-Type: message/feedback-report\r\n",
    ].map { Array($0.utf8) }
    var random = SeededRandom(seed: 11)
    for _ in 0..<3_000 {
      var bytes = (0..<Int(random.next() % 40)).flatMap { _ in parts[Int(random.next() % UInt64(parts.count))] }
      if !bytes.isEmpty, random.next() % 2 == 0 {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = ReturnedMessage(parsing: bytes)
    }
    // Deep nesting costs depth, not time: each level is cut at its boundary.
    let deep = String(repeating: "Content-Type: message/rfc822\n\n", count: 20_000)
    #expect(ReturnedMessage(parsing: Array(deep.utf8)).recipients.isEmpty)
  }
}
