import Events
import Profiles
import RoostCore
import Testing

@Suite struct ApplyTests {
  let later = Sample.march1 + TimeSpan(milliseconds: 1_000)

  private func check(
    _ change: ProfileChange, _ expected: ProfileChange, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(change == expected, sourceLocation: location)
  }

  @Test func laterTraitWinsInEitherOrder() {
    let first = Sample.record(.identify, at: Sample.march1, with: [.init(.trait, .country, .string("IT"))])
    let second = Sample.record(.identify, at: later, with: [.init(.trait, .country, .string("ES"))])
    for order in [[first, second], [second, first]] {
      var person = Sample.nobody()
      for record in order { person.apply(record) }
      #expect(person.trait(.country) == .string("ES"))
      #expect(person.traits == [Trait(symbol: .country, value: .string("ES"), changedAt: later)])
    }
  }

  @Test func removedTraitStaysRemovedWhenAnOlderValueArrives() {
    var person = Sample.nobody()
    person.apply(Sample.record(.identify, at: later, with: [.init(.trait, .country, .null)]))
    check(person.apply(Sample.record(.identify, with: [.init(.trait, .country, .string("IT"))])), [])
    #expect(person.trait(.country) == nil)
  }

  @Test func valuesAreOrderedTotally() {
    let ascending: [Value] = [
      .null, .bool(false), .bool(true), .number(-1), .number(2), .string(""), .string("a"), .string("b"), .json("[]"),
    ]
    for (low, a) in ascending.enumerated() {
      for (high, b) in ascending.enumerated() { #expect(Value.isOrdered(a, before: b) == (low < high)) }
    }
    // -0 and 0 are equal as numbers but not as bytes; neither may depend on who comes first.
    #expect(!Value.isOrdered(.number(0.0), before: .number(-0.0)))
  }

  @Test func groupTraitsAreNotThePersons() {
    var person = Sample.nobody()
    check(person.apply(Sample.record(.group, with: [.init(.trait, .name, .string("ACME"))])), [])
    #expect(person.traits.isEmpty)
  }

  @Test func changeNamesWhatChanged() {
    var person = Sample.nobody()
    let identify = Sample.record(
      .identify, by: [Identifier(.user, "1")],
      with: [.init(.trait, .country, .string("IT")), .init(.consent, .marketing, .bool(true))])
    check(person.apply(identify), [.identifiers, .traits, .consents])
    check(person.apply(identify), [])
    check(person.apply(Sample.record(.track, Symbol(20))), .counters)
    check(person.apply(Sample.record(.track, .orderCompleted)), [.counters, .orders])
    check(person.apply(Sample.record(.page, Symbol(21))), [])
  }

  @Test func refusedIdentifiersStayOut() {
    var person = Sample.nobody()
    person.apply(
      Sample.record(.identify, by: [Identifier(.user, "2"), Identifier(.anonymous, "a"), Identifier(.email, "x@y.z")]),
      refused: [1])
    #expect(person.identifiers == [Identifier(.user, "2"), Identifier(.email, "x@y.z")])
  }

  @Test func consentBecomesReceipt() {
    var person = Sample.nobody()
    person.apply(
      Sample.record(
        .consent, at: later,
        with: [
          .init(.consent, .marketing, .bool(true)), .init(.context, Symbol(30), .string("signup-form")),
          .init(.context, Symbol(31), .string("2026-02")),
        ]))
    #expect(
      person.consents == [
        Consent(purpose: .marketing, isGranted: true, at: later, source: "signup-form", textVersion: "2026-02")
      ])
    person.apply(Sample.record(.track, Symbol(20), with: [.init(.consent, .marketing, .bool(false))]))
    #expect(person.consent(.marketing)?.isGranted == true, "an older answer does not count")
  }

  @Test func refusalWinsAtTheSameMoment() {
    let yes = Sample.record(.track, Symbol(20), with: [.init(.consent, .marketing, .bool(true))])
    let no = Sample.record(.track, Symbol(20), with: [.init(.consent, .marketing, .bool(false))])
    for order in [[yes, no], [no, yes]] {
      var person = Sample.nobody()
      for record in order { person.apply(record) }
      #expect(person.consent(.marketing)?.isGranted == false)
      #expect(person.consent(.marketing)?.source == "segment")
    }
  }

  @Test func countsWithFirstAndLastAndMonths() {
    var person = Sample.nobody(createdAt: later)
    // 2026-03-01 is month 56 × 12 + 2 = 674 since January 1970, the day before it month 673.
    let february = Sample.march1 - TimeSpan(milliseconds: 1)
    for time in [later, february, Sample.march1] { person.apply(Sample.record(.track, Symbol(20), at: time)) }
    #expect(person.counter(of: Symbol(20)) == EventCounter(event: Symbol(20), count: 3, first: february, last: later))
    #expect(
      person.months == [
        MonthCount(event: Symbol(20), month: 673, count: 1), MonthCount(event: Symbol(20), month: 674, count: 2),
      ])
    #expect(person.createdAt == february)
  }

  @Test func monthsOfUTC() {
    // Days by `date -ud 2000-02-29 +%s` / 86400 and the like.
    let days: [(Int64, UInt16)] = [
      (0, 0), (30, 0), (31, 1), (11_016, 361), (11_017, 362), (10_956, 359), (10_957, 360), (-1, 0), (20_512, 673),
    ]
    for (day, month) in days { #expect(Instant(milliseconds: day * Sample.day).monthSince1970 == month) }
  }

  @Test func ordersByCurrency() {
    var person = Sample.nobody()
    let eur = Sample.rules.defaultCurrency
    person.apply(Sample.record(.track, .orderRefunded, at: later, with: [.init(.property, .total, .number(5))]))
    #expect(person.lastOrderAt == nil)
    person.apply(
      Sample.record(
        .track, .orderCompleted,
        with: [.init(.property, .revenue, .number(9)), .init(.property, .total, .number(12.5))]))
    person.apply(
      Sample.record(
        .track, .orderCompleted, at: later,
        with: [.init(.property, .revenue, .string("7.25")), .init(.property, .currency, .string("usd"))]))
    person.apply(
      Sample.record(.track, .orderCompleted, at: later, with: [.init(.property, .currency, .string("euro"))]))
    #expect(
      person.orders
        == [
          OrderTotals(
            currency: eur, orders: 2, refunds: 1, revenue: Micros(count: 12_500_000),
            refunded: Micros(count: 5_000_000),
            firstAt: Sample.march1, lastAt: later),
          OrderTotals(
            currency: OrderTotals.currency("USD")!, orders: 1, refunds: 0, revenue: Micros(count: 7_250_000),
            refunded: Micros(count: 0), firstAt: later, lastAt: later),
        ].sorted { $0.currency < $1.currency })
    #expect(person.orderCount == 3)
    #expect(person.lastOrderAt == later)
    #expect(person.orders.map(\.currencyCode).sorted() == ["EUR", "USD"])
  }

  @Test func repeatedMessagesAreKnownForThirtyOneDays() {
    var person = Sample.nobody()
    func expect(_ id: String, day: Int64, isRepeated: Bool, _ location: SourceLocation = #_sourceLocation) {
      let receivedAt = Sample.march1 + TimeSpan(milliseconds: day * Sample.day)
      let answer = person.isRepeated(Sample.record(.track, Symbol(20), receivedAt: receivedAt, id: id))
      #expect(answer == isRepeated, sourceLocation: location)
    }
    expect("a", day: 0, isRepeated: false)
    expect("a", day: 0, isRepeated: true)
    expect("b", day: 31, isRepeated: false)
    expect("a", day: 30, isRepeated: true)
    #expect(person.seenMessages.count == 2)
    expect("c", day: 32, isRepeated: false)
    #expect(person.seenMessages.count == 2, "the first is forgotten")
    expect("a", day: 32, isRepeated: false)
  }
}
