import Foundation
import RoostCore

/// Input as an enemy or a broken program would write it: valid input with bytes changed, parts cut, doubled, moved and
/// mixed, and plain noise. The same seed gives the same input.
public struct HostileInput {
  public let corpus: [[UInt8]]
  /// Pieces that mean something to the parser.
  public let tokens: [[UInt8]]
  public private(set) var random: SeededRandom

  public static let bytesMax = 64 << 10

  public init(_ corpus: [[UInt8]], tokens: [String], seed: UInt64) {
    self.corpus = corpus
    self.tokens = tokens.map { Array($0.utf8) }
    random = SeededRandom(seed: seed)
  }

  /// How many times as many cases as usual are tried: `make soak` asks for more.
  public static let factor = ProcessInfo.processInfo.environment["ROOST_FUZZ_FACTOR"].flatMap { Int($0) } ?? 1

  public mutating func next() -> [UInt8] {
    if random.below(12) == 0 { return noise() }
    var bytes = corpus[random.below(corpus.count)]
    for _ in 0...random.below(6) { change(&bytes) }
    return Array(bytes.prefix(Self.bytesMax))
  }

  private mutating func noise() -> [UInt8] {
    let count = random.below(400)
    let isText = random.below(2) == 0
    return (0..<count).map { _ in isText ? UInt8(32 + random.below(95)) : UInt8(random.below(256)) }
  }

  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = random.below(bytes.count + 1)
    return start..<min(bytes.count, start + random.below(1 + bytes.count / 4))
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = noise()
      return
    }
    let place = random.below(bytes.count)
    switch random.below(10) {
    case 0: bytes[place] = UInt8(random.below(256))
    case 1: bytes[place] ^= 1 << UInt8(random.below(8))
    case 2: bytes[place] = [0, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x20, 0x22][random.below(8)]
    case 3: bytes.removeSubrange(range(in: bytes))
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.insert(contentsOf: bytes[range(in: bytes)], at: place)
    case 6:
      let other = corpus[random.below(corpus.count)]
      bytes = Array(bytes[..<place]) + other[random.below(other.count + 1)...]
    case 7:
      let token = tokens.isEmpty ? [] : tokens[random.below(tokens.count)]
      let times = random.below(20) == 0 ? 500 : 1
      bytes.insert(contentsOf: (0..<times).flatMap { _ in token }, at: place)
    case 8: bytes.insert(contentsOf: noise().prefix(40), at: place)
    default:
      let piece = Array(bytes[range(in: bytes)])
      bytes.removeSubrange(place...)
      bytes += piece
    }
    if bytes.count > 2 * Self.bytesMax { bytes.removeSubrange(Self.bytesMax...) }
  }

  /// Nothing of this size may take longer, however slow the machine is: what does is quadratic or worse.
  public static let secondsMax = 5.0

  /// Tries `count` inputs; `body` has to come back from each.
  ///
  /// - Returns: how many seconds the slowest took; more than `secondsMax` is a fault.
  public mutating func run(_ count: Int, _ body: ([UInt8], inout SeededRandom) throws -> Void) rethrows -> Double {
    var slowest = 0.0
    for _ in 0..<(count * Self.factor) {
      let input = next()
      let started = Date()
      try body(input, &random)
      slowest = max(slowest, Date().timeIntervalSince(started))
    }
    return slowest
  }
}

/// Samples: real bounces, if scripts/setup.sh has fetched them, besides `own`.
public func realBounces(besides own: [String]) -> [[UInt8]] {
  let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.setup/bounces")
  let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
  let found = names.sorted().filter { $0.hasSuffix(".txt") }
    .compactMap { FileManager.default.contents(atPath: root.appending(path: $0).path) }
    .map { Array($0.prefix(24_000)) }
  return own.map { Array($0.utf8) } + found
}
