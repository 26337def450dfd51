extension Machine {
  mutating func encode(_ filter: Filter, _ text: String) throws(Fault) -> LiquidValue {
    let bytes = Array(text.utf8)
    try charge(scratch: bytes.count * 3)
    switch filter {
    case .base64Encode: return .string(Base64.encoded(bytes, isURLSafe: false))
    case .base64URLSafeEncode: return .string(Base64.encoded(bytes, isURLSafe: true))
    case .base64Decode, .base64URLSafeDecode:
      guard let decoded = Base64.decoded(bytes, isURLSafe: filter == .base64URLSafeDecode),
        let text = String(validating: decoded, as: UTF8.self)
      else { throw Fault("the text is not base64 of a text") }
      return .string(text)
    case .urlEncode:
      var encoded = Output(capacity: bytes.count * 3)
      for byte in bytes {
        if byte == 32 {
          encoded.append(UInt8(ascii: "+"))
        } else if (byte < 128 && ExpressionLexer.isWordByte(byte)) || "-.~".utf8.contains(byte) {
          encoded.append(byte)
        } else {
          encoded.append(percentEncoded: byte)
        }
      }
      return .string(encoded.text())
    case .urlDecode:
      guard let text = String(validating: Self.percentDecoded(bytes), as: UTF8.self) else {
        throw Fault("the text decodes to bytes that are not UTF-8")
      }
      return .string(text)
    default: return .string(text)
    }
  }

  private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = digit(bytes[at + 1]),
        let low = digit(bytes[at + 2])
      {
        decoded.append(high << 4 | low)
        at += 3
      } else {
        decoded.append(bytes[at] == UInt8(ascii: "+") ? 32 : bytes[at])
        at += 1
      }
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}

/// RFC 4648 § 4 and § 5, with padding.
enum Base64 {
  private static let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encoded(_ bytes: [UInt8], isURLSafe: Bool) -> String {
    let alphabet = isURLSafe ? urlSafe : plain
    var encoded: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let rest = min(3, bytes.count - start)
      let group =
        UInt32(bytes[start]) << 16 | UInt32(rest > 1 ? bytes[start + 1] : 0) << 8
        | UInt32(rest > 2 ? bytes[start + 2] : 0)
      for place in 0..<4 {
        encoded.append(place <= rest ? alphabet[Int(group >> UInt32(18 - 6 * place)) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// `nil` for anything but groups of four.
  static func decoded(_ bytes: [UInt8], isURLSafe: Bool) -> [UInt8]? {
    guard bytes.count % 4 == 0 else { return nil }
    let alphabet = isURLSafe ? urlSafe : plain
    var values = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    var decoded: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 4) {
      let group = bytes[start..<(start + 4)]
      let content = group.prefix { $0 != UInt8(ascii: "=") }
      let isLast = start + 4 == bytes.count
      guard
        content.count == 4 || (isLast && content.count >= 2 && group.dropFirst(content.count).allSatisfy { $0 == 61 })
      else { return nil }
      var word: UInt32 = 0
      for byte in content {
        guard values[Int(byte)] != 255 else { return nil }
        word = word << 6 | UInt32(values[Int(byte)])
      }
      word <<= UInt32(6 * (4 - content.count))
      for place in 0..<(content.count - 1) { decoded.append(UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * place))) }
    }
    return decoded
  }
}
