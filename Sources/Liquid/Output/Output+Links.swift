extension Output {
  /// The start of a link, in an HTML attribute: what would run as a script or open local files becomes `#`.
  mutating func append(link bytes: UnsafeBufferPointer<UInt8>) {
    if isRefusedLink(bytes) { append(UInt8(ascii: "#")) } else { append(linkRest: bytes) }
  }

  /// A part of a link. Bytes that no URL holds are percent-encoded.
  mutating func append(linkRest bytes: UnsafeBufferPointer<UInt8>) {
    if append(bytes, unless: \.hasLinkSpecial) { return }
    var plain = 0
    for index in 0..<bytes.count where Self.isSpecialInLink(bytes[index]) {
      append(UnsafeBufferPointer(rebasing: bytes[plain..<index]))
      plain = index + 1
      switch bytes[index] {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "'"): append("&#39;")
      default: append(percentEncoded: bytes[index])
      }
    }
    append(UnsafeBufferPointer(rebasing: bytes[plain...]))
  }

  /// What stands neither in a link nor in a quoted attribute as it is.
  @inline(__always)
  private static func isSpecialInLink(_ byte: UInt8) -> Bool {
    guard byte < 128 else { return false }
    return (byte < 64 ? lowSpecials : highSpecials) & (1 << UInt64(byte & 63)) != 0
  }

  /// Controls, the space and `" & ' < >`, by their bits.
  private static let lowSpecials: UInt64 = 0x5000_00C5_FFFF_FFFF
  /// `\ ^ ` { | }` and DEL.
  private static let highSpecials: UInt64 = 0xB800_0001_5000_0000

  mutating func append(percentEncoded byte: UInt8) {
    append(UInt8(ascii: "%"))
    append(Self.hexDigit(byte >> 4))
    append(Self.hexDigit(byte & 15))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  /// The five entities that `escape` makes, back as characters.
  mutating func append(unescapingHTML markup: String) {
    let bytes = [UInt8](markup.utf8)
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "&"),
        let entity = Self.entities.first(where: { bytes[at...].starts(with: $0.name) })
      else {
        append(bytes[at])
        at += 1
        continue
      }
      append(entity.byte)
      at += entity.name.count
    }
  }

  private static let entities: [(name: [UInt8], byte: UInt8)] = [
    (Array("&amp;".utf8), 38), (Array("&lt;".utf8), 60), (Array("&gt;".utf8), 62), (Array("&quot;".utf8), 34),
    (Array("&#39;".utf8), 39),
  ]
}

/// Whether a link's scheme runs a script or reads local data. Programs pass over white space and control characters
/// before and inside a scheme (WHATWG URL § 4.4), so they do not hide one here.
func isRefusedLink(_ link: UnsafeBufferPointer<UInt8>) -> Bool {
  if begins(link, "https://") || begins(link, "http://") { return false }
  var scheme: [UInt8] = []
  for byte in link where byte > 32 && byte != 127 {
    guard byte != UInt8(ascii: ":") else { return refusedSchemes.contains(String(decoding: scheme, as: UTF8.self)) }
    guard byte < 128, ExpressionLexer.isWordByte(byte) || "+-.".utf8.contains(byte), scheme.count < 32 else {
      return false
    }
    scheme.append(byte >= 65 && byte <= 90 ? byte + 32 : byte)
  }
  return false
}

@inline(__always)
private func begins(_ link: UnsafeBufferPointer<UInt8>, _ start: StaticString) -> Bool {
  guard link.count >= start.utf8CodeUnitCount else { return false }
  for index in 0..<start.utf8CodeUnitCount where link[index] != start.utf8Start[index] { return false }
  return true
}

private let refusedSchemes: Set<String> = [
  "javascript", "vbscript", "livescript", "mocha", "data", "file", "blob", "filesystem", "about", "view-source", "jar",
  "mhtml", "ms-its", "res", "shell", "intent",
]
