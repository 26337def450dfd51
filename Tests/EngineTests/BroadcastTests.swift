import Delivery
import RoostCore
import Testing

@testable import Engine

@Suite struct BroadcastDefinitionTests {
  private func read(_ json: String) throws -> BroadcastDefinition {
    try BroadcastDefinition(json: JSONValue(parsing: json), key: "spring")
  }

  private func findings(_ json: String) throws -> [String] {
    do {
      _ = try read(json)
      return []
    } catch let problem as Problem { return problem.findings.map(\.pointer) }
  }

  @Test func readsEverything() throws {
    let spring = try read(
      """
      {"broadcast":"spring","name":"Spring","segment":"vip","exclude":"sad","channel":"email","template":"sale",
       "class":"marketing","at":"2026-03-01T10:00:00Z","rate":"600/min","quiet":"skip","over":"hold","tags":["promo"],
       "holdout":"5%","test":{"subjects":["A","B"],"share":"10%","decideAfter":"2h","by":"clicked","atLeast":"1.5%"}}
      """)
    #expect(spring.segment == "vip")
    #expect(spring.at == Instant(iso8601: "2026-03-01T10:00:00Z"))
    #expect(spring.rate?.messages == 600)
    #expect(spring.test?.atLeast == Share(hundredths: 150))
    #expect(spring.test?.variants == .subjects(["A", "B"]))
    // Three variants: the shares of the split make a whole.
    let three = try read(
      #"{"segment":"everybody","channel":"email","test":{"templates":["a","b","c"],"share":"20%"}}"#)
    guard case .split(let ways)? = three.trial(number: 1)?.steps.first?.action else {
      Issue.record("no split")
      return
    }
    #expect(ways.map(\.share.hundredths) == [3333, 3333, 3334])
  }

  @Test func saysWhatIsWrong() throws {
    #expect(try findings(#"{"segment":"vip","channel":"email"}"#) == ["/template"])
    #expect(try findings(#"{"channel":"email","template":"a"}"#) == ["/segment"])
    #expect(
      try findings(#"{"segment":"vip","channel":"email","template":"a","at":"soon","rate":"fast","colour":1}"#)
        == ["/colour", "/rate", "/at"])
    let test = #"{"segment":"vip","channel":"email","template":"a","test":"#
    #expect(try findings(test + #"{"subjects":["A"]}}"#) == ["/test/subjects"])
    #expect(try findings(test + #"{"subjects":["A","A"]}}"#) == ["/test/subjects/1"])
    #expect(try findings(test + #"{"subjects":["A","B"],"templates":["a","b"]}}"#) == ["/test"])
    #expect(try findings(test + #"{"templates":["a","b"]}}"#) == ["/template"])
    #expect(try findings(test + #"{"subjects":["A","B"],"share":"100%","by":"read"}}"#) == ["/test/share", "/test/by"])
    #expect(try findings(#"{"broadcast":"autumn","segment":"vip","channel":"email","template":"a"}"#) == ["/broadcast"])
    #expect(try findings(#"[]"#) == [""])
  }
}

@Suite struct BroadcastRunTests {
  private let noon = Instant(iso8601: "2026-03-01T12:00:00Z")!
  private let test = BroadcastDefinition.VariantTest(
    variants: .subjects(["A", "B"]), share: Share(hundredths: 2_000), decideAfter: .hours(4), by: .opened,
    atLeast: .none)

  @Test func runsThroughItsStages() throws {
    var run = BroadcastRun()
    var known = BroadcastRun.Surroundings()
    #expect(run.state == "draft")
    #expect(run.work(nil, known, now: noon) == .rest(until: nil))
    _ = try run.take(.start(version: 3, at: noon + .hours(1)), now: noon)
    #expect(run.state == "scheduled")
    #expect(run.work(nil, known, now: noon) == .rest(until: noon + .hours(1)))
    #expect(run.work(nil, known, now: noon + .hours(1)) == .change(.due))
    #expect(try run.take(.due, now: noon + .hours(1)) == [.restartWalk])
    #expect(run.state == "sending")
    #expect(run.work(nil, known, now: noon) == .gather)
    known.isExact = false
    #expect(run.work(nil, known, now: noon) == .rest(until: nil))
    known.isExact = true
    _ = try run.take(.gathered(people: 9, lists: 1, hasTest: false), now: noon)
    #expect(run.work(nil, known, now: noon) == .enter(sample: false, peopleMax: BroadcastRun.peoplePerCommit))
    known.room = 3
    #expect(run.work(nil, known, now: noon) == .enter(sample: false, peopleMax: 3))
    known.room = 0
    known.nextRoomAt = noon + .seconds(1)
    #expect(run.work(nil, known, now: noon) == .rest(until: noon + .seconds(1)))
    // It does not run ahead of the hand-offs.
    known.room = .max
    known.scheduled = BroadcastRun.leadMax - 2
    #expect(run.work(nil, known, now: noon) == .enter(sample: false, peopleMax: 2))
    known.scheduled = BroadcastRun.leadMax
    #expect(run.work(nil, known, now: noon) == .rest(until: nil))
    known.isWalked = true
    known.scheduled = 1
    #expect(run.work(nil, known, now: noon) == .rest(until: nil))
    known.scheduled = 0
    known.held = 1
    #expect(run.work(nil, known, now: noon) == .rest(until: nil))
    known.held = 0
    #expect(run.work(nil, known, now: noon) == .prove)
    var proof = BroadcastProof()
    (proof.audience, proof.reached, proof.untouched) = (9, 8, 1)
    #expect(throws: Problem.self) { _ = try run.take(.proved(proof), now: noon) }
    (proof.reached, proof.untouched) = (9, 0)
    _ = try run.take(.proved(proof), now: noon)
    #expect(run.state == "finished")
    #expect(run.endedAt == noon)
  }

  @Test func triesVariantsFirst() throws {
    var run = BroadcastRun()
    var known = BroadcastRun.Surroundings()
    _ = try run.take(.start(version: 1, at: nil), now: noon)
    _ = try run.take(.gathered(people: 100, lists: 1, hasTest: true), now: noon)
    #expect(run.state == "testing")
    #expect(run.work(test, known, now: noon) == .enter(sample: true, peopleMax: BroadcastRun.peoplePerCommit))
    known.isWalked = true
    #expect(run.work(test, known, now: noon) == .change(.sampled))
    _ = try run.take(.sampled, now: noon)
    #expect(run.work(test, known, now: noon) == .rest(until: noon + .hours(4)))
    _ = try run.take(.pause, now: noon)
    #expect(run.state == "paused")
    #expect(run.work(test, known, now: noon + .hours(5)) == .rest(until: nil))
    #expect(try run.take(.resume, now: noon) == [.release])
    #expect(run.work(test, known, now: noon + .hours(4)) == .decide)
    let decision = BroadcastDecision(
      [.init(variant: 1, sent: 10, opened: 1, clicked: 0), .init(variant: 2, sent: 10, opened: 2, clicked: 0)],
      of: test, at: noon)
    #expect(try run.take(.decided(decision), now: noon) == [.restartWalk])
    #expect(run.state == "sending")
    #expect(run.decision?.winner == 2)
    // As it lies in the log.
    #expect(BroadcastRun(json: run.json) == run)
  }

  @Test func stopsOnceAndForAll() throws {
    var run = BroadcastRun()
    #expect(throws: Problem.self) { _ = try run.take(.stop, now: noon) }
    #expect(throws: Problem.self) { _ = try run.take(.pause, now: noon) }
    _ = try run.take(.start(version: 1, at: nil), now: noon)
    #expect(throws: Problem.self) { _ = try run.take(.start(version: 1, at: nil), now: noon) }
    _ = try run.take(.gathered(people: 5, lists: 1, hasTest: false), now: noon)
    _ = try run.take(.pause, now: noon)
    #expect(try run.take(.pause, now: noon) == [])
    _ = try run.take(.stop, now: noon)
    #expect(run.state == "stopped")
    #expect(!run.isPaused)
    var known = BroadcastRun.Surroundings()
    known.hasOpen = true
    #expect(run.work(nil, known, now: noon) == .withdraw)
    known.hasOpen = false
    #expect(run.work(nil, known, now: noon) == .prove)
    #expect(throws: Problem.self) { _ = try run.take(.resume, now: noon) }
    #expect(throws: Problem.self) { _ = try run.take(.remove, now: noon) }
    _ = try run.take(.proved(BroadcastProof()), now: noon)
    #expect(run.isOver)
    _ = try run.take(.remove, now: noon)
    #expect(run.isRemoved)
    // One whose time has not come has nothing to settle.
    var early = BroadcastRun()
    _ = try early.take(.start(version: 1, at: noon + .hours(1)), now: noon)
    _ = try early.take(.stop, now: noon)
    #expect(early.stage == .stopped)
  }
}

@Suite struct BroadcastDecisionTests {
  private func winner(
    _ figures: [(sent: Int, opened: Int, clicked: Int)], by: BroadcastDefinition.VariantTest.Measure = .opened,
    atLeast: Int = 0
  ) -> Int {
    let test = BroadcastDefinition.VariantTest(
      variants: .subjects(figures.map { "\($0)" }), share: .whole, decideAfter: .hours(1), by: by,
      atLeast: Share(hundredths: atLeast))
    let list = figures.enumerated().map {
      VariantFigures(variant: $0 + 1, sent: $1.sent, opened: $1.opened, clicked: $1.clicked)
    }
    return BroadcastDecision(list, of: test, at: Instant(milliseconds: 0)).winner
  }

  @Test func theBestShareWins() {
    #expect(winner([(100, 20, 0), (100, 21, 0)]) == 2)
    // 30 of 200 is less than 20 of 100, though more were opened.
    #expect(winner([(100, 20, 0), (200, 30, 0)]) == 1)
    #expect(winner([(100, 20, 1), (100, 10, 3), (100, 90, 2)], by: .clicked) == 2)
  }

  @Test func theFirstWinsWhatIsNotDecided() {
    #expect(winner([(100, 20, 0), (100, 20, 0)]) == 1)
    #expect(winner([(0, 0, 0), (0, 0, 0)]) == 1)
    // 22 % against 20 % are two points: enough for two, too little for 2.01.
    #expect(winner([(100, 20, 0), (100, 22, 0)], atLeast: 200) == 2)
    #expect(winner([(100, 20, 0), (100, 22, 0)], atLeast: 201) == 1)
    // Of equally good ones the earlier.
    #expect(winner([(100, 10, 0), (50, 10, 0), (100, 20, 0)]) == 2)
    // Nobody got the first one.
    #expect(winner([(0, 0, 0), (10, 1, 0)]) == 2)
  }
}

@Suite struct BroadcastTallyTests {
  @Test func movesKeepTheSum() throws {
    var tally = BroadcastTally()
    let row = BroadcastTally.Row(version: 1, step: "variant-2")
    tally.add(.init(row: row, from: nil, to: .status(.scheduled)), 10)
    tally.add(.init(row: row, from: .status(.scheduled), to: .status(.sent)), 7)
    tally.add(.init(row: row, from: .status(.sent), to: .status(.opened)), 3)
    tally.add(.init(row: row, from: .status(.opened), to: .status(.clicked)), 1)
    tally.add(.init(row: row, from: .status(.scheduled), to: .erased), 1)
    tally.add(.init(row: .init(version: 2, step: "variant-2"), from: nil, to: .status(.sent)), 5)
    #expect(tally.total == 15)
    #expect(tally.byStatus == [.scheduled: 2, .sent: 9, .opened: 2, .clicked: 1])
    #expect(
      tally.figures(ofVariant: 2, trialOnly: true) == VariantFigures(variant: 2, sent: 7, opened: 3, clicked: 1))
    #expect(tally.figures(ofVariant: 2, trialOnly: false).sent == 12)
    #expect(BroadcastTally(json: tally.json) == tally)
  }

  @Test func movesAreReadAsWritten() throws {
    var moves = TallyMoves()
    let row = BroadcastTally.Row(version: 2, step: "send")
    let key = TallyMoves.Key(
      workspace: WorkspaceID(3), journey: Symbol(77), move: .init(row: row, from: nil, to: .status(.held)))
    moves.add(key)
    moves.add(key)
    moves.add(
      .init(workspace: WorkspaceID(3), journey: Symbol(77), move: .init(row: row, from: .status(.held), to: .erased)))
    let read = try moves.encoded.withUnsafeBytes { try TallyMoves(decoding: $0) }
    #expect(read.counts == moves.counts)
    #expect(read.counts[key] == 2)
    for count in 0..<moves.encoded.count where count > 0 {
      // Cut anywhere inside a line it is refused, never misread beyond what it has.
      _ = try? moves.encoded.prefix(count).withUnsafeBytes { try TallyMoves(decoding: UnsafeRawBufferPointer($0)) }
    }
  }
}
