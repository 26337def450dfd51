import RoostCore

/// JSON as an enemy or a broken program would write it: valid documents with members renamed, dropped, doubled and put
/// elsewhere, and values of other kinds. It stays JSON, so that it comes further than changed bytes do.
public struct HostileDocument {
  public let corpus: [JSONValue]
  public private(set) var random: SeededRandom

  private static let depthMax = 12
  private static let numbers: [JSONValue] = [
    0, 1, -1, .int(.max), .int(.min), .double(1e300), .double(-0.5), .double(.leastNonzeroMagnitude), .int(1_000_000),
  ]
  private static let texts = [
    "", " ", "/", "/0", "/-1", "/~1~0~", "//", "-1", "1e400", "nan", "inf", "2xx", "\0", "\r\nX: 1", "{{ a }}", "{% if",
    "\u{202E}", "😀", "٣", "true", "null", "9223372036854775808",
  ]

  public init(_ corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus.compactMap { try? JSONValue(parsing: $0) }
    random = SeededRandom(seed: seed)
  }

  public mutating func next() -> JSONValue {
    var document = corpus[random.below(corpus.count)]
    for _ in 0...random.below(3) { document = changed(document, depth: 0) }
    return document
  }

  /// The document with one place of it changed.
  private mutating func changed(_ value: JSONValue, depth: Int) -> JSONValue {
    guard random.below(4) > 0 || depth == 0 else { return other(depth) }
    switch value {
    case .array(var items) where !items.isEmpty:
      let place = random.below(items.count)
      switch random.below(6) {
      case 0: items.remove(at: place)
      case 1: items += Array(repeating: items[place], count: 1 + random.below(40))
      default: items[place] = changed(items[place], depth: depth + 1)
      }
      return .array(items)
    case .object(var members) where !members.isEmpty:
      let place = random.below(members.count)
      switch random.below(8) {
      case 0: members.remove(at: place)
      case 1: members.append(.init(members[place].key, other(depth)))
      case 2: members[place].key = text()
      case 3: members.swapAt(place, random.below(members.count))
      default: members[place].value = changed(members[place].value, depth: depth + 1)
      }
      return .object(members)
    default: return other(depth)
    }
  }

  private mutating func other(_ depth: Int) -> JSONValue {
    switch random.below(8) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return Self.numbers[random.below(Self.numbers.count)]
    case 3 where depth < Self.depthMax: return .array([other(depth + 1)])
    case 4 where depth < Self.depthMax: return .object([.init(text(), other(depth + 1))])
    case 5:
      // Somebody's value, where it does not belong.
      return corpus[random.below(corpus.count)].members?.first?.value ?? .null
    default: return .string(text())
    }
  }

  private mutating func text() -> String {
    let text = Self.texts[random.below(Self.texts.count)]
    switch random.below(6) {
    case 0: return String(repeating: text, count: 300)
    // One letter to a reader, and as many bytes as its writer likes.
    case 1: return text + "a" + String(repeating: "\u{301}", count: 5_000)
    default: return text
    }
  }
}
