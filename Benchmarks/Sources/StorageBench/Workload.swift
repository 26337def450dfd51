import RoostCore

/// States as the engine has them: keys of 13 bytes in random order of arrival, values of 300 bytes, half of them
/// compressible.
struct Workload {
  let rows: Int
  private var random = SeededRandom(seed: 42)
  private var value = [UInt8](repeating: 0x20, count: 300)

  init(rows: Int) { self.rows = rows }

  /// Eight bytes of hash, four of number, one of kind.
  static func key(_ number: Int) -> [UInt8] {
    var hash = SeededRandom(seed: UInt64(number))
    return withUnsafeBytes(of: hash.next().bigEndian) { Array($0) }
      + withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) } + [1]
  }

  mutating func number() -> Int { random.below(rows) }

  mutating func nextValue() -> [UInt8] {
    value.withUnsafeMutableBytes { bytes in
      for word in 0..<19 { bytes.storeBytes(of: random.next(), toByteOffset: word * 8, as: UInt64.self) }
    }
    return value
  }

  static func sorted(_ numbers: some Sequence<Int>) -> [[UInt8]] {
    numbers.map(key).sorted { $0.lexicographicallyPrecedes($1) }
  }
}
