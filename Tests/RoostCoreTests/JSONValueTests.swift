import RoostCore
import Testing

@Suite struct JSONValueTests {
  @Test func readsEveryKind() throws {
    let value = try JSONValue(parsing: #" {"a":[null,true,false,1,-2.5,"x"],"b":{},"c":1.0,"d":-0} "#)
    let items: [JSONValue] = [.null, .bool(true), .bool(false), .int(1), .double(-2.5), .string("x")]
    let members: [JSONValue.Member] = [
      .init("a", .array(items)), .init("b", .object([])), .init("c", .double(1)), .init("d", .int(0)),
    ]
    #expect(value == .object(members))
    #expect(value.text == #"{"a":[null,true,false,1,-2.5,"x"],"b":{},"c":1.0,"d":0}"#)
  }

  @Test func unescapesByTheBook() throws {
    let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83c\udf81\u0000""#
    #expect(try JSONValue(parsing: text) == .string("\"\\/\u{8}\u{C}\n\r\tAé€🎁\u{0}"))
  }

  @Test func escapesOnlyWhatMustBe() {
    func written(_ text: String) -> String { JSONValue.string(text).text }
    #expect(written("a\"b\\c/d") == #""a\"b\\c/d""#)
    #expect(written("\u{8}\u{C}\n\r\t") == #""\b\f\n\r\t""#)
    #expect(written("\u{0}\u{1}\u{1F}\u{7F}") == "\"\\u0000\\u0001\\u001f\u{7F}\"")
    #expect(written("é🎁\u{2028}") == "\"é🎁\u{2028}\"")
    #expect(written("") == "\"\"")
  }

  @Test func theLastOfTwoMembersCountsInTheFirstsPlace() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"b":2,"\u0061":3}"#).text == #"{"a":3,"b":2}"#)
    // Beyond the length where looking through the list ends.
    let many = (0..<100).map { "\"k\($0 % 40)\":\($0)" }.joined(separator: ",")
    let members = try #require(try JSONValue(parsing: "{\(many)}").members)
    #expect(members.map(\.key) == (0..<40).map { "k\($0)" })
    // 80…99 came last for k0…k19, 60…79 for the others.
    let last: [JSONValue] = (0..<40).map { key in .int(Int64(key < 20 ? key + 80 : key + 40)) }
    #expect(members.map(\.value) == last)
  }

  @Test func integersAreExact() throws {
    let texts = ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0", "-1"]
    for text in texts { #expect(try JSONValue(parsing: text) == .int(try #require(Int64(text)))) }
    #expect(try JSONValue(parsing: "9223372036854775808") == .double(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "-9223372036854775809") == .double(-9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "1e-400") == .double(0))
  }

  @Test func numbersAreWrittenShort() {
    let numbers: [(Double, String)] = [
      (0, "0"), (-0.0, "0"), (2, "2"), (-7, "-7"), (29.33, "29.33"), (0.1, "0.1"), (1e15, "1000000000000000"),
      (9_007_199_254_740_991, "9007199254740991"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
      (.infinity, "null"),
      (-.infinity, "null"), (.nan, "null"), (-1.5, "-1.5"),
    ]
    for (number, expected) in numbers {
      var bytes: [UInt8] = []
      bytes.append(jsonNumber: number)
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
    var bytes: [UInt8] = []
    bytes.append(decimal: Int64.min)
    bytes.append(utf8: " ")
    bytes.append(decimal: UInt64(7), width: 3)
    #expect(String(decoding: bytes, as: UTF8.self) == "-9223372036854775808 007")
  }

  @Test func anErrorSaysWhere() {
    let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: "{\"a\":tru}") }
    #expect(error == JSONError(offset: 5, reason: .badLiteral))
    #expect(error?.message == "The body is not valid JSON: a word other than true, false and null, at byte 5.")
    for reason in JSONError.Reason.allCases { #expect(!reason.text.isEmpty) }
  }
}
