/// Mixes all bits of a word (the finaliser of SplitMix64, Steele et al. 2014). A bijection: equal results mean equal input.
@inlinable
public func mix64(_ word: UInt64) -> UInt64 {
  var z = word &+ 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z &>> 31)
}

/// A seeded 64-bit hash of bytes: eight bytes at a time through a 128-bit multiplication. Stable for ever: ids derive
/// from it. It is no defence against chosen input; where outsiders choose keys the seed is secret.
@inlinable
public func hash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
  var state = mix64(seed ^ UInt64(truncatingIfNeeded: bytes.count))
  var offset = 0
  while offset &+ 8 <= bytes.count {
    let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    state = mix64(product.high ^ product.low ^ word)
    offset &+= 8
  }
  var tail: UInt64 = 0
  var shift: UInt64 = 0
  while offset < bytes.count {
    tail |= UInt64(bytes[offset]) &<< shift
    shift &+= 8
    offset &+= 1
  }
  return mix64(state ^ tail &* 0x9FB2_1C65_1E98_DF25)
}

/// `hash64` of a text's UTF-8.
public func hash64(_ text: String, seed: UInt64) -> UInt64 {
  var text = text
  return text.withUTF8 { hash64(UnsafeRawBufferPointer($0), seed: seed) }
}
