import Events
import Foundation
import RoostCore
import Testing

/// Whatever arrives, there is an answer; and what is accepted means the same when written out and read again.
@Suite struct MutationTests {
  /// Bytes that matter to the parser, and texts that do.
  static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "-", "1e400", "0", "9007199254740993",
    "\u{0}", "é", "\"type\":", "\"userId\":", "\"batch\":[", "\"context\":{", "\"traits\":{", "\"email\":\"A@b.C\"",
    "\"properties\":{", "\"timestamp\":\"2026-01-01\"", "{}", "[]", "\"\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
  ]

  @Test(arguments: Capture.names)
  func mutatedCapturesHaveAnAnswer(_ name: String) throws {
    let original = try Capture.body(name)
    let symbols = SymbolTable()
    var parser = EventParser(symbols: symbols)
    var random = SeededRandom(seed: hash64(name, seed: 1))
    let receivedAt = Instant(milliseconds: 1_795_000_000_000)
    var accepted = 0
    var refused = 0
    for _ in 0..<2_600 {
      let bytes = mutate(original, &random)
      let kind = random.below(4) == 0 ? CallKind.allCases[random.below(8)] : .batch
      let call = bytes.withUnsafeBytes { raw in
        Result { () throws(Problem) in try parser.parse(raw, as: kind, receivedAt: receivedAt) }
      }
      switch call {
      case .failure(let problem):
        refused += 1
        #expect(problem.code == .invalid || problem.code == .tooLarge)
      case .success(let call):
        accepted += 1
        try checkIsJSON(bytes)
        try checkRoundTrip(call, kind, receivedAt, symbols, &parser)
      }
    }
    #expect(accepted > 100 && refused > 100)
  }

  /// Other readers must find the body to be JSON, too; only numbers beyond Doubles are refused by them.
  func checkIsJSON(_ bytes: [UInt8]) throws {
    do {
      _ = try JSONValue(parsing: bytes)
      _ = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    } catch let error as JSONError {
      #expect(error.reason == .numberOutOfRange)
    }
  }

  func mutate(_ original: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(3) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      switch random.below(7) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[at] ^= 1 << UInt8(random.below(8))
      case 2: bytes.remove(at: at)
      case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(40)))
      case 4: bytes.insert(contentsOf: Self.tokens[random.below(Self.tokens.count)].utf8, at: at)
      case 5:
        let from = random.below(bytes.count)
        let slice = Array(bytes[from..<min(bytes.count, from + random.below(60))])
        bytes.insert(contentsOf: slice, at: at)
      default:
        // A whole value changed for another: the body stays JSON more often.
        let digit = bytes.indices.filter { bytes[$0] >= 0x30 && bytes[$0] <= 0x39 }
        if let place = digit.isEmpty ? nil : digit[random.below(digit.count)] {
          bytes[place] = 0x30 + UInt8(random.below(10))
        }
      }
    }
    return bytes
  }

  /// Writes each record as a call and reads it: the bytes of the record must be the same.
  func checkRoundTrip(
    _ call: ParsedCall, _ kind: CallKind, _ receivedAt: Instant, _ symbols: SymbolTable, _ parser: inout EventParser
  ) throws {
    let records = call.events.bytes
    #expect(call.ranges.last?.upperBound ?? 0 == records.count)
    var text = Array("{\"batch\":[".utf8)
    records.withUnsafeBytes { raw in
      for (index, range) in call.ranges.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        text.append(callOf: EventView(trusted: UnsafeRawBufferPointer(rebasing: raw[range])), symbols)
      }
    }
    text.append(contentsOf: "]}".utf8)
    let again = try text.withUnsafeBytes {
      try parser.parse($0, as: kind == .import ? .import : .batch, receivedAt: receivedAt)
    }
    #expect(again.rejected.isEmpty)
    #expect(again.events.bytes == records, "\(String(decoding: text, as: UTF8.self))")
  }

  /// Every prefix of a body ends too early, and says so.
  @Test func truncatedBodiesHaveAnAnswer() throws {
    let body = try Capture.body("segment-plain-01")
    var parser = EventParser(symbols: SymbolTable())
    for count in 0..<body.count {
      let result = Array(body[..<count]).withUnsafeBytes { raw in
        Result { () throws(Problem) in try parser.parse(raw, as: .batch, receivedAt: noon) }
      }
      guard case .failure(let problem) = result else {
        Issue.record("a body cut at \(count) was taken")
        continue
      }
      #expect(problem.code == .invalid)
    }
  }
}
