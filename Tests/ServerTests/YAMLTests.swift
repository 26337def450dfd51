import RoostCore
import Testing

@testable import Server

struct YAMLTests {
  static func detail(_ yaml: String) -> String {
    do throws(Problem) {
      _ = try JSONValue(yaml: yaml)
      return "read without a problem"
    } catch { return error.message }
  }

  @Test func readsTheContractsJourney() throws {
    let yaml = """
      journey: winback
      enter: { segment: lapsing }          # a comment
      again: after 30d
      holdout: 0%
      exit: [{ event: Order Completed }, { segment: complained }]
      steps:
        - wait: 10m
        - wait: {until: "10:00"}
        - branch:
            - { if: { trait: country, is: IT }, steps: [{ exit: true }] }
            - { else: [] }
      """
    let json = """
      {"journey":"winback","enter":{"segment":"lapsing"},"again":"after 30d","holdout":"0%",
       "exit":[{"event":"Order Completed"},{"segment":"complained"}],
       "steps":[{"wait":"10m"},{"wait":{"until":"10:00"}},
        {"branch":[{"if":{"trait":"country","is":"IT"},"steps":[{"exit":true}]},{"else":[]}]}]}
      """
    #expect(try JSONValue(yaml: yaml) == JSONValue(parsing: json))
  }

  /// YAML 1.2.2, example 10.9 and the regular expressions of chapter 10.3.2.
  @Test(arguments: [
    ("null", JSONValue.null), ("~", .null), ("", .null), ("true", .bool(true)), ("False", .bool(false)),
    ("TRUE", .bool(true)), ("0", .int(0)), ("0o7", .int(7)), ("0x3A", .int(58)), ("-19", .int(-19)), ("+12", .int(12)),
    ("012", .int(12)), ("0.", .double(0)), ("-0.0", .double(-0.0)), (".5", .double(0.5)), ("+12e03", .double(12_000)),
    ("-2E+05", .double(-200_000)), ("yes", .string("yes")), ("NO", .string("NO")), ("on", .string("on")),
    ("tRue", .string("tRue")), ("1_000", .string("1_000")), ("2026-03-01", .string("2026-03-01")),
    ("12:30", .string("12:30")), ("-", .string("-")), (".", .string(".")), ("1e", .string("1e")),
    ("0x", .string("0x")), ("+0x1", .string("+0x1")), ("'5'", .string("5")), ("\"true\"", .string("true")),
    ("!!str 5", .string("5")), ("!!int \"5\"", .int(5)), ("18446744073709551616", .double(18_446_744_073_709_551_616)),
  ])
  func typesScalarsByTheCoreSchema(yaml: String, value: JSONValue) throws {
    // A lone "-" would begin a list: scalars stand in a flow list, but for the empty one.
    let document = yaml == "-" ? "a: '-'" : "a: \(yaml)"
    #expect(try JSONValue(yaml: document)["a"] == value)
  }

  @Test(arguments: [
    ("a: 1\nb: [1, 2", "line 2"), ("a: 1\n  b: 2\n", "line 2"), ("a: \"x\nb: 1", "line"),
    ("a: *nobody", "line 1, column 4"), ("a: 1\n---\nb: 2", "line 2, column 1: a second document"),
    ("a: 1\nb: 2\na: 3\n", "\"a\" is given twice"), ("? [1]\n: 2", "a key is a text"), ("a: .inf", "line 1, column 4"),
    ("a: !thing 5", "the tag !thing"), ("a: !!int x", "is not what its tag says"), ("", "empty"),
    ("# only a comment\n", "empty"),
  ])
  func namesTheFault(yaml: String, words: String) {
    #expect(Self.detail(yaml).contains(words), "\(Self.detail(yaml))")
  }

  @Test func refusesAliasBombs() {
    // Nine levels of nine: 9⁹ nodes if written out.
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      let alias = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(alias)]\n"
    }
    #expect(Self.detail(bomb).contains("aliases"))
    #expect(Self.detail(bomb.replacing("a0: &a0 ", with: "? ")).contains("aliases"))
    // Few aliases of a long list.
    let list = Array(repeating: "x", count: 9_000).joined(separator: ",")
    let few = (0..<12).map { "b\($0): *a\n" }.joined()
    #expect(Self.detail("a: &a [\(list)]\n\(few)").contains("more than 100000 values"))
  }

  @Test func readsAliases() throws {
    let json = try JSONValue(yaml: "a: &x {event: Order}\nb: [*x, *x]")
    #expect(json["b"]?.array == [["event": "Order"], ["event": "Order"]])
  }

  @Test func bulletsInTextsAreNoAliases() throws {
    let text = "a: |\n" + (0..<100).map { "  *word\($0) and &amp; more\n" }.joined()
    #expect(try JSONValue(yaml: text)["a"]?.string?.hasPrefix("*word0") == true)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
  func refusesDepth(opening: String) {
    #expect(Self.detail(String(repeating: opening, count: 100_000)).contains("nested deeper"))
  }

  @Test func depthLimitIsExact() throws {
    func lists(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try JSONValue(yaml: lists(64))
    #expect(Self.detail(lists(65)).contains("nested deeper than 64"))
    // As deep as the parser itself is let go.
    #expect(Self.detail(lists(YAMLLimits.openMax)).contains("nested deeper than 64"))
  }

  @Test func whatIsWrittenReadsBack() throws {
    var random = SeededRandom(seed: 11)
    for _ in 0..<2_000 {
      let value = Self.value(&random, depth: 0)
      let yaml = value.yaml
      let read = try JSONValue(yaml: yaml)
      #expect(read == value, "\(yaml)")
    }
  }

  @Test func writesPlainly() {
    let json: JSONValue = [
      "journey": "winback", "steps": [["wait": "10m"], ["set": ["trait": "tried", "to": true]]], "none": [],
      "text": "Hello,\n\n  you\n", "odd": "yes",
    ]
    #expect(
      json.yaml == """
        journey: winback
        steps:
          - wait: "10m"
          - set:
              trait: tried
              to: true
        none: []
        text: |
          Hello,

            you
        odd: "yes"

        """)
  }

  private static let texts = [
    "", " ", "a", "true", "No", "~", "null", "12", "0x1F", "1e5", "-", "- a", "a: b", "a #b", "#", "&a", "*a", "!x",
    "|",
    ">", "%", "@", "`", "'", "\"", "a\nb", "a\n", "\n", "\na", "a\n\nb\n", "a \nb", "  a\nb", "a\n b\n\n", "é", "🐦",
    "\u{7F}", "\u{85}",
    "\u{2028}", "a\u{FEFF}b", "a\tb", "a\r\nb", "x, y", "[a]", "{a}", "a:", "key", "Order Completed", "?", "? a", "...",
    "---",
    "a\n---\nb", "=", "<<", "\u{1}",
  ]

  private static func value(_ random: inout SeededRandom, depth: Int) -> JSONValue {
    switch random.below(depth > 3 ? 6 : 9) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return .int(Int64(random.below(2_000_000)) - 1_000_000)
    case 3: return .double(Double(random.below(1_000_000)) / 64 - 5_000)
    case 4, 5: return .string(texts[random.below(texts.count)])
    case 6: return .array((0..<random.below(4)).map { _ in value(&random, depth: depth + 1) })
    default:
      var members: [JSONValue.Member] = []
      for _ in 0..<random.below(4) {
        let key = texts[random.below(texts.count)]
        guard !members.contains(where: { $0.key == key }) else { continue }
        members.append(.init(key, value(&random, depth: depth + 1)))
      }
      return .object(members)
    }
  }
}
