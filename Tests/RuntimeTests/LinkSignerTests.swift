import RoostCore
import Testing

@testable import Runtime

@Suite struct LinkSignerTests {
  private let signer = LinkSigner(secret: Array(repeating: 7, count: 24))
  private let origin = LinkOrigin(
    workspace: WorkspaceID(3), person: PersonID(0xFEDC_BA98_7654_3210), message: IntentID(high: 1, low: 2))

  private var links: [MessageLink] {
    [
      .unsubscribe(origin), .preferences(origin), .open(origin), .tap(origin),
      .click(origin, url: "https://shop.example/ü?a=1#b"),
      .click(origin, url: "https://shop.example/", label: "кнопка"),
      .preferences(LinkOrigin(workspace: WorkspaceID(1_000_000), person: PersonID(1), message: nil)),
    ]
  }

  @Test func tokensComeBack() {
    for link in links { #expect(signer.link(signer.token(link)) == link) }
    let bounce = MessageLink.bounce(WorkspaceID(16_000), IntentID(high: .max, low: .max))
    let token = signer.addressToken(bounce)
    #expect(token.utf8.count <= 51)
    #expect(signer.link(addressToken: token) == bounce)
    #expect(signer.link(addressToken: token.uppercased()) == bounce)
    let inbound = MessageLink.inbound(WorkspaceID(1), channel: "email")
    #expect(signer.link(signer.token(inbound)) == inbound)
  }

  @Test func onlyLettersThatLinksHold() {
    for link in links {
      let token = signer.token(link)
      #expect(
        token.utf8.allSatisfy {
          ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F
        })
    }
    #expect(signer.token(.unsubscribe(origin)).utf8.count <= 56)
  }

  /// One changed character, one missing, one more, another secret: nothing is opened.
  @Test func forgeriesOpenNothing() {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    for link in links {
      let token = Array(signer.token(link))
      for place in token.indices {
        for letter in letters where letter != token[place] {
          var changed = token
          changed[place] = letter
          #expect(signer.link(String(changed)) == nil)
        }
      }
      #expect(signer.link(String(token.dropLast())) == nil)
      #expect(signer.link(String(token) + "A") == nil)
      #expect(LinkSigner(secret: [1]).link(String(token)) == nil)
    }
    for text in ["", "A", "%", "…", String(repeating: "A", count: 9_000)] { #expect(signer.link(text) == nil) }
  }

  @Test func aTokenOfOneUseIsNoneOfAnother() {
    let token = signer.addressToken(.bounce(WorkspaceID(1), IntentID(high: 1, low: 2)))
    #expect(signer.link(token) == nil)
    #expect(signer.link(addressToken: signer.token(.open(origin))) == nil)
  }

  /// RFC 4648 10, lower case and without padding.
  @Test func base32() {
    for (plain, text) in [("", ""), ("f", "my"), ("fo", "mzxq"), ("foobar", "mzxw6ytboi")] {
      #expect(TokenText.base32(Array(plain.utf8)) == text)
      #expect(TokenText.bytes(base32: text) == Array(plain.utf8))
    }
    #expect(TokenText.bytes(base32: "mz") == nil)
  }
}
