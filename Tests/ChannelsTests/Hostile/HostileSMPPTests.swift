import HostileInput
import RoostCore
import Testing

@testable import Channels

/// What a message centre may send us.
@Suite struct HostileSMPPTests {
  private static let corpus: [[UInt8]] = {
    var receipt = SMPPMessage()
    receipt.esmClass = 4
    receipt.source = SMSAddress(ton: 1, npi: 1, text: "393331234567")
    receipt.text = Array("id:0000006699 sub:001 dlvrd:001 submit date:2603011000 stat:DELIVRD err:000 text:x".utf8)
    receipt.parameters = [
      SMPPParameter(tag: SMPPTag.receiptedMessageID, value: Array("1A2B\0".utf8)),
      SMPPParameter(tag: SMPPTag.messageState, value: [2]),
      SMPPParameter(tag: SMPPTag.networkErrorCode, value: [3, 0, 1]),
    ]
    var text = SMPPMessage()
    text.esmClass = 0x40
    text.dataCoding = 8
    text.text = [5, 0, 3, 1, 2, 1, 0x04, 0x21, 0x04, 0x22, 0xD8, 0x3D]
    let units = [
      SMPPPDU(.bindTransceiverResp, sequence: 1, body: .system("SMSC")),
      SMPPPDU(.submitSMResp, sequence: 2, body: .messageID("1A2B")),
      SMPPPDU(.submitSMResp, status: SMPPStatus(0x58), sequence: 3),
      SMPPPDU(.deliverSM, sequence: 1, body: .message(receipt)),
      SMPPPDU(.deliverSM, sequence: 2, body: .message(text)),
      SMPPPDU(.dataSM, sequence: 3, body: .message(receipt)),
      SMPPPDU(.enquireLink, sequence: 4), SMPPPDU(.genericNack, status: SMPPStatus(3), sequence: 2),
      SMPPPDU(.unbind, sequence: 5),
    ].map(\.encoded)
    return units + [units.flatMap { $0 }, Array(units[..<6].joined())]
  }()

  @Test func units() {
    var input = HostileInput(Self.corpus, tokens: ["\0", "\0\0\0\u{10}", "id:", "stat:", "\0\u{1E}"], seed: 21)
    let slowest = input.run(8_000) { bytes, random in
      var frames = SMPPFrames()
      var start = 0
      reading: while start < bytes.count {
        let end = min(bytes.count, start + 1 + random.below(300))
        frames.append(bytes[start..<end])
        start = end
        do throws(SMPPMistake) {
          while let unit = try frames.next() {
            #expect(unit.count >= SMPPPDU.headerOctets && unit.count <= SMPPFrames.octetsMax)
            Self.check(unit)
          }
        } catch { break reading }
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  /// What can be read means the same when it is written and read again.
  private static func check(_ unit: ArraySlice<UInt8>) {
    do throws(SMPPMistake) {
      let pdu = try SMPPPDU(decoding: unit)
      guard case .message(let message) = pdu.body else { return }
      let inbound = SMPPInbound(message, isLatin: false)
      if case .text(let text) = inbound { #expect(text.text.utf8.count <= 4 * 4_000) }
      if case .receipt(let receipt, _) = inbound { #expect(!receipt.ids.isEmpty) }
      let again = try SMPPPDU(decoding: pdu.encoded[...])
      // Texts longer than their fields, and what is no UTF-8, are not kept exactly; everything of fixed size is.
      guard case .message(let copy) = again.body else { return #expect(Bool(false)) }
      #expect(copy.text == message.text && copy.parameters == message.parameters)
      #expect(copy.esmClass == message.esmClass && copy.dataCoding == message.dataCoding)
    } catch { #expect(!error.detail.isEmpty) }
  }

  /// Whatever comes, every message gets one outcome, and nothing more after the end.
  @Test func conversations() throws {
    var configuration = try SMPPConfiguration(url: "smpp://esme:secret@localhost", sender: "Shop")
    configuration.window = 3
    var input = HostileInput(Self.corpus, tokens: [], seed: 22)
    let slowest = input.run(1_500) { bytes, random in
      var session = SMPPSession(configuration: configuration, role: .transceiver)
      var frames = SMPPFrames()
      var now: Int64 = 0
      var open: Set<Int> = []
      var submitted = 0
      func note(_ actions: [SMPPSession.Action]) {
        for action in actions {
          switch action {
          case .finished(let id, _), .returned(let id): #expect(open.remove(id) != nil)
          default: break
          }
        }
      }
      note(session.connected(now: now))
      frames.append(Self.corpus[0] + bytes)
      for step in 0..<40 {
        now += Int64(random.below(4_000))
        if session.state == .bound, random.below(2) == 0 {
          open.insert(submitted)
          let parts = (0...random.below(3)).map { _ in SMPPMessage() }
          note(session.submit(submitted, parts, now: now))
          submitted += 1
        }
        if let deadline = session.deadline, deadline <= now { note(session.tick(now: now)) }
        if step % 2 == 1, !session.isClosed {
          do throws(SMPPMistake) {
            if let unit = try frames.next() {
              do throws(SMPPMistake) { note(session.received(try SMPPPDU(decoding: unit), now: now)) } catch {
                note(session.received(mistake: error))
              }
            }
          } catch { note(session.received(mistake: error)) }
        }
      }
      note(session.lost(SMPPFailure(.connectionLost, "the end")))
      #expect(open.isEmpty && session.deadline == nil)
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func texts() {
    var input = HostileInput(
      ["Hello €", "Привет 😀", "e\u{301}{}[]", "\u{1B}"].map { Array($0.utf8) },
      tokens: ["€", "😀", "\u{301}", "\u{200D}", "ü"], seed: 23)
    let slowest = input.run(1_500) { bytes, _ in
      let text = SMSText(String(decoding: bytes.prefix(3_000), as: UTF8.self))
      for header in [6, 7] {
        let parts = text.parts(headerOctets: header)
        #expect(parts.flatMap { $0 } == text.octets)
        let most =
          text.coding == .gsm7
          ? (parts.count == 1 ? 160 : (140 - header) * 8 / 7) : (parts.count == 1 ? 140 : 140 - header)
        #expect(parts.allSatisfy { $0.count <= most })
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }
}
