import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// Letters for which there is no channel: what the built-in mailbox takes, and what a strict template lets out.
@Suite struct MailboxTests {
  private func desk(_ template: String, name: String = "Ann") throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", template)
    try desk.put(
      .journey, "welcome",
      #"""
      {"journey":"welcome","holdout":"0%","enter":{"event":"Signed Up"},"class":"transactional",
       "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "welcome", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([
      #"""
      {"type":"track","userId":"ann","event":"Signed Up","properties":{"count":0},
       "context":{"traits":{"email":"ann@shop.example"\#(name.isEmpty ? "" : ",\"first_name\":\"\(name)\"")}},"messageId":"m"}
      """#
    ])
    return desk
  }

  @Test func aLetterThatCannotBeRenderedIsNotSent() throws {
    let desk = try desk(#"{"channel":"email","subject":"Hello","text":"Hi\n {{ 10 | divided_by: event.count }}"}"#)
    #expect(try desk.message.status == .failed)
    let detail = try desk.message.detail
    #expect(detail.contains("line 2, column 5: divided_by"), "\(detail)")
    #expect(try desk.message.isInMailbox == false)
    #expect(try desk.crashed().message == desk.message)
  }

  @Test(arguments: [
    ("Ann", "true", MessageStatus.sent), ("", "true", .suppressed), ("", "false", .sent), ("Ann", "false", .sent),
  ])
  func aStrictTemplateLetsNoGapsOut(name: String, strict: String, status: MessageStatus) throws {
    let desk = try desk(
      #"{"channel":"email","strict":\#(strict),"subject":"Hello","text":"Hi {{ person.first_name }}"}"#, name: name)
    let message = try desk.message
    #expect(message.status == status)
    guard status == .suppressed else { return }
    #expect(message.reason == .missingValues && message.detail == "missing: person.first_name (text)")
    #expect(message.why.last == "the template is strict; missing: person.first_name (text)")
    #expect(try desk.crashed().message == message)
  }

  @Test func linksOfTheMailboxWork() throws {
    let desk = try desk(#"{"channel":"email","subject":"Hello","text":"{{ unsubscribe_url }} {{ preferences_url }}"}"#)
    #expect(try desk.partition.content(of: desk.message)?.text == "roost-link:unsubscribe roost-link:preferences")
    let signer = LinkSigner(secret: [1, 2, 3])
    desk.partition.links = { LetterLinks(signer: signer, baseURL: "https://shop.example") }
    let text = try #require(try desk.partition.content(of: desk.message)?.text)
    let links = text.split(separator: " ")
    let origin = LinkOrigin(workspace: Desk.shop, person: try desk.message.person, message: try desk.message.id)
    #expect(links[0].hasPrefix("https://shop.example/u/") && links[1].hasPrefix("https://shop.example/p/"))
    #expect(signer.link(String(links[0].dropFirst(23))) == .unsubscribe(origin))
    #expect(signer.link(String(links[1].dropFirst(23))) == .preferences(origin))
  }

  /// By hand: what `tracked_url` makes of links, with its label, while other links stay.
  @Test func trackedLinksLeadThroughHere() throws {
    let desk = try desk(
      #"""
      {"channel":"email","subject":"Hello",
       "text":"{{ 'https://a.example/?x=1' | tracked_url: 'top' }} {{ 'mailto:a@b.example' | tracked_url }} https://b.example"}
      """#)
    let message = try desk.message
    let signer = LinkSigner(secret: [1, 2, 3])
    let links = LetterLinks(signer: signer, baseURL: "https://shop.example")
    let rendering = try #require(try desk.partition.rendering(of: message))
    let text = try #require(try rendering.render(trackedURL: links.trackedURL(of: message)).text)
    let parts = text.split(separator: " ")
    let origin = LinkOrigin(workspace: Desk.shop, person: message.person, message: message.id)
    #expect(parts[0].hasPrefix("https://shop.example/c/"))
    #expect(
      signer.link(String(parts[0].dropFirst(23))) == .click(origin, url: "https://a.example/?x=1", label: "top"))
    #expect(parts[1...] == ["mailto:a@b.example", "https://b.example"])
  }
}
