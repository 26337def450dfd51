import RoostCore

/// A person as JSON, for the interface (`GET …/people/{ref}`) and for the export of everything known.
///
/// ```json
/// {"id":"…","userId":"42","email":"ann@example.com","anonymousIds":["a1"],"createdAt":"2026-03-01T10:00:00.000Z",
///  "identifiers":[{"kind":"user","value":"42"}],"traits":{"first_name":"Ann"},
///  "consents":[{"purpose":"marketing","granted":true,"at":"…","source":"api","textVersion":"2026-02"}],
///  "events":[{"event":"Order Completed","count":2,"first":"…","last":"…"}],
///  "orders":[{"currency":"EUR","orders":2,"revenue":{"amount":"25.00","currency":"EUR"},"refunds":0,
///             "refunded":{"amount":"0.00","currency":"EUR"},"firstAt":"…","lastAt":"…"}]}
/// ```
/// What a person does not have is absent, except for lists, which are empty; only `devices` is absent without one. The export adds `traitTimes` (a removed
/// trait has one as well), `months` and `mergedPeople`.
public struct PersonDocument {
  public enum Detail: Sendable { case profile, export }

  public var person: PersonState
  public var symbols: SymbolTable
  public var detail: Detail

  public init(_ person: PersonState, symbols: SymbolTable, detail: Detail = .profile) {
    self.person = person
    self.symbols = symbols
    self.detail = detail
  }

  public var json: JSONValue {
    var members = [JSONValue.Member("id", .string(person.id.text))]
    func add(_ key: String, _ text: String?) {
      if let text { members.append(JSONValue.Member(key, .string(text))) }
    }
    add("userId", person.userID)
    add("email", person.email)
    add("phone", person.phone)
    members.append(JSONValue.Member("anonymousIds", .array(person.anonymousIDs.map { .string($0) })))
    add("createdAt", person.createdAt.text)
    members.append(JSONValue.Member("identifiers", .array(person.identifiers.map(Self.json(of:)))))
    members.append(JSONValue.Member("traits", traits))
    members.append(JSONValue.Member("consents", .array(person.consents.map(json(of:)))))
    members.append(JSONValue.Member("events", .array(person.counters.map(json(of:)))))
    members.append(JSONValue.Member("orders", .array(person.orders.map(Self.json(of:)))))
    if !person.devices.isEmpty { members.append(JSONValue.Member("devices", .array(person.devices.map(\.json)))) }
    if detail == .export { members += exportMembers }
    return .object(members)
  }

  private var exportMembers: [JSONValue.Member] {
    [
      JSONValue.Member(
        "traitTimes",
        .object(person.traits.map { JSONValue.Member(symbols.name($0.symbol), .string($0.changedAt.text)) })),
      JSONValue.Member("months", .array(person.months.map(json(of:)))),
      JSONValue.Member("mergedPeople", .int(Int64(person.absorbed))),
    ]
  }

  private var traits: JSONValue {
    .object(
      person.traits.filter { $0.value != .null }.map {
        JSONValue.Member(symbols.name($0.symbol), $0.value.json)
      })
  }

  private static func json(of identifier: Identifier) -> JSONValue {
    ["kind": .string(identifier.kind.name), "value": .string(identifier.value)]
  }

  private func json(of consent: Consent) -> JSONValue {
    var members = [
      JSONValue.Member("purpose", .string(symbols.name(consent.purpose))),
      JSONValue.Member("granted", .bool(consent.isGranted)), JSONValue.Member("at", .string(consent.at.text)),
      JSONValue.Member("source", .string(consent.source)),
    ]
    if !consent.textVersion.isEmpty { members.append(JSONValue.Member("textVersion", .string(consent.textVersion))) }
    return .object(members)
  }

  private func json(of counter: EventCounter) -> JSONValue {
    [
      "event": .string(symbols.name(counter.event)), "count": .int(Int64(counter.count)),
      "first": .string(counter.first.text), "last": .string(counter.last.text),
    ]
  }

  /// `month` as `2026-03`.
  private func json(of month: MonthCount) -> JSONValue {
    let (year, number) = (1970 + month.month / 12, month.month % 12 + 1)
    return [
      "event": .string(symbols.name(month.event)), "month": .string("\(year)-\(number < 10 ? "0" : "")\(number)"),
      "count": .int(Int64(month.count)),
    ]
  }

  private static func json(of row: OrderTotals) -> JSONValue {
    let currency = row.currencyCode
    var members = [
      JSONValue.Member("currency", .string(currency)), JSONValue.Member("orders", .int(Int64(row.orders))),
      JSONValue.Member("revenue", row.revenue.json(in: currency)),
      JSONValue.Member("refunds", .int(Int64(row.refunds))),
      JSONValue.Member("refunded", row.refunded.json(in: currency)),
    ]
    if row.orders > 0 {
      members.append(JSONValue.Member("firstAt", .string(row.firstAt.text)))
      members.append(JSONValue.Member("lastAt", .string(row.lastAt.text)))
    }
    return .object(members)
  }
}
