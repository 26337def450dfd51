import Events
import RoostCore
import Testing

@Suite struct RejectionTests {
  static let long = String(repeating: "x", count: 256)
  static let tooLong = String(repeating: "x", count: 257)

  /// An event of a batch, and the pointer and reason it is refused with.
  static let events: [(String, String)] = [
    ("1", " not_an_object"), ("[]", " not_an_object"), ("null", " not_an_object"), ("\"e\"", " not_an_object"),
    ("{}", "/type unknown_type"), (#"{"type":"delete","userId":"u"}"#, "/type unknown_type"),
    (#"{"type":7,"userId":"u"}"#, "/type unknown_type"), (#"{"type":"Track","userId":"u"}"#, "/type unknown_type"),
    (#"{"type":"consent","userId":"u"}"#, "/type unknown_type"),
    (#"{"type":"track","userId":"u"}"#, "/event missing_event_name"),
    (#"{"type":"track","userId":"u","event":null}"#, "/event missing_event_name"),
    (#"{"type":"track","userId":"u","event":" "}"#, "/event missing_event_name"),
    (#"{"type":"track","userId":"u","event":7}"#, "/event invalid_member"),
    ("{\"type\":\"track\",\"userId\":\"u\",\"event\":\"\(tooLong)\"}", "/event invalid_name"),
    (#"{"type":"track","event":"E"}"#, "/userId missing_identifier"),
    (#"{"type":"track","event":"E","userId":null,"anonymousId":null}"#, "/userId missing_identifier"),
    (#"{"type":"track","event":"E","userId":"","anonymousId":"  "}"#, "/userId missing_identifier"),
    (#"{"type":"track","event":"E","userId":true}"#, "/userId invalid_identifier"),
    (#"{"type":"track","event":"E","userId":1.5}"#, "/userId invalid_identifier"),
    (#"{"type":"track","event":"E","userId":1e3}"#, "/userId invalid_identifier"),
    (#"{"type":"track","event":"E","anonymousId":{}}"#, "/anonymousId invalid_identifier"),
    ("{\"type\":\"track\",\"event\":\"E\",\"userId\":\"\(long)\"}", "/userId invalid_identifier"),
    (#"{"type":"alias","previousId":"p"}"#, "/userId missing_identifier"),
    (#"{"type":"alias","userId":"u"}"#, "/previousId missing_identifier"),
    (#"{"type":"group","userId":"u"}"#, "/groupId invalid_member"),
    (#"{"type":"group","userId":"u","groupId":""}"#, "/groupId invalid_member"),
    (#"{"type":"page","userId":"u","name":7}"#, "/name invalid_member"),
    (#"{"type":"track","event":"E","userId":"u","properties":[1]}"#, "/properties invalid_member"),
    (#"{"type":"identify","userId":"u","traits":"x"}"#, "/traits invalid_member"),
    (#"{"type":"identify","userId":"u","context":"x"}"#, "/context invalid_member"),
    (#"{"type":"identify","userId":"u","context":{"traits":7}}"#, "/context/traits invalid_member"),
    (#"{"type":"identify","userId":"u","context":{"consent":7}}"#, "/context/consent invalid_member"),
    (
      #"{"type":"identify","userId":"u","context":{"consent":{"categoryPreferences":{"a/b":"yes"}}}}"#,
      "/context/consent/categoryPreferences/a~1b invalid_member"
    ),
    (#"{"type":"identify","userId":"u","context":{"externalIds":{}}}"#, "/context/externalIds invalid_member"),
    (#"{"type":"identify","userId":"u","context":{"externalIds":[1]}}"#, "/context/externalIds invalid_member"),
    (
      #"{"type":"identify","userId":"u","context":{"externalIds":[{"type":"a","id":"1"},{"type":"a"}]}}"#,
      "/context/externalIds/1 invalid_identifier"
    ),
    (
      #"{"type":"identify","userId":"u","context":{"externalIds":[{"type":"a:b","id":"1"}]}}"#,
      "/context/externalIds/0 invalid_identifier"
    ),
    (#"{"type":"track","event":"E","userId":"u","messageId":{}}"#, "/messageId invalid_message_id"),
    (
      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"\(long)\"}", "/messageId invalid_message_id"
    ),
    (#"{"type":"track","event":"E","userId":"u","timestamp":"soon"}"#, "/timestamp invalid_timestamp"),
    (#"{"type":"track","event":"E","userId":"u","timestamp":1772359200}"#, "/timestamp invalid_timestamp"),
    (#"{"type":"track","event":"E","userId":"u","timestamp":"1969-12-31"}"#, "/timestamp invalid_timestamp"),
    (#"{"type":"track","event":"E","userId":"u","originalTimestamp":"x"}"#, "/originalTimestamp invalid_timestamp"),
    (
      #"{"type":"track","event":"E","userId":"u","timestamp":"2026-03-02T10:00:00.001Z"}"#,
      "/timestamp timestamp_in_future"
    ),
    (#"{"type":"track","event":"E","userId":"u","properties":{"":1}}"#, "/properties/ invalid_name"),
  ]

  @Test func namesTheReasonAndThePlace() throws {
    for (event, expected) in Self.events {
      let outcome = try parse("{\"batch\":[\(event)]}")
      #expect(outcome.reasons == ["0 \(expected)"], "\(event.prefix(120))")
      #expect(outcome.lines.isEmpty && outcome.bytes.isEmpty)
    }
  }

  @Test func keepsTheGoodOnesAndTheirIndices() throws {
    let good = #"{"type":"track","event":"E","userId":"u","messageId":"m","timestamp":"2026-02-01"}"#
    let future = #"{"type":"track","event":"E","userId":"u","timestamp":"2027-01-01"}"#
    let body = "{\"batch\":[\(future), \(good),\(Self.events.map(\.0).joined(separator: " , ")),\(good),\(future)]}"
    let outcome = try parse(body)
    let line = "track \"E\" 2026-02-01T00:00:00.000Z message=m | user:u | "
    #expect(outcome.lines == [line, line])
    let last = Self.events.count + 3
    let expected =
      ["0 /timestamp timestamp_in_future"] + Self.events.enumerated().map { "\($0 + 2) \($1.1)" }
      + ["\(last) /timestamp timestamp_in_future"]
    #expect(outcome.reasons == expected)
    let bytes = Array(body.utf8)
    for (rejection, event) in zip(outcome.rejected.dropFirst(), Self.events) {
      let raw = String(decoding: bytes[rejection.raw], as: UTF8.self)
      #expect(raw == event.0)
    }
  }

  @Test func limitsAreExact() throws {
    func event(_ properties: String) -> String {
      "{\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"m\",\"properties\":{\(properties)}}"
    }
    func fields(_ count: Int) -> String { event((0..<count).map { "\"k\($0)\":1" }.joined(separator: ",")) }
    #expect(try parse(fields(1_000), as: .track).lines.count == 1)
    #expect(try parse(fields(1_001), as: .track).reasons == ["0  too_many_fields"])
    #expect(try parse(event("\"\(Self.long)\":1"), as: .track).lines.count == 1)
    #expect(try parse(event("\"\(Self.tooLong)\":1"), as: .track).rejected.first?.reason == .invalidName)
    let base = event("\"a\":\"\"").utf8.count
    func sized(_ count: Int) -> String { event("\"a\":\"\(String(repeating: "y", count: count - base))\"") }
    #expect(try parse(sized(32_768), as: .track).lines.count == 1)
    #expect(try parse(sized(32_769), as: .track).reasons == ["0  event_too_large"])
    let ids = (0..<33).map { "{\"type\":\"a\",\"id\":\($0)}" }
    func external(_ count: Int) -> String {
      "{\"userId\":\"u\",\"context\":{\"externalIds\":[\(ids.prefix(count).joined(separator: ","))]}}"
    }
    #expect(try parse(external(32), as: .identify).lines.count == 1)
    #expect(try parse(external(33), as: .identify).rejected.first?.reason == .tooManyIdentifiers)
    let many = "{\"batch\":[" + String(repeating: "0,", count: 50_000)
    #expect(try parse(many.dropLast() + "]}").rejected.count == 50_000)
    #expect(throws: Problem.self) { _ = try parse(many + "0]}") }
  }

  @Test func aFullTableOfNamesRefusesNewOnesOnly() throws {
    let symbols = SymbolTable()
    var number = 0
    var parser = EventParser(symbols: symbols)
    while symbols.intern("n\(number)") != nil { number += 1 }
    func parsed(_ text: String, _ kind: CallKind = .track) throws -> Outcome {
      try parse(Array(text.utf8), as: kind, receivedAt: noon, symbols: symbols, with: &parser)
    }
    #expect(try parsed(#"{"userId":"u","event":"n7","messageId":"m","properties":{"n8":1}}"#).lines.count == 1)
    #expect(try parsed(#"{"userId":"u","event":"new"}"#).reasons == ["0 /event too_many_names"])
    #expect(
      try parsed(#"{"userId":"u","event":"n7","properties":{"new":1}}"#).reasons == ["0 /properties/new too_many_names"]
    )
    // A page may have any title.
    #expect(
      try parsed(#"{"userId":"u","messageId":"m","name":"new"}"#, .page).lines == [
        "page 2026-03-01T10:00:00.000Z message=m | user:u | p.name='new'"
      ])
  }
}
