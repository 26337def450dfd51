/// Undoing what senders did to text. Nothing here fails: what cannot be read is left out.
enum ReceivedText {
  /// Base64 as mail has it: characters outside the alphabet do not count (RFC 2045 6.8).
  static func base64(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var decoder = Base64Decoder()
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 3 / 4)
    for byte in bytes where byte > 0x20 { _ = decoder.take(byte, into: &output) }
    return output
  }

  static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    while place < bytes.endIndex {
      guard bytes[place] == UInt8(ascii: "=") else {
        output.append(bytes[place])
        place += 1
        continue
      }
      if place + 2 < bytes.endIndex, let high = digit(bytes[place + 1]), let low = digit(bytes[place + 2]) {
        output.append(high << 4 | low)
        place += 3
        continue
      }
      // A soft line end, perhaps with blanks that a relay added.
      var end = place + 1
      while end < bytes.endIndex, bytes[end] == 0x20 || bytes[end] == 0x09 || bytes[end] == 0x0D { end += 1 }
      if end == bytes.endIndex || bytes[end] == 0x0A {
        place = min(end + 1, bytes.endIndex)
      } else {
        output.append(bytes[place])
        place += 1
      }
    }
    return output
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var scalars = String.UnicodeScalarView()
    for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
    return String(scalars)
  }

  static func trimmed(_ text: String) -> String {
    var text = text[...]
    while let first = text.utf8.first, first <= 0x20 { text.removeFirst() }
    while let last = text.utf8.last, last <= 0x20 { text.removeLast() }
    return String(text)
  }

  /// A structured value cut at a separator that stands neither in quotes nor in a comment.
  static func pieces(_ text: String, separator: Character) -> [String] {
    var pieces = [""]
    var isQuoted = false
    var isEscaped = false
    var comments = 0
    for character in text {
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"", comments == 0 {
        isQuoted.toggle()
      } else if character == "(", !isQuoted {
        comments += 1
        continue
      } else if character == ")", !isQuoted, comments > 0 {
        comments -= 1
        continue
      } else if character == separator, !isQuoted, comments == 0 {
        pieces.append("")
        continue
      }
      if comments == 0 { pieces[pieces.count - 1].append(character) }
    }
    return pieces
  }
}
