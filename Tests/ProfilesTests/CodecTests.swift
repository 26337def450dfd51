import Events
import Profiles
import RoostCore
import Testing

@Suite struct CodecTests {
  @Test func typicalPersonComesBack() throws {
    let person = Sample.typicalPerson()
    #expect(try PersonState(decoding: person.encoded) == person)
  }

  /// A million people are to fit into 600 MB, index and trackers included.
  @Test func personWithTwoEventsIsSmall() {
    var person = Sample.nobody(0xFEDC_BA98_7654_3210)
    for number in 0..<2 {
      let record = Sample.record(
        .track, Symbol(20 + UInt32(number)), at: Sample.march1 + TimeSpan(milliseconds: 3_600_000), id: "m\(number)",
        by: [Identifier(.user, "customer-0000001")])
      let isRepeated = person.isRepeated(record)
      #expect(!isRepeated)
      person.apply(record)
    }
    #expect(person.encoded.count <= 200)
    // Head 1 + 8 + 4 and the pairs 1 + 1 + 6, 1, 1; the lengths of four sections; with a byte for each row count: identifier
    // 1 + 1 + 16, two counters of 3 + 4, two months of 1 + 1 + 3; two message ids of 6 under a day's 4.
    #expect(person.encoded.count == 23 + 4 + 19 + 15 + 11 + 16)
  }

  /// Numbers at the ends of their ranges, and every kind of value.
  @Test func extremesComeBack() throws {
    var person = Sample.nobody(createdAt: .distantPast)
    person.handledAt = .distantFuture
    person.redirect = PersonID(.max)
    person.dueAt = .distantPast
    person.trackersEpoch = .max
    person.absorbed = .max
    let values: [Value] = [
      .null, .bool(true), .bool(false), .number(-.infinity), .number(.leastNonzeroMagnitude), .string(""),
      .string(String(repeating: "ы", count: 5_000)), .json("[1,{}]"),
    ]
    for (index, value) in values.enumerated() {
      person.traits.append(Trait(symbol: Symbol(UInt32(index)), value: value, changedAt: .distantFuture))
    }
    person.consents = [
      Consent(purpose: Symbol(.max), isGranted: true, at: .distantFuture, source: "форма", textVersion: "v2")
    ]
    person.counters = [
      EventCounter(event: Symbol(.max), count: .max, first: .distantFuture, last: .distantPast)
    ]
    person.months = [MonthCount(event: Symbol(.max), month: .max, count: .max)]
    person.orders = [
      OrderTotals(
        currency: .max, orders: .max, refunds: .max, revenue: Micros(count: .min), refunded: Micros(count: .max),
        firstAt: .distantFuture, lastAt: .distantPast)
    ]
    person.seenMessages = [0, .max]
    person.trackers.replace(.max, with: [.min, .max, 0, -1, 1])
    person.memberships = [.max, 0, 1]
    person.runs = [
      JourneyRun(
        journey: Symbol(.max), version: .max, phase: .exited, step: .max, entries: .max, enteredAt: .distantFuture,
        changedAt: .distantPast, dueAt: .distantPast, trigger: []),
      JourneyRun(
        journey: Symbol(0), version: 0, phase: .running, step: 0, entries: 0, enteredAt: .distantPast,
        changedAt: .distantPast, dueAt: .distantFuture, trigger: [1]),
    ]
    #expect(try PersonState(decoding: person.encoded) == person)
  }

  @Test func redirectAloneComesBack() throws {
    var person = Sample.nobody()
    person.redirect = PersonID(5)
    #expect(try PersonState(decoding: person.encoded) == person)
    #expect(person.encoded.count < 40)
  }

  @Test func appendsBehindWhatIsThere() throws {
    var bytes: [UInt8] = [1, 2, 3]
    Sample.typicalPerson().encode(into: &bytes)
    #expect(Array(bytes.dropFirst(3)) == Sample.typicalPerson().encoded)
  }

  @Test func truncationAndExtraBytesThrow() {
    let bytes = Sample.typicalPerson().encoded
    for count in 0..<bytes.count {
      #expect(throws: MalformedBytes.self) { try PersonState(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: MalformedBytes.self) { try PersonState(decoding: bytes + [0]) }
  }

  @Test func unknownFormatThrows() {
    var bytes = Sample.typicalPerson().encoded
    bytes[0] = 3
    #expect(throws: MalformedBytes.self) { try PersonState(decoding: bytes) }
  }

  /// Damage either throws or gives a state that can be used and written again.
  @Test func damageNeverTraps() throws {
    let whole = Sample.typicalPerson().encoded
    var random = SeededRandom(seed: 42)
    var thrown = 0
    for _ in 0..<6_000 {
      var bytes = whole
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      do {
        let person = try PersonState(decoding: bytes)
        #expect(person.trackers.rows.reduce(0) { $0 + Int($1.count) } == person.trackers.values.count)
        _ = person.trackers.range(of: 5)
        #expect(try PersonState(decoding: person.encoded).encoded == person.encoded)
      } catch is MalformedBytes { thrown += 1 }
    }
    #expect(thrown > 1_000)
    for _ in 0..<2_000 {
      var bytes = (0..<random.below(80)).map { _ in UInt8(random.below(256)) }
      if !bytes.isEmpty { bytes[0] = 1 + UInt8(random.below(2)) }
      _ = try? PersonState(decoding: bytes)
    }
  }

  /// `Sample.typicalPerson()` as the first release wrote it, before sections had lengths.
  @Test func formatOneIsRead() throws {
    let bytes = stride(from: 0, to: Self.formatOne.utf8.count, by: 2).map { place in
      UInt8(Self.formatOne.dropFirst(place).prefix(2), radix: 16)!
    }
    #expect(bytes[0] == 1)
    let person = try PersonState(decoding: bytes)
    #expect(person == Sample.typicalPerson())
    #expect(person.encoded == Sample.typicalPerson().encoded)
  }

  private static let formatOne = [
    "01efcdab8967452301ec0f610100b8634d3903000002010d637573746f6d65722d343731310215616e6e2e736d697468406578616d706c",
    "652e636f6d04111c0a15616e6e2e736d697468406578616d706c652e636f6d014c03416e6e016c02495402430100000000000029400311",
    "14074000b84c0a1115074000b84c0a1116074000b84c0a0431149e020331149f02033114a002033114a10203011345555203010144405e",
    "5d0e005a6202000ada211e6a663b21501c663cf4d73c2150022ab1ba804021506953798876a2215011aabecb86be2150616750997ac021",
    "50f6d0c233a1c42150febe023d51d62150d70d3259e4e12150cb293e6770eb21500c100311020311020311020311020311020311020311",
    "02031102031102031102031102036600b8634d39030070b0573903610600b8634d3903160070b0573903066600b8634d39030070b05739",
    "03610600b8634d3903160070b0573903066600b8634d39030070b0573903610600b8634d3903160070b0573903066600b8634d39030070",
    "b0573903610600b8634d3903160070b0573903066600b8634d39030070b0573903610600b8634d3903160070b0573903066600b8634d39",
    "030070b0573903610600b8634d3903160070b05739030601785634120000000002113c02111d01000400b84c0a78090909090909090909",
    "09090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909",
    "09090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909",
    "09113d02111d01000400b84c0a00",
  ].joined()
}
