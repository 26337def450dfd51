import Crypto
import RoostCore
import Testing

@testable import Channels

/// The example of RFC 8463, appendix A: one message, two keys, two signatures.
private enum RFC8463 {
  static let ed25519Key = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
  static let rsaKey = """
    -----BEGIN RSA PRIVATE KEY-----
    MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
    Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
    KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
    AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
    6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
    zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
    6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
    uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
    WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
    WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
    licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
    o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
    uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
    -----END RSA PRIVATE KEY-----
    """
  static let fields = [
    "From: Joe SixPack <joe@football.example.com>\r\n",
    "To: Suzie Q <suzie@shopping.example.net>\r\n",
    "Subject: Is dinner ready?\r\n",
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n",
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n",
  ]
  static let body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
  static let bodyHash = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="

  /// `From : to : subject : date : message-id` once; of the second `from`, `subject` and `date` the message has none.
  static var signedData: [UInt8] {
    var data: [UInt8] = []
    for field in fields { Array(field.utf8).withUnsafeBufferPointer { DKIMCanonical.appendHeader($0, to: &data) } }
    return data
  }

  static func field(_ algorithm: String, _ selector: String, _ names: String) -> DKIMField {
    DKIMField(
      text: "DKIM-Signature: v=1; a=\(algorithm); c=relaxed/relaxed;\r\n"
        + " d=football.example.com; i=@football.example.com;\r\n \(selector)\r\n \(names)\r\n bh=\(bodyHash);\r\n b=")
  }
}

@Suite struct DKIMTests {
  private func signature(of field: [UInt8]) -> String {
    let text = String(decoding: field, as: UTF8.self)
    return text.components(after: "\r\n b=").filter { !$0.isWhitespace }
  }

  @Test func bodyHashOfRFC8463() {
    let hash = SHA256.hash(data: Array(RFC8463.body.utf8).withUnsafeBufferPointer { DKIMCanonical.body($0) })
    #expect(String(decoding: Base64.encode(Array(hash)), as: UTF8.self) == RFC8463.bodyHash)
  }

  @Test func ed25519SignatureOfRFC8463() throws {
    let field = RFC8463.field(
      "ed25519-sha256", "q=dns/txt; s=brisbane; t=1528637909; h=from : to :",
      "subject : date : message-id : from : subject : date;")
    let signed = try field.signed(RFC8463.signedData, by: DKIMKey(parsing: RFC8463.ed25519Key))
    #expect(
      signature(of: signed)
        == "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==")
  }

  @Test func rsaSignatureOfRFC8463() throws {
    let field = RFC8463.field(
      "rsa-sha256", "q=dns/txt; s=test; t=1528637909; h=from : to : subject :",
      "date : message-id : from : subject : date;")
    let signed = try field.signed(RFC8463.signedData, by: DKIMKey(parsing: RFC8463.rsaKey))
    #expect(
      signature(of: signed)
        == "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGd"
        + "aSGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=")
  }

  @Test func publicRecordsOfRFC8463() throws {
    #expect(
      try DKIMKey(parsing: RFC8463.ed25519Key).record
        == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    let rsa = try DKIMKey(parsing: RFC8463.rsaKey).record
    #expect(rsa.hasPrefix("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08"))
  }

  @Test(arguments: [
    // RFC 6376 3.4.5, the relaxed forms.
    ("A: X\r\n", "a:X\r\n"), ("B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"),
    ("SUBJECT:  two   words \r\n", "subject:two words\r\n"),
    ("X:\r\n", "x:\r\n"),
  ])
  func canonicalHeaders(_ field: String, _ canonical: String) {
    var output: [UInt8] = []
    Array(field.utf8).withUnsafeBufferPointer { DKIMCanonical.appendHeader($0, to: &output) }
    #expect(String(decoding: output, as: UTF8.self) == canonical)
  }

  @Test(arguments: [
    (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"), ("", ""), ("\r\n\r\n", ""), (" \r\n\t\r\nx", "\r\n\r\nx\r\n"),
    // White space of any kind and length before a word, and before nothing; a bare CR or LF ends a line as well.
    ("\t  x \t y\t", " x y\r\n"), ("  ", ""), ("x ", "x\r\n"), ("a\rb\nc\r", "a\r\nb\r\nc\r\n"),
    ("\n\r\rx", "\r\n\r\n\r\nx\r\n"), ("\r", ""), ("a\r\n\n\r", "a\r\n"),
  ])
  func canonicalBodies(_ body: String, _ canonical: String) {
    let output = Array(body.utf8).withUnsafeBufferPointer { DKIMCanonical.body($0) }
    #expect(String(decoding: output, as: UTF8.self) == canonical)
  }

  @Test func signsWhatTheMessageHasAndSealsWhatReadersSee() throws {
    var message = try Vectors.message(text: "a", html: "<b>b</b>")
    message.headers = [
      .init(name: "List-Unsubscribe", value: "<https://shop.example/u/x>"),
      .init(name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click"),
    ]
    var encoded = try message.encoded()
    let unsigned = encoded.bytes
    let signers = [
      try DKIMSigner(domain: "shop.example", selector: "a", key: DKIMKey(parsing: RFC8463.rsaKey)),
      try DKIMSigner(domain: "shop.example", selector: "b", key: DKIMKey(parsing: RFC8463.ed25519Key)),
    ]
    try encoded.sign(by: signers, at: Instant(milliseconds: 1_528_637_909_999))
    let text = String(decoding: encoded.bytes, as: UTF8.self)
    #expect(text.hasSuffix(String(decoding: unsigned, as: UTF8.self)))
    #expect(text.split(separator: "DKIM-Signature:").count == 2)
    #expect(text.contains("t=1528637909;"))
    let names = text.components(after: " h=").components(upTo: ";").filter { !$0.isWhitespace }
    #expect(
      names.split(separator: ":") == [
        "from", "from", "to", "to", "subject", "subject", "date", "message-id", "mime-version", "content-type",
        "content-type", "list-unsubscribe", "list-unsubscribe-post",
      ])
    #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
  }

  @Test(arguments: [
    "", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    // An EC key (P-256), which DKIM does not know.
    "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs"
      + "38GecTyudlHz6xvCdz8q1EKTcWGekdmdDPsHloRNtsiaKMqtAmHrow==",
  ])
  func refusesOtherKeys(_ text: String) {
    #expect(throws: DKIMError.self) { try DKIMKey(parsing: text) }
  }

  @Test(arguments: [
    ("shop", "a"), ("", "a"), ("shop.example", ""), ("shop.example", "a b"), ("shop..example", "a"),
    ("-shop.example", "a"), ("shop.example; x=1", "a"), ("магазин.рф", "a"),
  ])
  func refusesNamesThatNoSignatureMayHold(_ domain: String, _ selector: String) throws {
    let key = try DKIMKey(parsing: RFC8463.ed25519Key)
    #expect(throws: DKIMError.self) { try DKIMSigner(domain: domain, selector: selector, key: key) }
  }
}
