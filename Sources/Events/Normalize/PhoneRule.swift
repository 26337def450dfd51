/// Phone numbers as E.164: `+`, a country code that does not begin with 0, at most fifteen digits in all.
///
/// A number without `+` or `00` in front is refused: which country it belongs to would be a guess, and a wrong guess makes
/// one person of two.
enum PhoneRule {
  /// Shorter than this are service numbers, which nobody owns alone.
  private static let digitsMin = 7
  private static let digitsMax = 15

  /// Appends the number; false if it is none. Spaces, hyphens, dots, slashes and brackets are passed over, and the trunk
  /// zero in brackets of `+44 (0)20 …`, which is not dialled from abroad.
  static func normalize(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) -> Bool {
    var offset = 0
    if text.count > 1, text[0] == UInt8(ascii: "+") {
      offset = 1
    } else if text.count > 2, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "0") {
      offset = 2
    } else {
      return false
    }
    var digits: [UInt8] = []
    digits.reserveCapacity(digitsMax)
    while offset < text.count {
      let byte = text[offset]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard digits.count < digitsMax else { return false }
        digits.append(byte)
      case UInt8(ascii: "(") where isTrunkZero(text, offset) && !digits.isEmpty: offset += 2
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        break
      case 0xC2 where offset + 1 < text.count && text[offset + 1] == 0xA0: offset += 1
      default: return false
      }
      offset += 1
    }
    guard digits.count >= digitsMin, digits[0] != UInt8(ascii: "0") else { return false }
    bytes.append(UInt8(ascii: "+"))
    bytes.append(contentsOf: digits)
    return true
  }

  private static func isTrunkZero(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
    offset + 2 < text.count && text[offset + 1] == UInt8(ascii: "0") && text[offset + 2] == UInt8(ascii: ")")
  }
}
