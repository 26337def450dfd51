import Testing

@testable import Channels

@Suite struct SMTPReplyParserTests {
  private func parse(_ chunks: [String], with parser: inout SMTPReplyParser) throws(SMTPReplyParser.Mistake)
    -> [SMTPReply]
  {
    var replies: [SMTPReply] = []
    for chunk in chunks {
      let bytes = Array(chunk.utf8)
      let result: Result<Void, SMTPReplyParser.Mistake> = bytes.withUnsafeBytes { raw in
        do throws(SMTPReplyParser.Mistake) { return .success(try parser.append(raw, to: &replies)) } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
    return replies
  }

  private func parse(_ text: String...) throws(SMTPReplyParser.Mistake) -> [SMTPReply] {
    var parser = SMTPReplyParser()
    return try parse(text, with: &parser)
  }

  @Test("RFC 5321 4.2.1") func multipleLines() throws {
    let example = "250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n"
    let expected = SMTPReply(
      code: 250, lines: ["First line", "Second line", "234 Text beginning with numbers", "The last line"])
    #expect(try parse(example) == [expected])
    for cut in example.indices {
      #expect(try parse(String(example[..<cut]), String(example[cut...])) == [expected])
    }
    var parser = SMTPReplyParser()
    #expect(try parse(example.map(String.init), with: &parser) == [expected])
    #expect(parser.isEmpty)
  }

  @Test func severalAtOnce() throws {
    #expect(
      try parse("250 ok\r\n354\r\n550 5.1.1 no\n") == [
        SMTPReply(code: 250, lines: ["ok"]), SMTPReply(code: 354, lines: [""]),
        SMTPReply(code: 550, lines: ["5.1.1 no"]),
      ])
  }

  @Test(arguments: [
    ("hello\r\n", SMTPReplyParser.Mistake.notAReply), ("25 ok\r\n", .notAReply), ("250ok\r\n", .notAReply),
    ("\r\n", .notAReply), ("650 ok\r\n", .notAReply), ("199 ok\r\n", .notAReply), ("250-a\r\n251 b\r\n", .codesDiffer),
    (String(repeating: "2", count: 2049), .lineTooLong),
    ("250 " + String(repeating: "x", count: 2050) + "\r\n", .lineTooLong),
    (String(repeating: "250-x\r\n", count: 129), .tooManyLines), ("\u{16}\u{3}\u{1}\u{2}\n", .notAReply),
  ])
  func garbage(text: String, mistake: SMTPReplyParser.Mistake) {
    #expect(throws: mistake) { try parse(text) }
  }

  @Test func nothingUnprintableReachesALog() throws {
    #expect(try parse("250 a\u{1B}[2Jb\u{85}\r\n")[0].text == "a\u{FFFD}[2Jb\u{FFFD}")
  }

  @Test func enhancedCodes() {
    #expect(
      SMTPReply(code: 550, lines: ["5.1.1 no such user"]).enhanced == EnhancedStatus(category: 5, subject: 1, detail: 1)
    )
    #expect(SMTPReply(code: 550, lines: ["5.7.26 x"]).enhanced?.description == "5.7.26")
    #expect(SMTPReply(code: 550, lines: ["4.1.1 not its class"]).enhanced == nil)
    #expect(SMTPReply(code: 250, lines: ["2.0 ok"]).enhanced == nil)
    #expect(SMTPReply(code: 250, lines: ["2.0.0000 ok"]).enhanced == nil)
  }
}

@Suite struct DotStuffingTests {
  @Test(arguments: [
    ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), ("", ".\r\n"), (".\r\n", "..\r\n.\r\n"),
    (".a\r\n..b\r\n", "..a\r\n...b\r\n.\r\n"),
    ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r\r\n", "a\r\n\r\n.\r\n"),
    ("a\r\n\r\n", "a\r\n\r\n.\r\n"), ("a.b\r\n", "a.b\r\n.\r\n"),
  ])
  func vectors(message: String, wire: String) {
    #expect(String(decoding: DotStuffing.stuffed(Array(message.utf8)), as: UTF8.self) == wire)
  }
}
