import Crypto
import RoostCore
import Testing

@testable import Channels

/// Signed letters read as RFC 6376 says that verifiers read them, by plain code that shares nothing with the signer's.
@Suite struct DKIMReaderTests {
  private static let key = Curve25519.Signing.PrivateKey()

  private static func signed(_ letter: [UInt8]) throws -> [UInt8] {
    let signer = try DKIMSigner(domain: "shop.example", selector: "a", key: .ed25519(key))
    var encoded = EncodedEmail(bytes: letter, needsUTF8: false)
    try encoded.sign(by: [signer], at: Instant(milliseconds: 1_800_000_000_000))
    return encoded.bytes
  }

  /// Letters of a header, an empty line and a body, put together from what is usual and what nobody should write.
  @Test func lettersOfAllKinds() throws {
    var random = SeededRandom(seed: 6_376)
    let fields = [
      "From: A <a@shop.example>\r\n", "from : b@shop.example\r\n", "To: c@example.com,\r\n\td@example.com\r\n",
      "SUBJECT:  two   words \t\r\n", "Subject:\r\n", "Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n", "no colon\r\n",
      "Content-Type: text/plain;\r\n charset=utf-8\r\n", "Content-Type: x\n", "List-Unsubscribe: <x>\r\n",
      "X-Other: y\r\n", "From: last\r\n", ": nameless\r\n", "Message-ID:<1@x>\r\n", "Subject: \r alone\r\n",
    ]
    let pieces = ["word", " ", "  ", "\t", "\r\n", "\r\n\r\n", "\n", "\r", ".", "Ünïcödé", "\u{0}", "a b", " x\r\n"]
    for round in 0..<600 {
      var letter = ""
      for _ in 0..<random.below(9) { letter += fields[random.below(fields.count)] }
      if round % 7 != 0 { letter += "\r\n" }
      for _ in 0..<random.below(30) { letter += pieces[random.below(pieces.count)] }
      try check(Array(letter.utf8))
    }
  }

  @Test(arguments: [
    "", "\r\n", "\r\n\r\n", "\n", "\r", ":", "From: a@b.example", "From: a@b.example\r\n", "From: a@b.example\r\n\r\n",
    "no header at all", "From: a@b.example\n\nbare line ends\n", "\r\nFrom: in the body\r\n",
  ])
  func lettersThatLackSomething(_ letter: String) throws { try check(Array(letter.utf8)) }

  private func check(_ letter: [UInt8]) throws {
    let signed = try Self.signed(letter)
    #expect(Array(signed.suffix(letter.count)) == letter)
    let signature = Array(signed.dropLast(letter.count))
    let tags = try Reader.tags(signature)
    #expect(tags["bh"] == Reader.base64(Array(SHA256.hash(data: Reader.body(Reader.parts(letter).body)))))
    let names = try #require(tags["h"])
    var data = Reader.fields(Reader.parts(letter).header, named: names).flatMap(Reader.canonical)
    // The signature's own field is signed with an empty `b` and without its CRLF (RFC 6376 3.7).
    let own = try #require(Reader.upToSignature(signature))
    data += Reader.canonical(own).dropLast(2)
    let bytes = try #require(tags["b"].flatMap { Reader.bytes(base64: $0) })
    #expect(Self.key.publicKey.isValidSignature(bytes, for: Array(SHA256.hash(data: data))))
  }
}

/// RFC 6376 word by word.
private enum Reader {
  private static let (tab, lf, cr, space) = (UInt8(9), UInt8(10), UInt8(13), UInt8(32))

  static func parts(_ letter: [UInt8]) -> (header: [UInt8], body: [UInt8]) {
    for place in letter.indices where Array(letter[place...].prefix(4)) == [cr, lf, cr, lf] {
      return (Array(letter[..<(place + 2)]), Array(letter[(place + 4)...]))
    }
    return (letter, [])
  }

  /// 3.4.4: lines without white space at their ends, every other run of it one space, and no empty lines at the end.
  static func body(_ body: [UInt8]) -> [UInt8] {
    var lines: [[UInt8]] = [[]]
    for (place, byte) in body.enumerated() {
      if byte == lf, place > 0, body[place - 1] == cr { continue }
      if byte == cr || byte == lf { lines.append([]) } else { lines[lines.count - 1].append(byte) }
    }
    var plain = lines.map { trimmed(reduced($0), atStart: false) }
    while plain.last == [] { plain.removeLast() }
    return plain.flatMap { $0 + [cr, lf] }
  }

  /// Runs of white space become one space.
  private static func reduced(_ line: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for byte in line.map({ $0 == tab ? space : $0 }) where byte != space || output.last != space { output.append(byte) }
    return output
  }

  private static func trimmed(_ line: [UInt8], atStart: Bool) -> [UInt8] {
    var line = line
    while line.last == space { line.removeLast() }
    while atStart, line.first == space { line.removeFirst() }
    return line
  }

  /// 3.4.2
  static func canonical(_ field: [UInt8]) -> [UInt8] {
    guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { return [] }
    let name = String(decoding: field[..<colon].filter { $0 != space && $0 != tab }, as: UTF8.self)
    let value = field[(colon + 1)...].filter { $0 != cr && $0 != lf }
    return Array(lowered(Array(name.utf8))) + [UInt8(ascii: ":")] + trimmed(reduced(value), atStart: true) + [cr, lf]
  }

  private static func lowered(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
  }

  /// 5.4.2: each name in the list takes the lowest field of that name that is not taken yet, or nothing.
  static func fields(_ header: [UInt8], named names: String) -> [[UInt8]] {
    var left = split(header)
    return names.split(separator: ":").compactMap { name in
      guard let place = left.lastIndex(where: { lowered($0).starts(with: Array("\(name):".utf8)) }) else { return nil }
      return left.remove(at: place)
    }
  }

  private static func split(_ header: [UInt8]) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var line: [UInt8] = []
    for byte in header {
      line.append(byte)
      guard byte == lf else { continue }
      add(line, to: &fields)
      line = []
    }
    if !line.isEmpty { add(line, to: &fields) }
    return fields
  }

  private static func add(_ line: [UInt8], to fields: inout [[UInt8]]) {
    if line[0] == space || line[0] == tab, !fields.isEmpty {
      fields[fields.count - 1] += line
    } else {
      fields.append(line)
    }
  }

  /// 3.2: `name=value`, separated by semicolons; white space in values that are lists or Base64 means nothing.
  static func tags(_ field: [UInt8]) throws -> [String: String] {
    let text = String(decoding: field, as: UTF8.self).components(after: ":")
    var tags: [String: String] = [:]
    for part in text.split(separator: ";") {
      let plain = part.filter { !$0.isWhitespace }
      let equals = try #require(plain.firstIndex(of: "="))
      tags[String(plain[..<equals])] = String(plain[plain.index(after: equals)...])
    }
    return tags
  }

  static func upToSignature(_ field: [UInt8]) -> [UInt8]? {
    let mark = Array(" b=".utf8)
    return field.indices.first { Array(field[$0...].prefix(3)) == mark }.map { Array(field[..<($0 + 3)]) }
  }

  static func base64(_ bytes: [UInt8]) -> String {
    Base64URL.text(of: bytes).replacing("-", with: "+").replacing("_", with: "/")
      + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
  }

  static func bytes(base64: String) -> [UInt8]? {
    Base64URL.bytes(of: base64.replacing("+", with: "-").replacing("/", with: "_").filter { $0 != "=" })
  }
}
