import RoostCore
import Testing

/// What RFC 8259 accepts (`accepted`), refuses (`refused`) and leaves open (`choices`), one rule a line, in the manner of
/// N. Seriot's "Parsing JSON is a minefield".
@Suite struct JSONGrammarTests {
  static let accepted: [String] = [
    "null", "true", "false", "0", "-0", "1", "-1", "12345678901234567890", "\"\"", "\"a\"", "[]", "{}", " [] ",
    "\t[]\n",
    "\r\n[]\r\n", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "{\"a\":1}", "{\"a\":{}}", "{\"a\":[]}",
    "{\"\":0}", "{\"a\":1,\"b\":2}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"a\":1,\"a\":2}", "{\"a\":null}",
    "[null,true,false]",
    "[0.0]", "[-0.0]", "[0.5]", "[-0.5]", "[1.25e3]", "[1E3]", "[1e3]", "[1e+3]", "[1e-3]", "[1E+3]", "[1E-3]", "[0e0]",
    "[0e+1]", "[0E-1]", "[123.456789]", "[1e0]", "[1e00]", "[1e01]", "[1.0e28]", "[9007199254740993]", "[-2147483649]",
    "[0.1e1]", "[123e65]", "[-123]", "[-1.5]", "[20e1]", "[1e5 ]", "[1.7976931348623157e308]", "[5e-324]",
    "[0.3e-324]", "[100000000000000000000]",
    "\"\\\"\"", "\"\\\\\"", "\"\\/\"", "\"/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u0061\"", "\"\\u00e9\"",
    "\"\\u00E9\"", "\"\\u20AC\"", "\"\\ud83c\\udf81\"", "\"\\uD83C\\uDF81\"", "\"\\uFFFF\"", "\"\\uFEFF\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\ud800\\udc00\"", "\"é\"", "\"€\"", "\"🎁\"", "\"\u{7F}\"", "\"\u{80}\"", "\"\u{7FF}\"", "\"\u{800}\"",
    "\"\u{D7FF}\"", "\"\u{E000}\"", "\"\u{FFFF}\"", "\"\u{10000}\"", "\"\u{10FFFF}\"", "\"\u{2028}\u{2029}\"",
    "\"\u{FEFF}\"", "[\"\u{FEFF}\"]", "\"\\\\u0061\"", "\"\\\\\\\"\"", "\"a\\u0022b\"", "\"'\"", "\"[{:,}]\"", "\"//\"",
    "\"long enough to be read eight bytes at a time, twice\"", "\"1234567\"", "\"12345678\"", "\"123456789\"",
    "\"1234567\\n\"", "\"12345678\\n9\"", "{\"\\u0061\":1}", "{\"a\\\"b\":1}", "{\"\u{0416}\":1}",
    "[[[[[[[[[[]]]]]]]]]]",
    "[\"a\",1,{\"b\":[true,{\"c\":null}]}]", "[1\n]", "[ \"\" ]", "{\"a\":\"b\",\"c\":\"d\"}",
  ]

  static let refused: [String] = [
    "", " ", "\n", "nul", "nulL", "Null", "nan", "NaN", "tru", "True", "TRUE", "fals", "falze", "undefined", "None",
    "Infinity",
    "-Infinity", "[", "]", "{", "}", "[[", "]]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]",
    "[1:2]",
    "[1]]", "[1}", "{1}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\",1}",
    "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{[]:1}", "{\"a\"::1}", "{\"a\":1,,\"b\":2}",
    "{\"a\":}",
    "{:1}", "{\"a\":1]", "{\"a\":1}}", "{\"a\":1}#", "[]a", "[] []", "1 2", "truefalse", "true,", "nullx",
    "[truefalse]",
    "[true1]", "\"", "\"a", "'a'", "\"a\"b", "\"\\\"", "\"\\", "\"\\x\"", "\"\\a\"", "\"\\'\"", "\"\\0\"",
    "\"\\U0061\"",
    "\"\\ \"", "\"\\u\"", "\"\\u1\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"", "\"\\u 123\"", "\"\\u+123\"",
    "\"\\u-123\"",
    "\"\\uD800\\u\"", "\"\\uD800\\u1\"", "\"\n\"", "\"\t\"", "\"\r\"", "\"\u{0}\"", "\"\u{1F}\"", "\"1234567\u{1}\"",
    "\"12345678\u{1}\"", "{\"a\nb\":1}", "+1", "++1", "-", "- 1", "--1", "-a", "01", "-01", "00", "-00", "012", "0x1",
    "1.",
    "-1.", ".5", "-.5", "1.e3", "1..2", "1.2.3", "1e", "1e+", "1e-", "1E", "1e1.5", "1ee1", "1e+-1", "0e", "0e+", "0.",
    "0.e1", "1_000", "1,000", "1a", "1/2", "[1.]", "[-]", "[+1]", "[.1]", "[1e]", "[0.3e]", "[0.3e+]", "[9.e+]",
    "[1+2]",
    "[Inf]", "[-NaN]", "[0b1]", "[1f]", "[١]", "[１]", "\u{FEFF}", "\u{FEFF}[]", "[]\u{FEFF}", "[\u{A0}1]", "\u{A0}[]",
    "[\u{B}1]", "[\u{C}1]", "\u{C}[]", "[\u{2028}1]", "\u{0}", "[]\u{0}", "/**/[]", "[]/**/", "[/**/]", "//\n[]",
    "[1]//",
    "#[]", "<null>", "<!--[]-->", "[\"a\",\n1,\n1\n,", "[\"a\"", "[\"a", "{\"a\":\"b", "{\"a\":\"b\"", "[\\n]",
    "\\u005B]", "*",
    "$", "[\"\":1]", "{\"a\":tru}", "(1)", "[1)", "{\"a\": 1, b: 2}", "[true, fals]", "é", "[é]",
  ]

  /// Not decided by the RFC: lone surrogates and numbers beyond Doubles are refused, since what they would become differs
  /// from receiver to receiver.
  static let choices: [(String, JSONError.Reason)] = [
    ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate), ("\"\\uDFFFa\"", .loneSurrogate),
    ("\"\\uD800a\"", .loneSurrogate), ("\"\\uD800\\n\"", .loneSurrogate), ("\"\\uD800\\uD800\"", .loneSurrogate),
    ("\"\\uD83C\\u0041\"", .loneSurrogate), ("\"\\uDF81\\uD83C\"", .loneSurrogate), ("{\"\\uD800\":1}", .loneSurrogate),
    ("1e400", .numberOutOfRange), ("-1e400", .numberOutOfRange), ("[1e999999999999999999]", .numberOutOfRange),
    ("1" + String(repeating: "0", count: 400), .numberOutOfRange), ("\u{FEFF}{}", .byteOrderMark),
  ]

  static let badUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xDF, 0x7F], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
    [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF0, 0x9F, 0x8E], [0xF0, 0x28, 0x8C, 0xBC], [0xF0, 0x90, 0x28, 0xBC], [0xF0, 0x90, 0x8C, 0x28],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC], [0xFE], [0xFF],
    [0xFF, 0xFE], [0x61, 0xE9, 0x62],
  ]

  @Test func acceptsWhatTheGrammarAllows() {
    for text in Self.accepted {
      #expect(throws: Never.self, "\(text)") { _ = try JSONValue(parsing: text) }
    }
  }

  @Test func refusesWhatTheGrammarForbids() {
    for text in Self.refused {
      #expect(throws: JSONError.self, "\(text.debugDescription)") { _ = try JSONValue(parsing: text) }
    }
  }

  @Test func documentsItsChoices() {
    for (text, reason) in Self.choices {
      let error = #expect(throws: JSONError.self, "\(text.prefix(40))") { _ = try JSONValue(parsing: text) }
      #expect(error?.reason == reason, "\(text.prefix(40))")
    }
  }

  @Test func refusesWhatIsNotUTF8AtEveryPlace() {
    for bytes in Self.badUTF8 {
      for lead in 0...9 {
        let text = Array("[\"".utf8) + [UInt8](repeating: 0x61, count: lead) + bytes + Array("\"]".utf8)
        let error = #expect(throws: JSONError.self, "\(bytes) after \(lead)") { _ = try JSONValue(parsing: text) }
        #expect(error?.reason == .badUTF8)
      }
      #expect(throws: JSONError.self) { _ = try JSONValue(parsing: bytes) }
    }
  }

  @Test func nestsSixtyFourDeepAndNoDeeper() throws {
    func nested(_ depth: Int, _ open: String, _ close: String) -> String {
      String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }
    _ = try JSONValue(parsing: nested(64, "[", "]"))
    _ = try JSONValue(parsing: nested(63, "{\"a\":", "}").replacing("::", with: ":").replacing(":}", with: ":0}"))
    for text in [nested(65, "[", "]"), nested(100_000, "[", "]"), String(repeating: "[", count: 100_000)] {
      let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
      #expect(error?.reason == .tooDeep && error?.offset == 64)
    }
    let objects = String(repeating: "{\"a\":", count: 100_000)
    #expect(throws: JSONError(offset: 320, reason: .tooDeep)) { _ = try JSONValue(parsing: objects) }
    // Siblings are not depth.
    _ = try JSONValue(parsing: "[" + String(repeating: "[],", count: 1_000) + "[[]]]")
  }

  @Test func everyPrefixOfADocumentIsRefused() {
    let text = #"{"a":[1.5e3,true,null,"x\u00e9\ud83c\udf81é"],"b":{"c":false}}"#
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count {
      #expect(throws: JSONError.self, "\(count)") { _ = try JSONValue(parsing: Array(bytes[..<count])) }
    }
  }

  @Test func theTableIsLongEnoughToMeanSomething() {
    #expect(Self.accepted.count + Self.refused.count + Self.choices.count + Self.badUTF8.count >= 250)
  }
}
