import RoostCore
import Testing

@testable import Profiles

@Suite struct RunCodecTests {
  static func run(_ number: UInt32) -> JourneyRun {
    JourneyRun(
      journey: Symbol(number), version: 2, phase: .running, step: 3, entries: 1,
      enteredAt: Instant(milliseconds: 1_770_000_100_000), changedAt: Instant(milliseconds: 1_770_000_100_000),
      dueAt: Instant(milliseconds: 1_770_086_400_000), trigger: [1, 2, 3])
  }

  /// Bytes that the first version of Roost wrote: states in people's data directories look like this.
  @Test func `What the first version wrote is read, and its journeys are written the same`() throws {
    let text =
      "018877665544332211020861030048713838034340420f00b84c0a0003112802111d0103400d0304c0aa490a03010203112901114a043380"
      + "1a06400d0300412a00286bee110302357fad11a804400d0300"
    let bytes = stride(from: 0, to: text.utf8.count, by: 2).compactMap { offset in
      UInt8(text.dropFirst(offset).prefix(2), radix: 16)
    }
    let person = try PersonState(decoding: bytes)
    #expect(person.runs.map(\.phase) == [.running, .finished, .exited])
    #expect(person.runs[0].trigger == [1, 2, 3])
    #expect(person.runs[0].dueAt == Instant(milliseconds: 1_770_086_400_000))
    #expect(person.runs[1].entries == 4)
    #expect(person.runs[2].version == 4_000_000_000)
    #expect(person.runs.allSatisfy { $0.instance == 0 && $0.naming == nil && $0.heldSince == nil })
    let again = person.encoded
    // Three runs, the last section: as long as before and the same.
    #expect(Array(again.suffix(53)) == Array(bytes.suffix(53)))
    #expect(try PersonState(decoding: again) == person)
  }

  @Test func `Every detail comes back, and a plain run has no byte for any`() throws {
    var plain = PersonState(workspace: WorkspaceID(1), id: PersonID(2), createdAt: Instant(milliseconds: 0))
    plain.runs = [Self.run(40)]
    var person = plain
    var named = Self.run(41)
    named.naming = .init(person: PersonID(.max), version: .max, entry: .max)
    named.isAtBeginning = true
    var held = Self.run(42)
    held.instance = .max
    held.heldSince = .distantPast
    var out = Self.run(43)
    out.end(.heldOut, at: .distantFuture)
    person.runs += [named, held, out]
    var bytes: [UInt8] = []
    person.encode(into: &bytes)
    #expect(try PersonState(decoding: bytes) == person)
    var plainBytes: [UInt8] = []
    plain.encode(into: &plainBytes)
    #expect(plainBytes.count < 80)
    for count in 0..<bytes.count {
      #expect(throws: MalformedBytes.self) { try PersonState(decoding: Array(bytes.prefix(count))) }
    }
  }
}
