/// Quoted-printable of RFC 2045 6.7.
enum QuotedPrintable {
  static let lineMax = 76
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "="))
    output.append(hexadecimal[Int(byte >> 4)])
    output.append(hexadecimal[Int(byte & 15)])
  }

  /// Encodes text with line ends of any kind, which become CRLF. Lines are at most 76 characters long, soft line ends
  /// included, and no UTF-8 character is parted by one: some readers decode line by line.
  ///
  /// - Returns: how long the text is with CRLF at its line ends, before it is encoded.
  @discardableResult
  static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Int {
    var index = 0
    var column = 0
    var length = text.count
    while index < text.count {
      let run = literalRun(text, from: index, isLineStart: column == 0, room: lineMax - 1 - column)
      if run > 0 {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[index..<(index + run)]))
        index += run
        column += run
      } else if isLineEnd(text[index]) {
        appendLineEnd(to: &output)
        let isCRLF = text[index] == 0x0D && index + 1 < text.count && text[index + 1] == 0x0A
        index += isCRLF ? 2 : 1
        length += isCRLF ? 0 : 1
        column = 0
      } else {
        appendCharacter(text, &index, &column, to: &output)
      }
    }
    return length
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// How many characters from `index` on stand for themselves and fit into `room`.
  private static func literalRun(
    _ text: UnsafeBufferPointer<UInt8>, from index: Int, isLineStart: Bool, room: Int
  ) -> Int {
    let end = min(text.count, index + max(room, 0))
    guard index < end, isLiteral(text, at: index, isLineStart: isLineStart) else { return 0 }
    var place = index + 1
    while place < end {
      let byte = text[place]
      // Most are letters and spaces between them.
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "=") else {
        guard isLiteral(text, at: place, isLineStart: false) else { break }
        place += 1
        continue
      }
      place += 1
    }
    return place - index
  }

  /// One character, escaped or at a line's last columns.
  private static func appendCharacter(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ column: inout Int, to output: inout [UInt8]
  ) {
    let length = min(characterLength(text[index]), text.count - index)
    let isLiteral = length == 1 && isLiteral(text, at: index, isLineStart: column == 0)
    let width = isLiteral ? 1 : 3 * length
    let endsLine = index + length == text.count || isLineEnd(text[index + length])
    // The last column is kept for the `=` of a soft line end, unless the line ends here by itself.
    if column + width > (endsLine ? lineMax : lineMax - 1) {
      output.append(UInt8(ascii: "="))
      appendLineEnd(to: &output)
      column = 0
    }
    if isLiteral {
      output.append(text[index])
    } else {
      for byte in text[index..<(index + length)] { appendEscape(byte, to: &output) }
    }
    column += width
    index += length
  }

  private static func appendLineEnd(to output: inout [UInt8]) {
    output.append(0x0D)
    output.append(0x0A)
  }

  private static func characterLength(_ lead: UInt8) -> Int {
    lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  private static func isLiteral(_ text: UnsafeBufferPointer<UInt8>, at index: Int, isLineStart: Bool) -> Bool {
    switch text[index] {
    case UInt8(ascii: "="): return false
    case UInt8(ascii: " "), 0x09:
      // Rule 3: white space at the end of a line is dropped by relays.
      return index + 1 < text.count && !isLineEnd(text[index + 1])
    case UInt8(ascii: "F"):
      // "From " at the start of a line is changed by mailbox files, which would break signatures.
      return !(isLineStart && text[index...].starts(with: "From ".utf8))
    case 0x21...0x7E: return true
    default: return false
    }
  }
}
