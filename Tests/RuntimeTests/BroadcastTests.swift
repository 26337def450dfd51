import Channels
import Delivery
import Engine
import RoostCore
import Testing

@testable import Runtime

/// A broadcast over a channel that hands over only what the test lets it.
@Suite struct BroadcastTests {
  private static let people = 1_200

  /// Everybody has an address; every tenth refused, every hundredth has none.
  private func shop(_ broadcast: String, people: Int = people) throws -> Desk {
    let desk = try Desk.open()
    try desk.put(
      .template, "sale", #"{"channel":"email","subject":"Sale","text":"Hi {{ person.name }}","html":"<p>Hi</p>"}"#)
    try desk.put(
      .channel, "post", #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example","concurrency":50}"#)
    for start in stride(from: 0, to: people, by: 400) {
      try desk.batch(
        (start..<min(start + 400, people)).map { number in
          let address = number % 100 == 7 ? "" : #""email":"u\#(number)@shop.example","#
          let consent = number % 10 == 3 ? #","consent":{"categoryPreferences":{"marketing":false}}"# : ""
          return #"{"type":"identify","userId":"u\#(number)","messageId":"m\#(number)","#
            + #""traits":{\#(address)"name":"N\#(number)"},"context":{"a":1\#(consent)}}"#
        })
    }
    try desk.put(.broadcast, "spring", broadcast)
    return desk
  }

  private static let plain = #"{"segment":"everybody","channel":"post","template":"sale"}"#

  private func act(_ desk: Desk, _ action: BroadcastAction) throws {
    try desk.partition.act(Desk.shop, broadcast: "spring", action)
  }

  private func view(_ desk: Desk) throws -> BroadcastView { try desk.partition.broadcastView(Desk.shop, "spring") }

  private func messages(_ desk: Desk) throws -> [MessageRecord] {
    try desk.partition.messageRecords(Desk.shop, MessageFilter(), cursor: nil, limit: 100_000).records
  }

  /// Claims and hands over until nothing is due now; how many went out.
  @discardableResult
  private func handOver(_ desk: Desk, atMost: Int = .max) throws -> [MessageRecord] {
    var sent: [MessageRecord] = []
    while sent.count < atMost {
      while desk.partition.broadcastSome() {}
      let handoffs = try desk.claim()
      guard !handoffs.isEmpty else { break }
      for handoff in handoffs {
        sent.append(handoff.message)
        try desk.close(handoff, .sent(id: "", detail: "250"))
      }
    }
    while desk.partition.broadcastSome() {}
    return sent
  }

  /// Everything adds up: rows, counts kept along the way, audience.
  private func check(_ desk: Desk, audience: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let view = try view(desk)
    let proof = try #require(view.run.proof, sourceLocation: sourceLocation)
    let rows = Dictionary(grouping: try messages(desk), by: \.status).mapValues(\.count)
    #expect(view.counts == rows, sourceLocation: sourceLocation)
    #expect(proof.messages == rows, sourceLocation: sourceLocation)
    #expect(view.run.audience == audience, sourceLocation: sourceLocation)
    #expect(
      proof.audience == proof.reached + proof.merged + proof.erased + proof.untouched, sourceLocation: sourceLocation)
    #expect(desk.partition.metrics.value(.broadcastMismatches) == 0, sourceLocation: sourceLocation)
    #expect(Set(try messages(desk).map(\.person)).count == rows.values.reduce(0, +), sourceLocation: sourceLocation)
  }

  @Test func reachesEverybodyOnceAndProvesIt() throws {
    let desk = try shop(Self.plain)
    #expect(try view(desk).run.state == "draft")
    try act(desk, .start)
    let sent = try handOver(desk)
    // 120 refused; 12 of the others have no address (number % 100 == 7 never ends in 3).
    #expect(sent.count == 1_200 - 120 - 12)
    #expect(Set(sent.map(\.to)).count == sent.count)
    let view = try view(desk)
    #expect(view.run.state == "finished")
    #expect(view.counts == [.sent: 1_068, .suppressed: 132])
    #expect(view.turns == 1_200)
    try check(desk, audience: 1_200)
    // It is nobody's journey, and whoever comes later is too late.
    #expect(try desk.partition.journeyViews(Desk.shop).isEmpty)
    try desk.batch([#"{"type":"identify","userId":"late","traits":{"email":"late@shop.example"}}"#])
    #expect(try handOver(desk).isEmpty)
    // A finished one cannot be changed; what is learned about its letters still counts.
    #expect(throws: Problem.self) {
      try desk.put(.broadcast, "spring", #"{"segment":"everybody","channel":"post","template":"other"}"#)
    }
    #expect(throws: Problem.self) { try act(desk, .start) }
  }

  @Test func runsNoFurtherAheadThanAllowed() throws {
    let desk = try shop(Self.plain, people: 3_000)
    try act(desk, .start)
    while desk.partition.broadcastSome() {}
    #expect(desk.partition.outbox.count == BroadcastRun.leadMax)
    #expect(try handOver(desk).count == 3_000 - 300 - 30)
    try check(desk, audience: 3_000)
  }

  @Test(arguments: [false, true]) func pausesAndResumesWithoutLossOrDoubling(crash: Bool) throws {
    var desk = try shop(Self.plain)
    try act(desk, .start)
    var sent = try handOver(desk, atMost: 300)
    let underWay = try desk.claim()
    try act(desk, .pause)
    #expect(try view(desk).run.state == "paused")
    // What is on its way ends its way; nothing else leaves, nobody gets their turn.
    for handoff in underWay { try desk.close(handoff, .sent(id: "", detail: "250")) }
    sent += underWay.map(\.message)
    let turns = try view(desk).turns
    #expect(try handOver(desk).isEmpty)
    try desk.advance(by: .hours(2))
    #expect(try handOver(desk).isEmpty)
    #expect(try view(desk).turns == turns)
    // A crash does not end the pause.
    if crash { desk = try desk.crashed() }
    #expect(try view(desk).run.state == "paused")
    #expect(try handOver(desk).isEmpty)
    try act(desk, .resume)
    let rest = try handOver(desk)
    #expect(sent.count + rest.count == 1_068)
    #expect(Set((sent + rest).map(\.to)).count == 1_068)
    #expect(try view(desk).run.state == "finished")
    try check(desk, audience: 1_200)
  }

  @Test func stopsForGood() throws {
    let desk = try shop(Self.plain)
    try act(desk, .start)
    let sent = try handOver(desk, atMost: 300)
    let underWay = try desk.claim()
    #expect(underWay.count == 50)
    try act(desk, .stop)
    while desk.partition.broadcastSome() {}
    #expect(try view(desk).run.stage == .stopping)
    // One that failed for now is not tried again.
    try desk.close(underWay[0], .deferred(detail: "451", retryAfter: nil, fault: .message))
    for handoff in underWay.dropFirst() { try desk.close(handoff, .sent(id: "", detail: "250")) }
    while desk.partition.broadcastSome() {}
    #expect(try handOver(desk).isEmpty)
    let view = try view(desk)
    #expect(view.run.stage == .stopped)
    #expect(view.counts[.sent] == sent.count + 49)
    #expect(view.counts[.scheduled] == nil)
    let stopped = try messages(desk).filter { $0.reason == .broadcastStopped }
    #expect(stopped.count == view.counts[.suppressed, default: 0] - (view.turns - sent.count - 49 - stopped.count))
    #expect(!stopped.isEmpty)
    try check(desk, audience: 1_200)
    #expect(view.run.proof?.untouched == 1_200 - view.turns)
    let other = try desk.crashed()
    #expect(try handOver(other).isEmpty)
    #expect(try self.view(other).counts == view.counts)
  }

  @Test(arguments: [0, 1, 3, 7, 20]) func goesOnAfterACrash(commits: Int) throws {
    var desk = try shop(Self.plain)
    try act(desk, .start)
    for _ in 0..<commits { _ = desk.partition.broadcastSome() }
    var sent: [MessageRecord] = []
    for handoff in try desk.claim() {
      sent.append(handoff.message)
      try desk.close(handoff, .sent(id: "", detail: "250"))
    }
    // These were on their way: nobody knows whether they arrived.
    let unknown = try desk.claim()
    desk = try desk.crashed()
    sent += try handOver(desk)
    #expect(sent.count + unknown.count == 1_068)
    #expect(Set((sent + unknown.map(\.message)).map(\.to)).count == 1_068)
    let view = try view(desk)
    #expect(view.run.state == "finished")
    #expect(view.counts[.ambiguous] ?? 0 == unknown.count)
    try check(desk, audience: 1_200)
  }

  @Test func keepsItsRate() throws {
    let desk = try shop(
      #"{"segment":"everybody","channel":"post","template":"sale","rate":"120/min"}"#, people: 100)
    try act(desk, .start)
    let start = desk.partition.now()
    var sentAt: [Int64] = []
    while try view(desk).run.state != "finished" {
      while desk.partition.broadcastSome() {}
      for handoff in try desk.claim() {
        sentAt.append((desk.partition.now() - start).milliseconds)
        try desk.close(handoff, .sent(id: "", detail: "250"))
      }
      let next = [desk.partition.nextHandoff(), desk.partition.nextBroadcast()].compactMap { $0 }.min()
      guard let next else { break }
      desk.partition.setClock(max(next, desk.partition.now()))
    }
    #expect(sentAt.count == 89)
    // Two a second, the first second's worth at once.
    for (place, at) in sentAt.enumerated() { #expect(at >= Int64(max(0, place - 1)) * 500) }
    #expect(try #require(sentAt.last) <= 45_000)
  }

  @Test(arguments: [false, true]) func theBetterSubjectGoesToEverybodyElse(crash: Bool) throws {
    var desk = try shop(
      #"""
      {"segment":"everybody","channel":"post","template":"sale",
       "test":{"subjects":["Plain","{{ person.name }}, a sale"],"share":"25%","decideAfter":"4h","by":"opened"}}
      """#)
    try act(desk, .start)
    let trial = try handOver(desk)
    #expect(try view(desk).run.state == "testing")
    #expect((150...350).contains(trial.count))
    #expect(Set(trial.map(\.step)) == ["variant-1", "variant-2"])
    #expect(
      trial.filter { $0.step == "variant-2" }.allSatisfy {
        $0.subject.hasSuffix(", a sale") && $0.subject.hasPrefix("N")
      })
    #expect(trial.filter { $0.step == "variant-1" }.allSatisfy { $0.subject == "Plain" })
    // Of the second three in four are opened, of the first one in four.
    for (place, message) in trial.enumerated() where (place % 4 == 0) == (message.step == "variant-1") {
      let feedback = MessageFeedback(
        workspace: Desk.shop, person: message.person, message: message.id, news: .opened(isMachine: false))
      desk.partition.take([.init(feedback: feedback, completion: nil)])
    }
    try desk.advance(by: .hours(3))
    #expect(try view(desk).run.state == "testing")
    if crash { desk = try desk.crashed() }
    // Nobody hands over yet, so that time cannot pass the moment at which there is something to do.
    desk.partition.setClock(desk.partition.now() + .hours(1))
    let rest = try handOver(desk)
    let view = try view(desk)
    #expect(view.run.decision?.winner == 2)
    #expect(view.run.decision?.figures.map(\.sent).reduce(0, +) == trial.count)
    #expect(rest.allSatisfy { $0.step == "variant-2" && $0.version == 2 })
    #expect(trial.count + rest.count == 1_068)
    #expect(Set((trial + rest).map(\.to)).count == 1_068)
    #expect(view.run.state == "finished")
    try check(desk, audience: 1_200)
  }

  @Test func erasedAndMergedPeopleAreAccountedFor() throws {
    let desk = try shop(Self.plain, people: 1_000)
    try act(desk, .start)
    _ = desk.partition.broadcastSome()
    let first = try handOver(desk, atMost: 100)
    try act(desk, .pause)
    // One who had it, and somebody who may still wait.
    try desk.partition.erase(Desk.shop, PersonReference(first[0].person.text))
    try desk.partition.erase(Desk.shop, PersonReference("user:u999"))
    // Two turn out to be one.
    try desk.batch([#"{"type":"identify","userId":"u998","anonymousId":"a1","messageId":"x1"}"#])
    try act(desk, .resume)
    try handOver(desk)
    let view = try view(desk)
    #expect(view.run.state == "finished")
    let proof = try #require(view.run.proof)
    #expect(proof.erased == 2)
    #expect(proof.reached == 998)
    #expect(view.erased + view.counts.values.reduce(0, +) >= 999)
    #expect(desk.partition.metrics.value(.broadcastMismatches) == 0)
  }

  @Test func aDeletedOneMayBePutAgain() throws {
    let desk = try shop(Self.plain, people: 20)
    try act(desk, .start)
    #expect(throws: Problem.self) { try desk.partition.removeBroadcast(Desk.shop, "spring") }
    let first = try handOver(desk)
    try desk.partition.removeBroadcast(Desk.shop, "spring")
    #expect(throws: Problem.self) { try view(desk) }
    try desk.put(.broadcast, "spring", Self.plain)
    #expect(try view(desk).run.state == "draft")
    try act(desk, .start)
    let second = try handOver(desk)
    #expect(Set(first.map(\.to)) == Set(second.map(\.to)))
    #expect(Set(first.map(\.journey) + second.map(\.journey)) == ["broadcast:spring", "broadcast:spring:2"])
  }

  @Test func startNamesWhatIsMissing() throws {
    let desk = try shop(
      #"{"segment":"vip","exclude":"sad","channel":"pigeon","template":"none","test":{"subjects":["A","B"]}}"#,
      people: 1)
    do {
      try act(desk, .start)
      Issue.record("started")
    } catch let problem as Problem {
      #expect(problem.findings.map(\.pointer) == ["/segment", "/exclude", "/channel", "/template"])
    }
  }
}
