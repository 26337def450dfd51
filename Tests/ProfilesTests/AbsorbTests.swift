import Events
import Profiles
import RoostCore
import Testing

@Suite struct AbsorbTests {
  private let later = Sample.march1 + TimeSpan(milliseconds: 1_000)

  /// Splitting a person's events over two people who merge gives what one person would have.
  @Test func mergingIsAsIfThereHadBeenOnePerson() {
    for seed in 0..<400 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      var (whole, left, right) = (Sample.nobody(1), Sample.nobody(1), Sample.nobody(2))
      for number in 0..<random.below(20) {
        let record = Self.record(number, &random)
        for person in 0..<2 {
          func take(_ state: inout PersonState) {
            if !state.isRepeated(record) { state.apply(record) }
          }
          switch (person, random.below(2)) {
          case (0, _): take(&whole)
          case (_, 0): take(&left)
          default: take(&right)
          }
        }
      }
      left.absorb(right)
      #expect(left.absorbed == 1)
      left.absorbed = 0
      #expect(left == whole, "seed \(seed)")
    }
  }

  private static func record(_ number: Int, _ random: inout SeededRandom) -> [UInt8] {
    let names = [Symbol(20), .orderCompleted, .orderRefunded]
    let currencies: [Value] = [.string("USD"), .string("eur"), .null]
    return Sample.record(
      .track, names[random.below(3)],
      at: Sample.march1 + TimeSpan(milliseconds: Int64(random.below(5)) * 20 * Sample.day), id: "m\(number)",
      by: [Identifier(.anonymous, "a\(random.below(3))")],
      with: [
        .init(.trait, Symbol(40), .number(Double(random.below(3)))), .init(.property, .total, .number(0.1)),
        .init(.property, .currency, currencies[random.below(3)]),
        .init(.consent, .marketing, .bool(random.below(2) == 0)),
      ])
  }

  private func run(
    _ phase: JourneyRun.Phase, version: UInt32, changedAt: Instant, journey: UInt32 = 60, entries: UInt32 = 1
  ) -> JourneyRun {
    JourneyRun(
      journey: Symbol(journey), version: version, phase: phase, step: 0, entries: entries, enteredAt: Sample.march1,
      changedAt: changedAt, dueAt: .distantFuture, trigger: [])
  }

  /// Phases and times of the target's and the source's run; whose stays.
  @Test func oneRunStaysForEachJourney() {
    let early = Sample.march1
    let cases: [((JourneyRun.Phase, Instant), (JourneyRun.Phase, Instant), stays: UInt32)] = [
      ((.running, early), (.running, later), 1), ((.running, early), (.finished, later), 1),
      ((.finished, later), (.running, early), 2), ((.finished, later), (.exited, early), 1),
      ((.finished, early), (.exited, later), 2), ((.finished, early), (.exited, early), 1),
    ]
    for (own, other, stays) in cases {
      var (target, source) = (Sample.nobody(1), Sample.nobody(2))
      target.runs = [run(own.0, version: 1, changedAt: own.1, entries: 2)]
      source.runs = [run(other.0, version: 2, changedAt: other.1, entries: 3)]
      target.absorb(source)
      #expect(target.runs.map(\.version) == [stays])
      #expect(target.runs.map(\.entries) == [5])
    }
  }

  @Test func otherRunsMove() {
    var (target, source) = (Sample.nobody(1), Sample.nobody(2))
    target.runs = [run(.running, version: 1, changedAt: later, journey: 61)]
    source.runs = [
      run(.running, version: 1, changedAt: later, journey: 60), run(.exited, version: 1, changedAt: later, journey: 62),
    ]
    source.dueAt = later
    target.absorb(source)
    #expect(target.runs.map(\.journey) == [Symbol(60), Symbol(61), Symbol(62)])
    #expect(target.dueAt == later)
  }

  @Test func redirectKeepsNothingElse() {
    let rest = Sample.typicalPerson().redirected(to: PersonID(9))
    var expected = Sample.nobody(0x0123_4567_89AB_CDEF)
    expected.redirect = PersonID(9)
    #expect(rest == expected)
  }
}
