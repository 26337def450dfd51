/// Addresses in free text.
enum MailAddresses {
  /// All that look like addresses, in order, each once (without regard to case).
  static func all(in text: String) -> [String] {
    var found: [String] = []
    let bytes = Array(text.utf8)
    var place = 0
    while let at = bytes[place...].firstIndex(of: UInt8(ascii: "@")) {
      var start = at
      while start > place, isLocal(bytes[start - 1]) { start -= 1 }
      var end = at + 1
      while end < bytes.count, isDomain(bytes[end]) {
        // Two dots are an ellipsis.
        if bytes[end] == UInt8(ascii: "."), end + 1 < bytes.count, bytes[end + 1] == bytes[end] { break }
        end += 1
      }
      // A dot at the end belongs to the sentence.
      while end > at + 1, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
      // X.400 addresses name their kind.
      if bytes[start..<at].starts(with: "SMTP=".utf8) { start += 5 }
      while start < at, bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: "'") { start += 1 }
      if start < at, end > at + 1, bytes[(at + 1)..<end].contains(UInt8(ascii: ".")), end - start <= 320 {
        let address = String(decoding: bytes[start..<end], as: UTF8.self)
        if !found.contains(where: { $0.lowercased() == address.lowercased() }) { found.append(address) }
      }
      place = max(end, at + 1)
    }
    return found
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    byte >= 0x80 || isDomain(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
