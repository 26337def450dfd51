import Events
import Profiles
import RoostCore
import Testing

@Suite struct DocumentTests {
  private func person(_ symbols: SymbolTable) throws -> PersonState {
    let viewed = try #require(symbols.intern("Product Viewed"))
    let tags = try #require(symbols.intern("tags"))
    let gone = try #require(symbols.intern("gone"))
    var person = Sample.nobody(0xAB)
    person.apply(
      Sample.record(
        .identify,
        by: [Identifier(.user, "42"), Identifier(.email, "ann@x.it"), Identifier(.anonymous, "a1")],
        with: [
          .init(.trait, .firstName, .string("Ann \"A\"")), .init(.trait, tags, .json("[1,{\"a\":null}]")),
          .init(.trait, gone, .null), .init(.trait, .country, .bool(true)), .init(.trait, .locale, .number(3)),
          .init(.consent, .marketing, .bool(true)),
        ]))
    person.apply(Sample.record(.track, viewed))
    person.apply(Sample.record(.track, .orderCompleted, with: [.init(.property, .total, .number(12.5))]))
    return person
  }

  @Test func profile() throws {
    let symbols = SymbolTable()
    let march1 = "2026-03-01T00:00:00.000Z"
    let expected = """
      {"id":"00000000000000ab","userId":"42","email":"ann@x.it","anonymousIds":["a1"],"createdAt":"\(march1)",\
      "identifiers":[{"kind":"user","value":"42"},{"kind":"email","value":"ann@x.it"},\
      {"kind":"anonymous","value":"a1"}],\
      "traits":{"first_name":"Ann \\"A\\"","country":true,"locale":3,"tags":[1,{"a":null}]},\
      "consents":[{"purpose":"marketing","granted":true,"at":"\(march1)","source":"segment"}],\
      "events":[{"event":"Order Completed","count":1,"first":"\(march1)","last":"\(march1)"},\
      {"event":"Product Viewed","count":1,"first":"\(march1)","last":"\(march1)"}],\
      "orders":[{"currency":"EUR","orders":1,"revenue":{"amount":"12.50","currency":"EUR"},"refunds":0,\
      "refunded":{"amount":"0.00","currency":"EUR"},"firstAt":"\(march1)","lastAt":"\(march1)"}]}
      """
    #expect(PersonDocument(try person(symbols), symbols: symbols).json.text == expected)
  }

  @Test func exportHoldsTimesAndMonths() throws {
    let symbols = SymbolTable()
    let json = PersonDocument(try person(symbols), symbols: symbols, detail: .export).json
    #expect(json["traitTimes"]?["gone"] == "2026-03-01T00:00:00.000Z")
    #expect(json["months"]?.array?.first == ["event": "Order Completed", "month": "2026-03", "count": 1])
    #expect(json["mergedPeople"] == 0)
  }

  @Test func amounts() {
    let amounts: [(Int64, String)] = [
      (0, "0.00"), (12_500_000, "12.50"), (-50_000, "-0.05"), (1, "0.000001"), (1_234_500, "1.2345"),
      (.min, "-9223372036854.775808"),
    ]
    for (count, text) in amounts { #expect(Micros(count: count).decimalText == text) }
  }

  @Test func ofSeveralAddressesTheTraitsIsShown() {
    var person = Sample.nobody()
    person.identifiers = [Identifier(.email, "a@x.it"), Identifier(.email, "b@x.it")]
    #expect(person.email == "a@x.it")
    person.setTrait(.email, .string("B@x.it"), at: Sample.march1)
    #expect(person.email == "b@x.it")
    person.identifiers = []
    #expect(person.email == "B@x.it")
    #expect(person.phone == nil)
  }
}
