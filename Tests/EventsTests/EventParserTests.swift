import Events
import RoostCore
import Testing

/// One call each; times relative to 2026-03-01T10:00:00Z, when all of them are received.
@Suite struct EventParserTests {
  func track(_ members: String) throws -> Outcome {
    try parse("{\"userId\":\"u\",\"event\":\"E\",\"messageId\":\"m\",\(members)}", as: .track)
  }

  @Test func keepsEveryKindOfValue() throws {
    let outcome = try track(
      #""properties":{"a":null,"b":true,"c":false,"d":-0,"e":1.5e3,"f":"x\n\u0416","g":[1, 2],"h":{"i":1},"j":9007199254740993,"k":1e400,"l":9007199254740991,"m":-1e-400,"n":""}"#
    )
    let fields = try #require(outcome.lines.first?.split(separator: "| ").last)
    #expect(
      fields
        == "p.a=null p.b=true p.c=false p.d=0.0 p.e=1500.0 p.f='x\n\u{416}' p.g=json([1, 2]) p.h=json({\"i\":1})"
        + " p.j=json(9007199254740993) p.k=json(1e400) p.l=9007199254740991.0 p.m=json(-1e-400) p.n=''")
  }

  @Test(arguments: [
    (#""context":{"timezone":"Europe/Rome"}"#, "t.device_timezone='Europe/Rome' c.timezone='Europe/Rome'"),
    // What the sender says of the person goes before what is concluded.
    (
      #""context":{"timezone":"Europe/Rome","traits":{"device_timezone":"UTC"}}"#,
      "t.device_timezone='UTC' c.timezone='Europe/Rome'"
    ),
    (#""context":{"timezone":7}"#, "c.timezone=7.0"), (#""properties":{"timezone":"UTC"}"#, "p.timezone='UTC'"),
  ])
  func aDevicesTimeZoneIsATrait(members: String, fields: String) throws {
    #expect(try track(members).lines.first?.hasSuffix("| \(fields)") == true)
  }

  @Test func theLastOfTwoMembersCounts() throws {
    let outcome = try track(
      #""properties":{"x":1},"event":"F","properties":{"a":1,"b":2,"\u0061":3,"c":4,"a":5}"#)
    #expect(outcome.lines == ["track \"F\" 2026-03-01T10:00:00.000Z message=m | user:u | p.a=5.0 p.b=2.0 p.c=4.0"])
  }

  @Test func anyOrderOfMembersIsTheSameRecord() throws {
    let members = [
      #""type":"page""#, #""userId":"u""#, #""anonymousId":"a""#, #""messageId":"m""#, #""name":"N""#,
      #""category":"C""#, #""timestamp":"2026-02-01""#, #""properties":{"p":1,"name":"other"}"#,
      #""context":{"ip":"::1","traits":{"email":"X@Y.z"},"consent":{"categoryPreferences":{"marketing":true}},"device":{"id":"d"},"externalIds":[{"type":"crm","id":7}],"library":{}}"#,
      #""integrations":{"All":true}"#, #""unknown":[{}]"#,
    ]
    let symbols = SymbolTable()
    let first = try parse("{\"batch\":[{\(members.joined(separator: ","))}]}", symbols: symbols)
    #expect(
      first.lines == [
        "page \"N\" 2026-02-01T00:00:00.000Z message=m | user:u email:x@y.z device:d anonymous:a custom:crm:7"
          + " | p.name='N' p.category='C' p.p=1.0 t.email='X@Y.z' consent.marketing=true c.ip='::1' c.device=json({\"id\":\"d\"})"
      ])
    var random = SeededRandom(seed: 7)
    for _ in 0..<200 {
      let shuffled = members.shuffled(using: &random).joined(separator: " , ")
      #expect(try parse("{\"batch\":[ {\(shuffled)} ]}", symbols: symbols).bytes == first.bytes)
    }
  }

  @Test func theEnvelopeMayStandAnywhere() throws {
    let event = #"{"type":"track","event":"E","userId":"u","messageId":"m","timestamp":"2026-03-01T09:00:00Z"}"#
    let parts = [
      "\"batch\":[\(event)]", #""sentAt":"2026-03-01T09:59:50Z""#, #""writeKey":"k""#,
      #""context":{"ip":"1.2.3.4","traits":{"vip":true}}"#,
    ]
    let symbols = SymbolTable()
    var random = SeededRandom(seed: 8)
    for _ in 0..<24 {
      let outcome = try parse("{\(parts.shuffled(using: &random).joined(separator: ","))}", symbols: symbols)
      #expect(
        outcome.lines == [
          "track \"E\" 2026-03-01T09:00:10.000Z message=m | user:u | t.vip=true c.ip='1.2.3.4'"
        ])
      #expect(outcome.writeKey == "k")
    }
  }

  @Test func anEventsOwnContextGoesBeforeTheBatchs() throws {
    let outcome = try parse(
      #"{"context":{"ip":"1","locale":"it","traits":{"a":1,"b":1}},"batch":[{"type":"identify","userId":"u","messageId":"m","context":{"ip":"2","traits":{"b":2,"c":2}},"traits":{"c":3}}]}"#
    )
    #expect(
      outcome.lines == [
        "identify 2026-03-01T10:00:00.000Z message=m | user:u | t.c=3.0 t.b=2.0 t.a=1.0 c.ip='2' c.locale='it'"
      ])
  }

  @Test func aGroupsTraitsAreNotThePersons() throws {
    let outcome = try parse(
      #"{"userId":"u","messageId":"m","groupId":42,"traits":{"email":"all@corp.example","group_id":"x"},"context":{"traits":{"phone":"0039 06 1234567"}}}"#,
      as: .group)
    #expect(
      outcome.lines == [
        "group 2026-03-01T10:00:00.000Z message=m | user:u phone:+39061234567"
          + " | p.group_id='42' p.email='all@corp.example' t.phone='0039 06 1234567'"
      ])
  }

  @Test func anAddressThatIsNoneStaysATrait() throws {
    let outcome = try parse(
      #"{"userId":"u","messageId":"m","traits":{"email":"n/a","phone":"06 1234567"}}"#, as: .identify)
    #expect(
      outcome.lines == ["identify 2026-03-01T10:00:00.000Z message=m | user:u | t.email='n/a' t.phone='06 1234567'"])
  }

  @Test func anyIdentifierIsEnough() throws {
    let bodies = [
      #""anonymousId":" a ""#: "anonymous:a", #""userId":42"#: "user:42",
      #""context":{"device":{"id":"d"}}"#: "device:d", #""context":{"traits":{"email":"A@B.c"}}"#: "email:a@b.c",
      #""context":{"externalIds":[{"type":"crm","id":"7","collection":"users","encoding":"none"}]}"#: "custom:crm:7",
    ]
    for (member, identifier) in bodies {
      let outcome = try parse("{\"event\":\"E\",\(member)}", as: .track)
      #expect(outcome.lines.first?.contains("| \(identifier) |") == true, "\(member)")
    }
  }

  @Test func aCallWithoutMessageIDIsNewEachTime() throws {
    let body = #"{"batch":[{"type":"track","event":"E","userId":"u"},{"type":"track","event":"E","userId":"u"}]}"#
    func ids(_ at: Instant) throws -> [Substring] {
      try parse(body, receivedAt: at).lines.compactMap {
        $0.split(separator: " ").first { $0.hasPrefix("message=auto-") }
      }
    }
    let later = noon + .seconds(1)
    #expect(try ids(noon).count == 2)
    #expect(try Set(ids(noon) + ids(later)).count == 4)
    #expect(try ids(noon) == ids(noon))
  }

  @Test func importIsHistoryAndCorrectsNoClock() throws {
    let outcome = try parse(
      #"{"sentAt":"2026-03-01T09:00:00Z","batch":[{"type":"track","event":"E","userId":"u","messageId":"m","timestamp":"1997-01-01"}]}"#,
      as: .import)
    #expect(outcome.lines == ["track \"E\" history 1997-01-01T00:00:00.000Z message=m | user:u | "])
  }

  @Test func aBodyThatIsNoCallIsAProblem() throws {
    let bodies: [(String, CallKind)] = [
      ("", .track), ("[]", .track), ("{}", .batch), ("{\"batch\":{}}", .batch), ("{\"batch\":[]} x", .batch),
      ("{\"batch\":[{]}", .batch), ("{\"batch\":null}", .batch), ("\u{FEFF}{}", .track),
      ("{\"batch\":[],\"context\":1}", .batch),
    ]
    for (body, kind) in bodies {
      let problem = #expect(throws: Problem.self, "\(body)") { _ = try parse(body, as: kind) }
      #expect(problem?.code == .invalid && problem?.message.isEmpty == false)
    }
    let problem = #expect(throws: Problem.self) { _ = try parse("{\"batch\":[tru]}") }
    #expect(problem?.message.contains("byte 10") == true)
    #expect(try parse("{\"batch\":[]}").lines.isEmpty)
  }

  @Test func aCopyOfAParserIsItsOwn() throws {
    let symbols = SymbolTable()
    var first = EventParser(symbols: symbols)
    let body = Array(#"{"userId":"\u0075","event":"\u0045","messageId":"\u006d"}"#.utf8)
    let one = try parse(body, as: .track, receivedAt: noon, symbols: symbols, with: &first)
    var second = first
    let two = try parse(body, as: .track, receivedAt: noon, symbols: symbols, with: &second)
    let three = try parse(body, as: .track, receivedAt: noon, symbols: symbols, with: &first)
    #expect(one.bytes == two.bytes && two.bytes == three.bytes)
    #expect(one.lines == ["track \"E\" 2026-03-01T10:00:00.000Z message=m | user:u | "])
  }

  @Test func findsTheWriteKeyWithoutTheEvents() {
    func find(_ text: String) -> String? { Array(text.utf8).withUnsafeBytes { findWriteKey($0) } }
    #expect(find(#"{"batch":[{"writeKey":"inner"}],"writeKey":"k\u0031"}"#) == "k1")
    #expect(find(#"{"writeKey":7}"#) == nil)
    #expect(find(#"{"batch":[]}"#) == nil)
    #expect(find(#"{"writeKey":"k""#) == nil)
    #expect(find("[]") == nil)
  }
}
