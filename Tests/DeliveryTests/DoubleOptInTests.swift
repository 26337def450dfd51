import Events
import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct DoubleOptInTests {
  private static let hour = Instant(milliseconds: 0)

  private func answer(
    _ purpose: String, _ granted: Bool, at hours: Int64, _ world: GateWorld, _ person: inout PersonState
  ) throws {
    let symbol = try #require(world.symbols.intern(purpose))
    let source = try #require(world.symbols.intern("source"))
    var rules = ProfileRules(defaultCurrency: 0, consentSource: source, consentTextVersion: source)
    rules.confirmations = try world.gate.policies.confirmations(in: world.symbols)
    var writer = EventWriter()
    [UInt8]("m\(hours)".utf8).withUnsafeBytes {
      writer.begin(
        .consent, name: .none, timestamp: Self.hour + .hours(hours), receivedAt: Self.hour + .hours(hours),
        isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    writer.bool(.consent, symbol, granted)
    writer.end()
    writer.bytes.withUnsafeBytes { _ = person.apply(EventView(trusted: $0), rules: rules) }
  }

  private func fate(_ world: GateWorld, _ person: PersonState, _ channel: String = "email") -> String {
    var person = person
    return world.gate.decide(world.request(channel), &person, now: Self.hour + .days(9)).text
  }

  @Test func `A consent counts once it is confirmed, and anew after a refusal`() throws {
    let world = try GateWorld(#"{"doubleOptIn":["email"]}"#)
    var person = world.person()
    #expect(fate(world, person) == "skip unconfirmed")
    try answer("marketing.email", true, at: 1, world, &person)
    #expect(fate(world, person) == "skip unconfirmed")
    #expect(fate(world, person, "sms") == "deliver by sms")
    try answer("marketing.email.confirmed", true, at: 2, world, &person)
    #expect(fate(world, person) == "deliver by email")
    // Clients say yes with every call: that changes nothing.
    try answer("marketing.email", true, at: 3, world, &person)
    #expect(fate(world, person) == "deliver by email")
    for purpose in ["marketing.email", "marketing"] {
      var person = person
      try answer(purpose, false, at: 4, world, &person)
      #expect(fate(world, person) == "skip no_consent")
      try answer("marketing.email", true, at: 5, world, &person)
      #expect(fate(world, person) == "skip unconfirmed")
      // A confirmation from before the refusal that arrives late is none.
      try answer("marketing.email.confirmed", true, at: 3, world, &person)
      #expect(fate(world, person) == "skip unconfirmed")
      try answer("marketing.email.confirmed", true, at: 6, world, &person)
      #expect(fate(world, person) == "deliver by email")
    }
  }

  @Test(arguments: [
    (#"{"doubleOptIn":true}"#, "/doubleOptIn"), (#"{"doubleOptIn":["email","fax"]}"#, "/doubleOptIn/1"),
  ])
  func `What is wrong`(document: String, pointer: String) throws {
    let json = try JSONValue(parsing: document)
    let problem = #expect(throws: Problem.self) { try DeliveryPolicies(json: json) }
    #expect(problem?.findings.map(\.pointer) == [pointer])
  }
}
