/// Replaces the links of a letter, for tracking. What it does not understand it leaves alone.
public enum LinkRewriter {
  /// The HTML with another address in every `<a href>` and `<area href>` that leads to http or https.
  ///
  /// Left alone: links whose tag has `data-track="off"`, and whatever stands in comments, styles and scripts.
  /// - Parameter replace: gets the address with its character references resolved; `nil` keeps it. What it returns must
  ///   need no escaping.
  public static func rewrite(html: String, _ replace: (String) -> String?) -> String {
    var scanner = HTMLLinkScanner(Array(html.utf8))
    return String(decoding: scanner.rewritten(replace), as: UTF8.self)
  }

  /// The text with another address wherever one begins with http:// or https://.
  public static func rewrite(text: String, _ replace: (String) -> String?) -> String {
    var text = text
    guard text.withUTF8({ $0.place(of: UInt8(ascii: ":"), in: 0..<$0.count) }) != nil else { return text }
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    var (place, copied) = (0, 0)
    while let found = linkStart(bytes, from: place) {
      let end = linkEnd(bytes, found)
      place = end
      guard let replacement = replace(String(decoding: bytes[found..<end], as: UTF8.self)) else { continue }
      output += bytes[copied..<found]
      output += replacement.utf8
      copied = end
    }
    guard copied > 0 else { return text }
    output += bytes[copied...]
    return String(decoding: output, as: UTF8.self)
  }

  /// Whether it begins with http:// or https://.
  public static func isWeb(_ url: String) -> Bool {
    let start = url.prefix(8).lowercased()
    return start.hasPrefix("https://") || start.hasPrefix("http://")
  }

  /// Goes from colon to colon, of which texts have few.
  private static func linkStart(_ bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    while let colon = bytes.place(of: UInt8(ascii: ":"), in: place..<bytes.count) {
      for schemeLength in [5, 4] where colon - schemeLength >= start && isLinkStart(bytes, colon - schemeLength) {
        return colon - schemeLength
      }
      place = colon + 1
    }
    return nil
  }

  private static func isLinkStart(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard bytes[place] | 0x20 == UInt8(ascii: "h"), place + 1 < bytes.count,
      bytes[place + 1] | 0x20 == UInt8(ascii: "t")
    else { return false }
    if place > 0 {
      // Within a word, or behind a scheme, it is no link of its own.
      let before = bytes[place - 1]
      if before >= 0x80 || isAlphanumeric(before) || before == UInt8(ascii: "/") || before == UInt8(ascii: "=") {
        return false
      }
    }
    return isWeb(String(decoding: bytes[place..<min(bytes.count, place + 8)], as: UTF8.self))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  /// Where an address in running text ends: before white space, quotes and angle brackets, and before the punctuation of
  /// the sentence around it. A closing bracket belongs to the address if its opening one does.
  private static func linkEnd(_ bytes: [UInt8], _ start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] > 0x20, bytes[end] != 0x7F, !"\"<>`".utf8.contains(bytes[end]) { end += 1 }
    while end > start {
      let last = bytes[end - 1]
      if ".,;:!?'*_".utf8.contains(last) {
        end -= 1
      } else if last == UInt8(ascii: ")") || last == UInt8(ascii: "]") {
        let opening = last == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "[")
        let opened = bytes[start..<end].count { $0 == opening }
        guard bytes[start..<end].count(where: { $0 == last }) > opened else { break }
        end -= 1
      } else {
        break
      }
    }
    return end
  }
}
