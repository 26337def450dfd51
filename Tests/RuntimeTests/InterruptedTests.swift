import Delivery
import RoostCore
import TestSupport
import Testing

@testable import Runtime

/// Moments between two commits, one by one.
@Suite struct InterruptedTests {
  private static let twice = #"{"segment":"twice","event":"Ordered","count":{"atLeast":2}}"#

  /// Ann is filled; then it turns out that she is somebody who is not filled yet. She is filled again.
  @Test func aMergeDuringAFillIsFilledAgain() throws {
    var limits = PartitionLimits()
    limits.fillsPerCommit = 1
    let desk = try Desk.open(limits)
    try desk.batch([
      Calls.track("Ordered", #""userId":"ann""#, id: "1"), Calls.track("Ordered", #""anonymousId":"web""#, id: "2"),
      Calls.track("Viewed", #""userId":"bob""#, id: "3"),
    ])
    try desk.put(.segment, "twice", Self.twice)
    #expect(desk.partition.fillSome())
    try desk.batch([Calls.identify(#""userId":"ann","anonymousId":"web""#, id: "4")])
    while desk.partition.fillSome() {}
    #expect(try desk.segments(of: "user:ann") == ["twice"])
    #expect(desk.partition.counts[Desk.shop]?.members == [1])
    let crashed = try desk.crashed()
    #expect(try crashed.segments(of: "user:ann") == ["twice"])
    #expect(try crashed.partition.snapshot().differences(from: desk.partition.snapshot()) == [])
  }

  /// A crash in the middle of a fill: it begins again.
  @Test func aFillGoesOnAfterACrash() throws {
    var limits = PartitionLimits()
    limits.fillsPerCommit = 1
    let desk = try Desk.open(limits)
    try desk.batch((0..<6).map { Calls.track("Ordered", #""userId":"u\#($0 % 3)""#, id: "\($0)") })
    try desk.put(.segment, "twice", Self.twice)
    #expect(desk.partition.fillSome())
    let crashed = try desk.crashed()
    while crashed.partition.fillSome() {}
    for user in 0..<3 { #expect(try crashed.segments(of: "user:u\(user)") == ["twice"]) }
    #expect(crashed.partition.counts[Desk.shop]?.members == [3])
  }

  private func waiting() throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    try desk.put(
      .journey, "welcome",
      #"""
      {"journey":"welcome","enter":{"event":"Signed Up"},"class":"transactional",
       "steps":[{"wait":"1d"},{"send":{"id":"hello","channel":"email","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "welcome", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([
      Calls.identify(#""userId":"ann""#, #"{"email":"ann@shop.example"}"#, id: "0"),
      Calls.track("Signed Up", #""userId":"ann""#, id: "1"),
    ])
    return desk
  }

  /// Resumed, and dead before anybody was woken: who waits is woken all the same.
  @Test(arguments: [false, true]) func aResumedJourneyGoesOn(dies: Bool) throws {
    let desk = try waiting()
    try desk.partition.act(Desk.shop, journey: "welcome", .pause)
    try desk.advance(by: .days(3))
    try desk.partition.act(Desk.shop, journey: "welcome", .resume)
    let after = dies ? try desk.crashed() : desk
    try after.advance(by: .hours(1))
    #expect(try after.message.template == "hello")
  }

  @Test(arguments: [false, true]) func anArchivedJourneyEnds(dies: Bool) throws {
    let desk = try waiting()
    try desk.partition.act(Desk.shop, journey: "welcome", .archive)
    let after = dies ? try desk.crashed() : desk
    try after.advance(by: .hours(1))
    let journey = try after.partition.describeDocument(Desk.shop, .journey, "welcome")
    #expect(journey["inside"]?.int == 0 && journey["exited"]?.int == 1)
  }

  /// A letter that the mailbox kept is not handed over later, though a channel is there by then.
  @Test func theMailboxKeepsWhatItHas() throws {
    let desk = try waiting()
    try desk.advance(by: .days(2))
    #expect(try desk.message.status == .sent)
    try desk.put(.channel, "post", #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example"}"#)
    let crashed = try desk.crashed()
    #expect(try crashed.message == desk.message)
    #expect(try crashed.claim().isEmpty && crashed.partition.outbox.isEmpty)
  }

  /// A known messageId with a new identifier gives nobody that identifier.
  @Test func aRepeatedEventClaimsNothing() throws {
    let desk = try Desk.open()
    try desk.batch([Calls.track("Viewed", #""userId":"ann""#, id: "1")])
    try desk.batch([Calls.track("Viewed", #""userId":"ann","anonymousId":"web""#, id: "1")])
    #expect(throws: Problem.self) { try desk.partition.person(Desk.shop, PersonReference("anonymous:web")) }
    try desk.batch([Calls.track("Viewed", #""anonymousId":"web""#, id: "2")])
    #expect(try desk.crashed().partition.snapshot().differences(from: desk.partition.snapshot()) == [])
  }

  /// An alias took over one of two meanings of a name; the other one stays whose it was, also after a start.
  @Test func anAliasTakesOnlyWhatIsFree() throws {
    let desk = try Desk.open()
    try desk.batch([
      Calls.identify(#""userId":"bob","anonymousId":"x""#, id: "1"), Calls.alias(from: "x", to: "ann", id: "2"),
    ])
    let bob = try desk.partition.person(Desk.shop, PersonReference("user:bob")).id
    #expect(try desk.partition.person(Desk.shop, PersonReference("anonymous:x")).id == bob)
    #expect(try desk.crashed().partition.snapshot().differences(from: desk.partition.snapshot()) == [])
  }
}
