import RoostCore

extension [UInt8] {
  /// Appends the `messageId` of a record that has none: `import-` and 128 bits made from the line's bytes and its
  /// number. The same file gives the same ids, so that importing it twice, or going on after an interruption, adds
  /// nothing; equal lines of one file get different ids, because both may be real.
  mutating func append(recordID line: UnsafeRawBufferPointer, number: Int) {
    append(utf8: "import-")
    let number = UInt64(number)
    append(hexadecimal: hash64(line, seed: mix64(number)))
    append(hexadecimal: hash64(line, seed: ~mix64(number &+ 0x726F_6F73_7421)))
  }

  private mutating func append(hexadecimal word: UInt64) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      let digit = UInt8(word >> shift & 15)
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
