import RoostCore
import Testing

@testable import Channels

@Suite struct SMPPSessionTests {
  private static func configuration(_ change: (inout SMPPConfiguration) -> Void = { _ in }) throws -> SMPPConfiguration
  {
    var configuration = try SMPPConfiguration(url: "smpp://esme:secret@localhost", sender: "Shop")
    configuration.window = 2
    configuration.timeout = .seconds(10)
    change(&configuration)
    return configuration
  }

  /// A bound session at time 0.
  private func bound(_ change: (inout SMPPConfiguration) -> Void = { _ in }) throws -> SMPPSession {
    var session = SMPPSession(configuration: try Self.configuration(change), role: .transceiver)
    _ = session.connected(now: 0)
    _ = session.received(SMPPPDU(.bindTransceiverResp, sequence: 1, body: .system("SMSC")), now: 0)
    return session
  }

  private func parts(_ count: Int) -> [SMPPMessage] {
    (0..<count).map { number in
      var message = SMPPMessage()
      message.text = [UInt8(number)]
      return message
    }
  }

  private func submitted(_ actions: [SMPPSession.Action]) -> [UInt32] {
    actions.compactMap { action in
      guard case .send(let pdu) = action, pdu.command == SMPPCommand.submitSM.rawValue else { return nil }
      return pdu.sequence
    }
  }

  private func taken(_ sequence: UInt32, _ id: String) -> SMPPPDU {
    SMPPPDU(.submitSMResp, sequence: sequence, body: .messageID(id))
  }

  private func refused(_ sequence: UInt32, _ status: UInt32) -> SMPPPDU {
    SMPPPDU(.submitSMResp, status: SMPPStatus(status), sequence: sequence)
  }

  @Test func binds() throws {
    var session = SMPPSession(configuration: try Self.configuration(), role: .transceiver)
    let bind = SMPPBind(systemID: "esme", password: "secret", systemType: "")
    #expect(session.connected(now: 0) == [.send(SMPPPDU(.bindTransceiver, sequence: 1, body: .bind(bind)))])
    #expect(session.deadline == 10_000)
    #expect(
      session.received(SMPPPDU(.bindTransceiverResp, sequence: 1, body: .system("SMSC")), now: 5) == [.bound])
    #expect(session.systemID == "SMSC")
    // Silence is broken after 30 s, and silence after that is the end.
    #expect(session.deadline == 30_005)
    #expect(session.tick(now: 30_005) == [.send(SMPPPDU(.enquireLink, sequence: 2))])
    #expect(session.deadline == 40_005)
    #expect(session.received(SMPPPDU(.enquireLinkResp, sequence: 2), now: 30_100) == [])
    #expect(session.deadline == 60_100)
    _ = session.tick(now: 60_100)
    #expect(session.tick(now: 70_100) == [.close(SMPPFailure(.timedOut, "the centre does not answer any more"))])
  }

  @Test func wrongPassword() throws {
    var session = SMPPSession(configuration: try Self.configuration(), role: .transceiver)
    _ = session.connected(now: 0)
    let answer = SMPPPDU(.bindTransceiverResp, status: SMPPStatus(0x0E), sequence: 1)
    #expect(
      session.received(answer, now: 1)
        == [
          .close(
            SMPPFailure(.bindRefused(isCredentials: true), "the centre refused the bind: ESME_RINVPASWD (0xe)"))
        ])
  }

  @Test func theWindowHoldsBack() throws {
    var session = try bound()
    #expect(submitted(session.submit(1, parts(1), now: 0)) == [2])
    #expect(submitted(session.submit(2, parts(1), now: 0)) == [3])
    #expect(session.submit(3, parts(1), now: 0) == [])
    // Answers come in any order.
    let actions = session.received(taken(3, "b"), now: 1)
    #expect(actions.first == .finished(2, .sent(id: "b", detail: "taken as b")))
    #expect(submitted(actions) == [4])
    #expect(session.received(taken(99, "x"), now: 1) == [])
  }

  @Test func theFirstPartGoesAlone() throws {
    var session = try bound { $0.window = 10 }
    #expect(submitted(session.submit(1, parts(3), now: 0)) == [2])
    #expect(submitted(session.received(taken(2, "a"), now: 0)) == [3, 4])
    #expect(session.received(taken(4, "c"), now: 0) == [])
    #expect(
      session.received(taken(3, "b"), now: 0) == [
        .finished(1, .sent(id: "a b c", detail: "taken in 3 parts as a, b, c"))
      ])
  }

  @Test func whatRefusesTheFirstPartRefusesTheMessage() throws {
    var session = try bound()
    _ = session.submit(1, parts(3), now: 0)
    #expect(
      session.received(refused(2, 0x0B), now: 0) == [.finished(1, .gone(detail: "ESME_RINVDSTADR (0xb)", since: nil))])
    _ = session.submit(2, parts(2), now: 0)
    #expect(
      session.received(refused(3, 0x08), now: 0)
        == [.finished(2, .deferred(detail: "ESME_RSYSERR (0x8)", retryAfter: nil, fault: .message))])
    #expect(session.jobs.isEmpty && session.ready.isEmpty)
  }

  @Test func aLaterPartRefusedLeavesATorso() throws {
    var session = try bound { $0.window = 10 }
    _ = session.submit(1, parts(3), now: 0)
    _ = session.received(taken(2, "a"), now: 0)
    #expect(session.received(refused(3, 0x0B), now: 0) == [])
    #expect(
      session.received(taken(4, "c"), now: 0)
        == [.finished(1, .rejected(detail: "1 of 3 parts were taken; then: ESME_RINVDSTADR (0xb)"))])
  }

  @Test func aLaterPartPutOffIsTriedAgain() throws {
    var session = try bound { $0.window = 10 }
    _ = session.submit(1, parts(2), now: 0)
    _ = session.received(taken(2, "a"), now: 0)
    #expect(session.received(refused(3, 0x08), now: 0) == [])
    #expect(session.deadline == 5_000)
    #expect(submitted(session.tick(now: 5_000)) == [4])
    #expect(
      session.received(taken(4, "b"), now: 5_001) == [
        .finished(1, .sent(id: "a b", detail: "taken in 2 parts as a, b"))
      ])
  }

  @Test func throttlingPausesAndDoubles() throws {
    var session = try bound()
    _ = session.submit(1, parts(1), now: 0)
    _ = session.submit(2, parts(1), now: 0)
    #expect(session.received(refused(2, 0x58), now: 0) == [])
    // The other one of the same window is the same refusal.
    #expect(session.received(refused(3, 0x14), now: 10) == [])
    #expect(session.deadline == 1_000)
    #expect(session.tick(now: 999) == [])
    #expect(submitted(session.tick(now: 1_000)).count == 2)
    _ = session.received(refused(4, 0x58), now: 1_000)
    #expect(session.throttle.until == 3_000)
    let again = session.received(taken(5, "x"), now: 1_001)
    #expect(again.count == 1)
    #expect(submitted(session.tick(now: 3_000)).count == 1)
  }

  @Test func throttlingForLongGivesMessagesBack() throws {
    var session = try bound { $0.window = 1 }
    var actions = session.submit(1, parts(1), now: 0)
    _ = session.submit(2, parts(1), now: 0)
    var now: Int64 = 0
    var finished: [SMPPSession.Action] = []
    for _ in 0..<4 {
      let sequence = try #require(submitted(actions).first)
      finished = session.received(refused(sequence, 0x58), now: now)
      now = session.throttle.until
      actions = session.tick(now: now)
    }
    #expect(
      Set(finished.map { "\($0)" })
        == Set(
          [1, 2].map { id in
            let detail = id == 1 ? "ESME_RTHROTTLED (0x58)" : "the centre throttles"
            return
              "\(SMPPSession.Action.finished(id, .deferred(detail: detail, retryAfter: .seconds(8), fault: .throttled)))"
          }))
    #expect(now == 15_000)
  }

  @Test func aLostAnswerIsUnknownAndTheLinkIsAsked() throws {
    var session = try bound()
    _ = session.submit(1, parts(1), now: 0)
    let actions = session.tick(now: 10_000)
    #expect(actions.first == .finished(1, .unknown(detail: "the centre did not answer in time")))
    #expect(actions.last == .send(SMPPPDU(.enquireLink, sequence: 3)))
    // Too late.
    #expect(session.received(taken(2, "a"), now: 10_001) == [])
  }

  @Test func aBrokenConnection() throws {
    var session = try bound { $0.window = 1 }
    _ = session.submit(1, parts(1), now: 0)
    _ = session.submit(2, parts(1), now: 0)
    let failure = SMPPFailure(.connectionLost, "the connection ended")
    #expect(
      session.lost(failure)
        == [
          .finished(1, .unknown(detail: "no answer came: the connection ended")), .returned(2), .close(failure),
        ])
    #expect(session.submit(3, parts(1), now: 0) == [.returned(3)])
    #expect(session.lost(failure) == [])
  }

  @Test func aBrokenConnectionBetweenParts() throws {
    var session = try bound { $0.window = 1 }
    _ = session.submit(1, parts(3), now: 0)
    _ = session.received(taken(2, "a"), now: 0)
    let failure = SMPPFailure(.connectionLost, "gone")
    #expect(
      session.lost(failure).first
        == .finished(1, .unknown(detail: "1 of 3 parts were taken; then: no answer came: gone")))
  }

  @Test func goodbyes() throws {
    var session = try bound()
    _ = session.submit(1, parts(1), now: 0)
    // What is under way is awaited.
    #expect(session.unbind(now: 0) == [])
    let actions = session.received(taken(2, "a"), now: 1)
    #expect(actions.last == .send(SMPPPDU(.unbind, sequence: 3)))
    #expect(
      session.received(SMPPPDU(.unbindResp, sequence: 3), now: 2)
        == [.close(SMPPFailure(.shutDown, "the connection was unbound"))])
    var other = try bound()
    #expect(
      other.received(SMPPPDU(.unbind, sequence: 77), now: 0)
        == [
          .send(SMPPPDU(.unbindResp, sequence: 77)),
          .close(SMPPFailure(.unbound, "the centre unbound the connection")),
        ])
  }

  @Test func whatTheCentreAsks() throws {
    var session = try bound()
    #expect(
      session.received(SMPPPDU(.enquireLink, sequence: 9), now: 0) == [.send(SMPPPDU(.enquireLinkResp, sequence: 9))])
    let message = SMPPMessage()
    for (command, answer) in [(SMPPCommand.deliverSM, SMPPCommand.deliverSMResp), (.dataSM, .dataSMResp)] {
      #expect(
        session.received(SMPPPDU(command, sequence: 4, body: .message(message)), now: 0)
          == [.inbound(message, command: command.rawValue, sequence: 4)])
      #expect(
        session.answered(command.rawValue, 4, isKept: true)
          == [.send(SMPPPDU(answer, sequence: 4, body: .messageID("")))])
    }
    _ = session.received(SMPPPDU(.deliverSM, sequence: 5, body: .message(message)), now: 0)
    #expect(
      session.answered(SMPPCommand.deliverSM.rawValue, 5, isKept: false)
        == [.send(SMPPPDU(.deliverSMResp, status: SMPPStatus(0x64), sequence: 5, body: .messageID("")))])
    var unknown = SMPPPDU(.outbind, sequence: 6)
    unknown.command = 0x0000_0777
    #expect(
      session.received(unknown, now: 0)
        == [.send(SMPPPDU(.genericNack, status: .invalidCommand, sequence: 6))])
    unknown.command = 0x8000_0777
    #expect(session.received(unknown, now: 0) == [])
  }

  @Test func aNackIsAnAnswer() throws {
    var session = try bound()
    _ = session.submit(1, parts(1), now: 0)
    #expect(
      session.received(SMPPPDU(.genericNack, status: SMPPStatus(3), sequence: 2), now: 0)
        == [.finished(1, .rejected(detail: "ESME_RINVCMDID (0x3)"))])
  }

  @Test func theOperatorsOwnTemporaryCodes() throws {
    var session = try bound { $0.temporaryCodes = [0x412] }
    _ = session.submit(1, parts(1), now: 0)
    _ = session.submit(2, parts(1), now: 0)
    #expect(
      session.received(refused(2, 0x412), now: 0)
        == [.finished(1, .deferred(detail: "status (0x412)", retryAfter: nil, fault: .message))])
    #expect(session.received(refused(3, 0x413), now: 0) == [.finished(2, .rejected(detail: "status (0x413)"))])
  }

  @Test func thePaceIsKept() throws {
    var session = try bound {
      $0.partsPerSecond = 10
      $0.window = 100
    }
    var sent = 0
    for id in 1...50 { sent += submitted(session.submit(id, parts(1), now: 0)).count }
    #expect(sent <= 2)
    var now: Int64 = 0
    while now < 2_000, let deadline = session.deadline, deadline <= 2_000 {
      now = max(now, deadline)
      sent += submitted(session.tick(now: now)).count
    }
    #expect((20...22).contains(sent))
  }
}
