import Delivery
import Engine
import Profiles
import RoostCore
import Testing

/// The message that asks for a confirmation, as the engine decides it.
@Suite struct ConfirmingRequestTests {
  private func world(_ policies: String = #"{"doubleOptIn":["email"]}"#) throws -> World {
    var world = try World()
    try world.put(.policies, "policies", policies)
    return world
  }

  @Test func `A yes is asked about, in the person's language`() throws {
    var world = try world()
    let effects = try world.track(
      "Signed Up", at: .hours(1), traits: [("email", .string("ann@x.example")), ("language", .string("ru"))],
      consents: [("marketing.email", true)])
    let message = try #require(effects?.messages.first)
    #expect(effects?.messages.count == 1)
    #expect(message.messageClass == .transactional && message.status == .scheduled && message.to == "ann@x.example")
    #expect(message.template == "confirm-email" && message.templateVersion == 0 && message.journey.isEmpty)
    #expect(message.subject == "Подтвердите подписку на Shop")
    #expect(message.reasons?.language == "ru" && message.reasons?.enteredAt == nil)
    #expect(
      message.sentences == [
        "transactional: no consent is needed", "no channel email is configured: the built-in mailbox keeps it",
      ])
  }

  @Test func `A yes without an address is asked about once there is one`() throws {
    var world = try world()
    #expect(try world.track("Signed Up", at: .hours(1), consents: [("marketing", true)])?.messages.isEmpty == true)
    let later = try world.track("Told", at: .hours(2), traits: [("email", .string("ann@x.example"))])
    #expect(later?.messages.map(\.step) == ["confirm-email"])
    #expect(try world.track("Told", at: .hours(3), traits: [("name", .string("Ann"))])?.messages.isEmpty == true)
    // Another address is another question, a day later.
    let other = try world.track("Told", at: .hours(30), traits: [("email", .string("new@x.example"))])
    #expect(other?.messages.map(\.to) == ["new@x.example"])
  }

  @Test func `A no, history and a confirmed yes are not asked about`() throws {
    var world = try world()
    let mail: [(String, Value)] = [("email", .string("ann@x.example"))]
    #expect(
      try world.track("A", at: .hours(1), traits: mail, consents: [("marketing", false)])?.messages.isEmpty == true)
    let imported = try world.track("B", at: .hours(2), consents: [("marketing", true)], isHistorical: true)
    #expect(imported?.messages.isEmpty == true)
    let both = [("marketing", true), ("marketing.email.confirmed", true)]
    #expect(try world.track("C", at: .hours(3), consents: both)?.messages.isEmpty == true)
  }

  @Test func `The workspace's own template takes the place of the built-in one`() throws {
    var world = try world()
    try world.letter("confirm-email", "Is it you?")
    let effects = try world.track(
      "Signed Up", at: .hours(1), traits: [("email", .string("ann@x.example"))], consents: [("marketing", true)])
    #expect(effects?.letters == ["confirm-email: Is it you?"])
    var other = try self.world(#"{"doubleOptIn":{"email":{"template":"gone"}}}"#)
    let none = try other.track(
      "Signed Up", at: .hours(1), traits: [("email", .string("ann@x.example"))], consents: [("marketing", true)])
    #expect(none?.letters == ["gone: no_template"])
  }
}
