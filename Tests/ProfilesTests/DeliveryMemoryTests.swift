import Profiles
import RoostCore
import Testing

@Suite struct DeliveryMemoryTests {
  private static func mark(_ hours: Int64, _ labels: [UInt32] = []) -> SentMark {
    SentMark(at: Sample.march1 + .hours(hours), channelKind: 1, journey: Symbol(30), labels: labels.map { Symbol($0) })
  }

  private static func row(_ address: UInt64, _ cause: AddressSuppression.Cause, _ hours: Int64) -> AddressSuppression {
    AddressSuppression(channelKind: 1, address: address, cause: cause, at: Sample.march1 + .hours(hours))
  }

  @Test func `Comes back from bytes, and an empty one costs none`() throws {
    var person = Sample.typicalPerson()
    let empty = person.encoded.count
    person.delivery.add(Self.mark(1))
    // The section's length, which lists there are, the length of one; the distance in time and the journey with their control
    // byte, the kind, no labels.
    #expect(person.encoded.count == empty + 1 + 1 + 1 + (1 + 3 + 1) + 1 + 1)
    person.delivery.add(Self.mark(2, [1, .max]))
    person.delivery.add(SentMark(at: .distantFuture, channelKind: .max, journey: Symbol(.max), labels: []))
    for cause in AddressSuppression.Cause.allCases {
      person.delivery.suppress(Self.row(UInt64(cause.rawValue), cause, 1))
    }
    #expect(try PersonState(decoding: person.encoded) == person)
    for count in 0..<person.encoded.count {
      #expect(throws: MalformedBytes.self) { try PersonState(decoding: Array(person.encoded.prefix(count))) }
    }
  }

  @Test func `What is known of addresses comes back`() throws {
    var person = Sample.typicalPerson()
    var row = Self.row(9, .bounced, 2)
    row.message = IntentID(high: .max, low: 3)
    person.delivery.suppress(row)
    person.delivery.suppress(Self.row(4, .manual, 1))
    for hours in [1, 30, 60] as [Int64] {
      let bounce = SoftBounce(channelKind: 1, address: 5, at: Sample.march1 + .hours(hours))
      // Two days: the first one is forgotten when the third comes.
      #expect(person.delivery.note(bounce, within: .hours(48)) == (hours == 1 ? 1 : 2))
    }
    person.delivery.keep(
      ConfirmationRequest(
        channelKind: 2, address: 6, count: 2, firstAt: Sample.march1, lastAt: Sample.march1 + .days(1)))
    let decoded = try PersonState(decoding: person.encoded)
    #expect(decoded.delivery == person.delivery && decoded.delivery.suppressions[1].message == row.message)
    #expect(decoded.delivery.softBounces.count == 2)
    var other = Sample.typicalPerson()
    other.delivery.keep(
      ConfirmationRequest(
        channelKind: 2, address: 7, count: 1, firstAt: Sample.march1 + .hours(1), lastAt: Sample.march1 + .days(2)))
    other.absorb(person)
    #expect(
      other.delivery.requests == [
        ConfirmationRequest(
          channelKind: 2, address: 7, count: 3, firstAt: Sample.march1, lastAt: Sample.march1 + .days(2))
      ])
    #expect(other.delivery.softBounces == person.delivery.softBounces)
  }

  @Test func `Hours and answers come back`() throws {
    var person = Sample.typicalPerson()
    let empty = person.encoded.count
    person.delivery.hours.note(localHour: 23, at: Sample.march1)
    // The section's length, which lists there are; 24 bits of hours, one count, the last hour.
    #expect(person.encoded.count == empty + 1 + 1 + 3 + 1 + 4)
    person.delivery.hours.note(localHour: 0, at: Sample.march1 + .hours(1))
    person.delivery.count(channelKind: 1, sent: 3, answered: 1)
    person.delivery.count(channelKind: 3, sent: 1_000, answered: 1_000)
    #expect(try PersonState(decoding: person.encoded) == person)
    person.delivery.count(channelKind: 3, sent: 1, answered: 0)
    #expect(person.delivery.answers.map(\.sent) == [3, 500])
    for count in 0..<person.encoded.count {
      #expect(throws: MalformedBytes.self) { try PersonState(decoding: Array(person.encoded.prefix(count))) }
    }
    var other = Sample.nobody(2)
    other.delivery.hours.note(localHour: 23, at: Sample.march1 + .hours(5))
    other.delivery.count(channelKind: 1, sent: 2, answered: 2)
    person.absorb(other)
    #expect(person.delivery.hours.counts[23] == 2 && person.delivery.hours.total == 3)
    #expect(person.delivery.answers.first == ChannelAnswers(channelKind: 1, sent: 5, answered: 3))
  }

  @Test func `Marks are sorted by time`() {
    var memory = DeliveryMemory()
    for hours in [3, 1, 2, 2] as [Int64] { memory.add(Self.mark(hours)) }
    #expect(memory.marks == [1, 2, 2, 3].map { Self.mark($0) })
  }

  @Test func `Of two causes the graver, of two times the earlier`() {
    var memory = DeliveryMemory()
    let changes = [
      memory.suppress(Self.row(7, .bounced, 5)), memory.suppress(Self.row(7, .bounced, 6)),
      memory.suppress(Self.row(7, .unsubscribed, 1)), memory.suppress(Self.row(7, .bounced, 4)),
      memory.suppress(Self.row(7, .complained, 9)),
    ]
    #expect(changes == [true, false, false, true, true])
    #expect(memory.suppressions == [Self.row(7, .complained, 9)])
    memory.suppress(Self.row(3, .manual, 1))
    #expect(memory.suppressions.map(\.address) == [3, 7])
    #expect(memory.suppression(channelKind: 1, address: 3)?.cause == .manual)
    #expect(memory.suppression(channelKind: 2, address: 3) == nil)
    let removals = [
      memory.unsuppress(channelKind: 1, address: 3), memory.unsuppress(channelKind: 1, address: 3),
    ]
    #expect(removals == [true, false])
    #expect(AddressSuppression.hash("ANN@Example.com") == AddressSuppression.hash("ann@example.com"))
  }

  @Test func `What two people got, one got`() {
    var ann = Sample.nobody()
    var anna = Sample.nobody(2)
    ann.delivery.add(Self.mark(1))
    ann.delivery.add(Self.mark(5))
    anna.delivery.add(Self.mark(3, [9]))
    ann.delivery.suppress(Self.row(7, .bounced, 5))
    anna.delivery.suppress(Self.row(7, .complained, 6))
    ann.absorb(anna)
    #expect(ann.delivery.marks == [Self.mark(1), Self.mark(3, [9]), Self.mark(5)])
    #expect(ann.delivery.suppressions == [Self.row(7, .complained, 6)])
  }
}
