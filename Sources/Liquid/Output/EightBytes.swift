/// Eight bytes of a text at once, to see whether any of them has to be escaped.
extension UInt64 {
  /// The same byte eight times.
  @inline(__always)
  init(eight byte: UInt8) { self = UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// `& < > " '`. A bit that two of them differ in is masked out, so that one look finds both.
  @inline(__always)
  var hasHTMLSpecial: Bool {
    let quotes = (self ^ UInt64(eight: 0x22)).bytesBelow(1)
    let ampersandOrApostrophe = ((self & ~UInt64(eight: 1)) ^ UInt64(eight: 0x26)).bytesBelow(1)
    let brackets = ((self & ~UInt64(eight: 2)) ^ UInt64(eight: 0x3C)).bytesBelow(1)
    return quotes | ampersandOrApostrophe | brackets != 0
  }

  /// What stands neither in a link nor in a quoted attribute as it is: controls, the space, ``" & ' < > \ ^ ` { | }`` and
  /// DEL. `~` and some bytes beyond ASCII are taken for such too.
  @inline(__always)
  var hasLinkSpecial: Bool {
    let backslashOrCaret = ((self & ~UInt64(eight: 2)) ^ UInt64(eight: 0x5C)).bytesBelow(1)
    let graveAccent = (self ^ UInt64(eight: 0x60)).bytesBelow(1)
    // From `{` on; adding 5 carries no bit into the next byte.
    let braces = ((self & UInt64(eight: 0x7F)) &+ UInt64(eight: 5)) & UInt64(eight: 0x80)
    return hasHTMLSpecial || bytesBelow(0x21) | backslashOrCaret | graveAccent | braces != 0
  }

  /// What RFC 8259 wants escaped in a string: controls, `"` and `\`.
  @inline(__always)
  var hasJSONSpecial: Bool {
    let quotes = (self ^ UInt64(eight: 0x22)).bytesBelow(1)
    let backslashes = (self ^ UInt64(eight: 0x5C)).bytesBelow(1)
    return bytesBelow(0x20) | quotes | backslashes != 0
  }

  /// Not 0 if a byte is below a limit of at most 128 (S. E. Anderson, Bit Twiddling Hacks, "hasless").
  @inline(__always)
  private func bytesBelow(_ limit: UInt8) -> UInt64 {
    (self &- UInt64(eight: limit)) & ~self & UInt64(eight: 0x80)
  }
}
