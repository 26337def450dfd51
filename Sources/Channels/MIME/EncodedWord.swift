/// Encoded-words of RFC 2047, always in UTF-8.
enum EncodedWord {
  /// RFC 2047 2: an encoded-word may not be more than 75 characters long.
  static let lengthMax = 75
  private static let prefixLength = 10  // =?UTF-8?B?
  private static let suffixLength = 2  // ?=

  /// Takes as many characters from the front of `text` as one encoded-word holds, never a part of a character, and
  /// returns that word in the shorter of the two encodings.
  static func next(from text: inout Substring.UnicodeScalarView, lengthMax: Int) -> [UInt8] {
    let room = min(lengthMax, Self.lengthMax) - prefixLength - suffixLength
    let (fitsB, lengthB) = prefix(of: text, room: room) { _, count in (count + 2) / 3 * 4 }
    let (fitsQ, lengthQ) = prefix(of: text, room: room) { cost, _ in cost }
    let takesQ = fitsQ == text.endIndex ? (fitsB < fitsQ || lengthQ <= lengthB) : fitsQ > fitsB
    let end = takesQ ? fitsQ : fitsB
    let bytes = Array(String(text[..<end]).utf8)
    text = text[end...]
    var word = Array(takesQ ? "=?UTF-8?Q?".utf8 : "=?UTF-8?B?".utf8)
    if takesQ { appendQ(bytes, to: &word) } else { Base64.append(bytes[...], to: &word) }
    word.append(contentsOf: "?=".utf8)
    return word
  }

  /// How far characters fit into `room`, where `length` tells the encoded length from the Q cost and the byte count.
  private static func prefix(
    of text: Substring.UnicodeScalarView, room: Int, length: (_ costQ: Int, _ byteCount: Int) -> Int
  ) -> (end: String.Index, length: Int) {
    var end = text.startIndex
    var (costQ, byteCount, total) = (0, 0, 0)
    while end < text.endIndex {
      let scalar = text[end]
      let scalarBytes = UTF8.width(scalar)
      costQ += scalar.isASCII && isLiteralInQ(UInt8(scalar.value)) ? 1 : 3 * scalarBytes
      byteCount += scalarBytes
      let next = length(costQ, byteCount)
      // At least one character: a word with none would never end.
      guard next <= room || end == text.startIndex else { break }
      total = next
      end = text.index(after: end)
    }
    return (end, total)
  }

  private static func appendQ(_ bytes: [UInt8], to word: inout [UInt8]) {
    for byte in bytes {
      if byte == UInt8(ascii: " ") {
        word.append(UInt8(ascii: "_"))
      } else if isLiteralInQ(byte) {
        word.append(byte)
      } else {
        QuotedPrintable.appendEscape(byte, to: &word)
      }
    }
  }

  /// The set that is safe inside a phrase too (RFC 2047 5 (3)), and the space, written as `_`.
  private static func isLiteralInQ(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "!"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
