/// E-mail addresses: the grammar of HTML's "valid email address", which browsers check forms by, plus RFC 6531's UTF-8;
/// lengths by RFC 5321 §4.5.3.1.
enum EmailRule {
  private static let localBytesMax = 64
  private static let addressBytesMax = 254

  /// Appends the address in lower case; false if it is none.
  static func normalize(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) -> Bool {
    guard text.count <= addressBytesMax, let at = text.firstIndex(of: UInt8(ascii: "@")) else { return false }
    let local = UnsafeRawBufferPointer(rebasing: text[..<at])
    let domain = UnsafeRawBufferPointer(rebasing: text[(at + 1)...])
    guard !local.isEmpty, local.count <= localBytesMax, local.allSatisfy(isLocal), isDomain(domain) else {
      return false
    }
    if text.allSatisfy({ $0 < 0x80 }) {
      for byte in text { bytes.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
      return true
    }
    let lower = Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
    guard lower.count <= addressBytesMax else { return false }
    bytes.append(contentsOf: lower)
    return true
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    default: false
    }
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    if isAlphanumeric(byte) { return true }
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "/"),
      UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
      UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"), UInt8(ascii: "-"):
      return true
    default: return false
    }
  }

  /// Labels of letters, digits and inner hyphens, up to 63 bytes each.
  private static func isDomain(_ domain: UnsafeRawBufferPointer) -> Bool {
    var labelStart = 0
    for end in 0...domain.count where end == domain.count || domain[end] == UInt8(ascii: ".") {
      let label = domain[labelStart..<end]
      guard let first = label.first, let last = label.last, label.count <= 63, isAlphanumeric(first),
        isAlphanumeric(last), label.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
      else { return false }
      labelStart = end + 1
    }
    return true
  }
}
