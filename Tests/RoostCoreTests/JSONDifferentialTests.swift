import Foundation
import RoostCore
import Testing

/// Two implementations must agree: ours and Foundation's JSONSerialization, on random documents.
@Suite struct JSONDifferentialTests {
  struct Generator {
    var random: SeededRandom
    /// Foundation's reader on Linux goes through Decimal and rounds twice; it is asked for short numbers only.
    var hasLongNumbers = false

    mutating func document() -> JSONValue { value(depth: 1 + random.below(5)) }

    mutating func value(depth: Int) -> JSONValue {
      switch random.below(depth > 0 ? 9 : 6) {
      case 0: return .null
      case 1: return .bool(random.below(2) == 0)
      case 2:
        return .int(
          Int64(bitPattern: random.next()) >> Int64(hasLongNumbers ? random.below(64) : 11 + random.below(53)))
      case 3: return .double(Double(random.below(2_000_000) - 1_000_000) / 1_000)
      case 4: return .double(hasLongNumbers ? double() : 0.5)
      case 5: return .string(text())
      case 6: return .array((0..<random.below(6)).map { _ in value(depth: depth - 1) })
      default:
        var members: [JSONValue.Member] = []
        for _ in 0..<random.below(24) {
          let key = text()
          if members.contains(where: { $0.key == key }) { continue }
          members.append(.init(key, value(depth: depth - 1)))
        }
        return .object(members)
      }
    }

    /// Any finite Double, by its bits.
    mutating func double() -> Double {
      let number = Double(bitPattern: random.next())
      return number.isFinite && number != 0 ? number : 0.5
    }

    mutating func text() -> String {
      var text = ""
      for _ in 0..<random.below(20) {
        let bound: [UInt32] = [0x20, 0x80, 0x80, 0x80, 0x80, 0x800, 0x1_0000, 0x11_0000]
        let scalar = UInt32(random.below(Int(bound[random.below(bound.count)])))
        text.unicodeScalars.append(Unicode.Scalar(scalar) ?? "x")
      }
      // Foundation's dictionaries compare keys by canonical equivalence, JSON by bytes: keep to one form.
      return text.precomposedStringWithCanonicalMapping
    }
  }

  /// A Foundation object as a tree, objects sorted by key.
  static func tree(_ object: Any) -> JSONValue? {
    switch object {
    case is NSNull: return .null
    case let number as NSNumber:
      if ["c", "B"].contains(String(cString: number.objCType)) { return .bool(number.boolValue) }
      return .double(number.doubleValue)
    case let text as String: return .string(text)
    case let items as [Any]: return .array(items.compactMap(tree))
    case let members as [String: Any]:
      return sorted(.object(members.compactMap { key, value in tree(value).map { .init(key, $0) } }))
    default: return nil
    }
  }

  /// Members sorted and numbers as Doubles, for comparing with Foundation.
  static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .int(let number): .double(Double(number))
    case .array(let items): .array(items.map(sorted))
    case .object(let members):
      .object(members.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
    default: value
    }
  }

  /// The places where two trees differ, for reading a failure.
  static func differences(_ a: JSONValue?, _ b: JSONValue, at pointer: String = "") -> [String] {
    if let left = a?.array, let right = b.array, left.count == right.count {
      return zip(left, right).enumerated().flatMap { differences($1.0, $1.1, at: "\(pointer)/\($0)") }
    }
    if let left = a?.members, let right = b.members, left.map(\.key) == right.map(\.key) {
      return zip(left, right).flatMap { differences($0.value, $1.value, at: "\(pointer)/\($0.key)") }
    }
    return a == b ? [] : ["\(pointer.debugDescription): \(String(describing: a)) is not \(b)"]
  }

  @Test func readsWhatFoundationWrites() throws {
    var generator = Generator(random: SeededRandom(seed: 8_259))
    for _ in 0..<150 {
      let value = generator.document()
      let object = try JSONSerialization.jsonObject(with: Data(value.bytes), options: [.fragmentsAllowed])
      for options: JSONSerialization.WritingOptions in [[.fragmentsAllowed], [.fragmentsAllowed, .prettyPrinted]] {
        let written = try JSONSerialization.data(withJSONObject: object, options: options)
        let read = Self.sorted(try JSONValue(parsing: Array(written)))
        #expect(Self.differences(read, Self.sorted(value)).isEmpty)
      }
    }
  }

  @Test func foundationReadsWhatWeWrite() throws {
    var generator = Generator(random: SeededRandom(seed: 8_260))
    for _ in 0..<400 {
      let value = generator.document()
      let object = try JSONSerialization.jsonObject(with: Data(value.bytes), options: [.fragmentsAllowed])
      #expect(Self.differences(Self.tree(object), Self.sorted(value)).isEmpty)
    }
  }

  @Test func readsBackWhatItWrites() throws {
    var generator = Generator(random: SeededRandom(seed: 8_261), hasLongNumbers: true)
    for _ in 0..<600 {
      let value = generator.document()
      #expect(try JSONValue(parsing: value.bytes) == value, "\(value.text)")
    }
  }

  /// The short way of making a Double must give the bits that the standard library's reader gives.
  @Test func numbersAreRoundedOnce() throws {
    var random = SeededRandom(seed: 1_990)
    for _ in 0..<20_000 {
      var text = random.below(2) == 0 ? "-" : ""
      text += String(random.next() >> UInt64(random.below(64)))
      if random.below(2) == 0 { text += "." + String(random.next() >> UInt64(random.below(64))) }
      if random.below(2) == 0 { text += "e\(random.below(60) - 30)" }
      var scanner = Array(text.utf8)
      scanner.append(UInt8(ascii: " "))
      let bits = scanner.withUnsafeBytes { bytes -> UInt64? in
        var scanner = JSONScanner(bytes)
        return (try? scanner.number())?.double(in: bytes)?.bitPattern
      }
      #expect(bits == Double(text)?.bitPattern, "\(text)")
    }
  }
}
