/// Base64 of RFC 4648 4, with padding.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// RFC 2045 6.8: encoded lines of at most 76 characters, that is of 57 bytes.
  private static let lineBytes = 57

  static func append(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
    alphabet.withUnsafeBufferPointer { alphabet in
      bytes.withUnsafeBufferPointer { bytes in
        var index = 0
        while index < bytes.count {
          let count = min(3, bytes.count - index)
          let first = bytes[index]
          let second = count > 1 ? bytes[index + 1] : 0
          let third = count > 2 ? bytes[index + 2] : 0
          output.append(alphabet[Int(first >> 2)])
          output.append(alphabet[Int((first & 3) << 4 | second >> 4)])
          output.append(count > 1 ? alphabet[Int((second & 15) << 2 | third >> 6)] : UInt8(ascii: "="))
          output.append(count > 2 ? alphabet[Int(third & 63)] : UInt8(ascii: "="))
          index += count
        }
      }
    }
  }

  /// The bytes in lines of 76 characters, each ended by CRLF.
  static func appendLines(_ bytes: [UInt8], to output: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let end = min(index + lineBytes, bytes.count)
      append(bytes[index..<end], to: &output)
      output.append(contentsOf: [0x0D, 0x0A])
      index = end
    }
  }

  /// How many bytes `appendLines` writes for `count` bytes.
  static func linesLength(_ count: Int) -> Int {
    (count + 2) / 3 * 4 + (count + lineBytes - 1) / lineBytes * 2
  }

  /// The text of one run of Base64, for instance in `AUTH PLAIN`.
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    append(bytes[...], to: &output)
    return output
  }

  /// The bytes of one run of Base64; `nil` for anything else. Padding may be left out.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var decoder = Base64Decoder()
    var bytes: [UInt8] = []
    for character in text {
      guard decoder.take(character, into: &bytes) else { return nil }
    }
    return decoder.isComplete ? bytes : nil
  }
}

/// Reads Base64 character by character.
struct Base64Decoder {
  private var bits: UInt32 = 0
  private var held = 0
  private var isPadded = false

  /// No character is left over.
  var isComplete: Bool { held < 6 }

  /// `false` for a character outside the alphabet, or one behind the padding.
  mutating func take(_ character: UInt8, into bytes: inout [UInt8]) -> Bool {
    if character == UInt8(ascii: "=") {
      isPadded = true
      return true
    }
    guard !isPadded, let six = Self.value(character) else { return false }
    bits = bits << 6 | UInt32(six)
    held += 6
    if held >= 8 {
      held -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
    }
    return true
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5A: character - 0x41
    case 0x61...0x7A: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
