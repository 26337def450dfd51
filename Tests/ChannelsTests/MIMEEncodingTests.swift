import RoostCore
import Testing

@testable import Channels

@Suite struct MailDateTests {
  @Test(
    "The examples of RFC 5322 A.1.1 and 3.3, in UTC",
    arguments: [
      (880_127_706_000, "Fri, 21 Nov 1997 15:55:06 +0000"),  // date -u -d '21 Nov 1997 09:55:06 -0600'
      (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
      (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
      (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
      (1_709_164_799_999, "Wed, 28 Feb 2024 23:59:59 +0000"),
      (253_402_300_799_000, "Fri, 31 Dec 9999 23:59:59 +0000"),
      (-2_208_988_800_000, "Mon, 01 Jan 1900 00:00:00 +0000"),
    ])
  func knownDates(milliseconds: Int64, text: String) {
    #expect(MailDate.format(milliseconds: milliseconds) == text)
  }

  @Test func outsideTheYearsOfMail() {
    #expect(MailDate.format(milliseconds: 253_402_300_800_000) == nil)
    #expect(MailDate.format(milliseconds: -2_208_988_800_001) == nil)
    #expect(MailDate.format(milliseconds: .min) == nil)
    #expect(MailDate.format(milliseconds: .max) == nil)
  }
}

@Suite struct Base64Tests {
  @Test(
    "RFC 4648 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == Array(encoded.utf8))
  }

  @Test func linesHave76Characters() {
    for count in [0, 1, 56, 57, 58, 114, 200] {
      var lines: [UInt8] = []
      Base64.appendLines([UInt8](repeating: 65, count: count), to: &lines)
      #expect(lines.count == Base64.linesLength(count))
      #expect(lines.split(separator: 10).allSatisfy { $0.count <= 77 })
    }
  }
}

@Suite struct QuotedPrintableTests {
  private func encode(_ text: String) -> String {
    var output: [UInt8] = []
    let length = Array(text.utf8).withUnsafeBufferPointer { QuotedPrintable.append($0, to: &output) }
    // As characters, a CR and an LF together are one.
    #expect(length == text.utf8.count + text.count { $0 == "\n" || $0 == "\r" })
    return String(decoding: output, as: UTF8.self)
  }

  @Test("RFC 2045 6.7's example, broken where we break") func exampleOfTheRFC() {
    let line = "Now's the time for all folk to come to the aid of their country."
    #expect(encode(line) == line)
  }

  @Test func rules() {
    #expect(encode("a=b") == "a=3Db")
    #expect(encode("ends in space \r\nnext\t\r\n") == "ends in space=20\r\nnext=09\r\n")
    #expect(encode("é") == "=C3=A9")
    #expect(encode("From me\r\nFrom you, From us\r\nFromage") == "=46rom me\r\n=46rom you, From us\r\nFromage")
    #expect(encode("\u{1}") == "=01")
    #expect(encode("a\nb \r\r\n\nc\r") == "a\r\nb=20\r\n\r\n\r\nc\r\n")
  }

  @Test func softBreaks() {
    let full = String(repeating: "a", count: 76)
    #expect(encode(full) == full)
    #expect(encode(full + "\r\n") == full + "\r\n")
    #expect(encode(full + "b") == String(repeating: "a", count: 75) + "=\r\nab")
    // 72 + the two bytes of й (6 characters) would make 78.
    let long = String(repeating: "a", count: 72)
    #expect(encode(long + "йb") == long + "=\r\n=D0=B9b")
  }
}

@Suite struct EncodedWordTests {
  private func words(_ text: String, lengthMax: Int = 75) -> [String] {
    var rest = text.unicodeScalars[...]
    var words: [String] = []
    while !rest.isEmpty {
      words.append(String(decoding: EncodedWord.next(from: &rest, lengthMax: lengthMax), as: UTF8.self))
    }
    return words
  }

  @Test func shorterEncodingWins() {
    // python3: base64.b64encode('Привет'.encode())
    #expect(words("Привет") == ["=?UTF-8?B?0J/RgNC40LLQtdGC?="])
    #expect(words("Perché no") == ["=?UTF-8?Q?Perch=C3=A9_no?="])
    #expect(words("a=?b and some more words") == ["=?UTF-8?Q?a=3D=3Fb_and_some_more_words?="])
    #expect(words("a=?b_c") == ["=?UTF-8?B?YT0/Yl9j?="])
  }

  @Test func noCharacterIsParted() {
    // 63 characters of Base64 hold 45 bytes: 22 letters of 2 bytes; 11 emoji of 4 bytes.
    #expect(words(String(repeating: "ж", count: 23)).map(\.utf8.count) == [12 + 60, 12 + 4])
    for text in ["жёлтый", "😀🎉", "aж😀b"].map({ String(repeating: $0, count: 40) }) {
      for lengthMax in 30...75 {
        let encoded = words(text, lengthMax: lengthMax)
        #expect(encoded.allSatisfy { $0.utf8.count <= lengthMax })
        #expect(encoded.allSatisfy { decode($0) != nil })
        #expect(encoded.compactMap(decode).joined() == text)
      }
    }
  }

  private func decode(_ word: String) -> String? {
    let body = word.dropFirst(10).dropLast(2)
    guard word.hasPrefix("=?UTF-8?Q?") else { return Vectors.base64Decoded(String(body)) }
    var bytes: [UInt8] = []
    var rest = Array(body.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "=") {
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "_") ? 0x20 : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
