extension JSONScanner {
  /// Reads a string, from its opening quote past its closing one. Eight bytes at a time while nothing is special.
  @inlinable @inline(__always)
  public mutating func text() throws(JSONError) -> JSONSlice {
    let start = offset &+ 1
    let at = plainEnd(from: start)
    guard at < end, byte(at) == UInt8(ascii: "\"") else { return try textWithSpecials(from: start, at) }
    offset = at &+ 1
    return JSONSlice(.string, start: start, end: at)
  }

  /// The rest of a string that has escapes or bytes beyond ASCII, or does not end.
  @inlinable @inline(never)
  mutating func textWithSpecials(from start: Int, _ first: Int) throws(JSONError) -> JSONSlice {
    var at = first
    var isEscaped = false
    while true {
      guard at < end else { throw error(.unexpectedEnd, at: end) }
      let byte = byte(at)
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        at = try escapeEnd(from: at)
      } else if byte >= 0x80 {
        at = try sequencesEnd(from: at)
      } else {
        throw error(.controlCharacter, at: at)
      }
      at = plainEnd(from: at)
    }
    offset = at &+ 1
    return JSONSlice(.string, start: start, end: at, isEscaped: isEscaped)
  }

  /// The first byte from `at` on that is a quote, a backslash, a control character or not ASCII; or the end.
  @inlinable @inline(__always)
  func plainEnd(from start: Int) -> Int {
    var at = start
    while at &+ 8 <= end {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let special = Self.specialBytes(word)
      if special != 0 { return at &+ (special.trailingZeroBitCount &>> 3) }
      at &+= 8
    }
    while at < end {
      let byte = byte(at)
      if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return at }
      at &+= 1
    }
    return at
  }

  /// The high bit of the lowest byte that ends a plain run is set, none below it. (A borrow may set bits above, never
  /// below: "Determine if a word has a byte less than n", S. E. Anderson, Bit Twiddling Hacks. The standard library's SIMD
  /// types were ten times slower here.)
  @inlinable @inline(__always)
  static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    // The bytes at or above 0x80 are special themselves, so that `& ~x` of the textbook is needed for none of the three.
    return ((word &- (ones &* 0x20)) | (quote &- ones) | (backslash &- ones) | word) & (ones &* 0x80)
  }

  /// Checks one escape, or the two of a surrogate pair; where it ends.
  @usableFromInline
  func escapeEnd(from start: Int) throws(JSONError) -> Int {
    guard start &+ 1 < end else { throw error(.unexpectedEnd, at: end) }
    switch byte(start &+ 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start &+ 2
    case UInt8(ascii: "u"): break
    default: throw error(.badEscape, at: start)
    }
    let unit = try escapedUnit(start)
    guard unit & 0xF800 == 0xD800 else { return start &+ 6 }
    guard unit < 0xDC00, start &+ 7 < end, byte(start &+ 6) == UInt8(ascii: "\\"), byte(start &+ 7) == UInt8(ascii: "u")
    else { throw error(.loneSurrogate, at: start) }
    guard try escapedUnit(start &+ 6) & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate, at: start) }
    return start &+ 12
  }

  /// The four digits of the `\u` escape at `start`.
  private func escapedUnit(_ start: Int) throws(JSONError) -> UInt32 {
    guard start &+ 6 <= end else { throw error(.badEscape, at: start) }
    var unit: UInt32 = 0
    for index in (start &+ 2)..<(start &+ 6) {
      guard let digit = Self.hexDigit(byte(index)) else { throw error(.badEscape, at: start) }
      unit = unit &<< 4 | UInt32(digit)
    }
    return unit
  }

  /// Checks a run of sequences of two to four bytes (the Unicode Standard, table 3-7); where it ends.
  @usableFromInline
  func sequencesEnd(from start: Int) throws(JSONError) -> Int {
    var at = start
    while at < end, byte(at) >= 0x80 {
      let lead = byte(at)
      let length: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: throw error(.badUTF8, at: at)
      }
      guard at &+ length <= end, second.contains(byte(at &+ 1)) else { throw error(.badUTF8, at: at) }
      for index in (at &+ 2)..<(at &+ Swift.max(length, 2)) where byte(index) & 0xC0 != 0x80 {
        throw error(.badUTF8, at: at)
      }
      at &+= length
    }
    return at
  }
}
