import Events
import Profiles
import RoostCore
import Testing

/// States that go through bytes between inputs, with sections left packed, against the same lives kept as values.
@Suite struct PackedSectionsTests {
  @Test(arguments: 0..<40) func packedLivesAreTheSame(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var kept = Sample.nobody(7, createdAt: .distantFuture)
    var packed = kept
    var buffer = StateBuffer()
    var bytes = kept.encoded
    for step in 0..<120 {
      let record = Self.record(&random, step)
      try bytes.withUnsafeBytes { try packed.take($0) }
      let isRepeated = kept.isRepeated(record)
      #expect(packed.isRepeated(record) == isRepeated)
      if !isRepeated {
        #expect(packed.apply(record) == kept.apply(record))
        Self.touch(&kept, step, seed)
        Self.touch(&packed, step, seed)
      }
      #expect(packed.trait(Symbol(41)) == kept.trait(Symbol(41)))
      #expect(packed.isGranted(Symbol(50)) == kept.consent(Symbol(50))?.isGranted)
      #expect(packed == kept)
      #expect(!packed.isDamaged)
      packed.encode(into: &buffer)
      bytes = Array(buffer.content)
      #expect(bytes == kept.encoded)
      #expect(try PersonState(decoding: bytes) == kept)
    }
  }

  /// Copies share packed bytes until one of them changes.
  @Test func copiesAreValues() throws {
    let bytes = Sample.typicalPerson().encoded
    var one = Sample.nobody()
    try bytes.withUnsafeBytes { try one.take($0) }
    let other = one
    one.apply(Sample.record(.track, Symbol(20), by: [Identifier(.user, "customer-4711")]))
    #expect(other == Sample.typicalPerson())
    #expect(one.counter(of: Symbol(20))?.count == 8)
    try Sample.nobody().encoded.withUnsafeBytes { try one.take($0) }
    #expect(one == Sample.nobody())
    #expect(other.encoded == bytes)
  }

  /// Damage inside a section shows as soon as somebody asks for it.
  @Test func damageShowsWhenASectionIsRead() throws {
    var bytes = Sample.typicalPerson().encoded
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("customer-4711".utf8)) })
    bytes[place - 1] = 200
    var person = Sample.nobody()
    try bytes.withUnsafeBytes { try person.take($0) }
    #expect(!person.isDamaged)
    person.identifiers.append(Identifier(.user, "z"))
    #expect(person.isDamaged)
    #expect(throws: MalformedBytes.self) { try PersonState(decoding: bytes) }
  }

  /// Shops' calls in all variety: new and known names, late ones, repeats, traits, consents, orders, days without any.
  private static func record(_ random: inout SeededRandom, _ step: Int) -> [UInt8] {
    let hours = Int64(step) * Int64(1 + random.below(40))
    let received = Sample.march1 + TimeSpan(milliseconds: hours * 3_600_000)
    let late = random.below(5) == 0 ? Int64(random.below(90)) * Sample.day : 0
    let at = received - TimeSpan(milliseconds: late)
    var who = [Identifier(.user, "u1")]
    if random.below(6) == 0 { who.append(Identifier(.anonymous, "a\(random.below(4))")) }
    let id = "m\(random.below(200))"
    var fields: [Sample.Field] = []
    if random.below(4) == 0 { fields.append(.init(.trait, Symbol(40 + UInt32(random.below(3))), value(&random))) }
    if random.below(6) == 0 {
      fields.append(.init(.consent, Symbol(50 + UInt32(random.below(2))), .bool(random.below(2) == 0)))
    }
    switch random.below(8) {
    case 0: return Sample.record(.identify, at: at, receivedAt: received, id: id, by: who, with: fields)
    case 1:
      fields.append(.init(.property, .total, .number(Double(random.below(100)))))
      let name: Symbol = random.below(3) == 0 ? .orderRefunded : .orderCompleted
      return Sample.record(.track, name, at: at, receivedAt: received, id: id, by: who, with: fields)
    default:
      let name = Symbol(20 + UInt32(random.below(6)))
      return Sample.record(.track, name, at: at, receivedAt: received, id: id, by: who, with: fields)
    }
  }

  private static func value(_ random: inout SeededRandom) -> Value {
    switch random.below(4) {
    case 0: .null
    case 1: .bool(true)
    case 2: .number(Double(random.below(5)))
    default: .string("v\(random.below(5))")
    }
  }

  /// What segments and journeys do to a state, now and then.
  private static func touch(_ person: inout PersonState, _ step: Int, _ seed: UInt64) {
    var random = SeededRandom(seed: seed &* 1_000 &+ UInt64(step))
    let time = person.createdAt.milliseconds + Int64(random.below(1_000_000))
    switch random.below(6) {
    case 0: person.trackers.replace(UInt32(random.below(9)), with: [Int64(random.below(4))])
    case 1: person.trackers.replace(UInt32(random.below(9)), with: [time, time + 5, time + 90_000_000])
    case 2: person.trackers.replace(UInt32(random.below(9)), with: [1, time &* 512 | 3, (time + 1_000) &* 512 | 1])
    case 3: person.trackers.replace(UInt32(random.below(9)), with: [time, -5_000_000, time, 1 << 40])
    case 4: person.memberships = [random.next()]
    default:
      person.runs = [
        JourneyRun(
          journey: Symbol(60), version: 1, phase: .running, step: UInt32(step), entries: 1, enteredAt: person.createdAt,
          changedAt: person.createdAt, dueAt: .distantFuture, trigger: [1, 2])
      ]
    }
    person.dueAt = random.below(2) == 0 ? .distantFuture : Instant(milliseconds: time)
  }
}
