import Crypto
import RoostCore

/// Makes links that only this installation can make: the payload with a truncated HMAC-SHA256 (RFC 2104 5) in base64url, or
/// in base32 where letters may change case.
package struct LinkSigner: Sendable {
  /// With the key taken in: each tag begins with a copy.
  private let keyed: HMAC<SHA256>
  private static let tagBytes = 12
  /// Base32 tokens stand in an address' local part, of at most 64 characters.
  private static let shortTagBytes = 10

  /// - Parameter secret: of the installation; the key is derived from it for this use alone.
  package init(secret: [UInt8]) {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("roost message links 1".utf8), using: SymmetricKey(data: secret))
    keyed = HMAC<SHA256>(key: SymmetricKey(data: Array(code)))
  }

  package func token(_ link: MessageLink) -> String {
    let payload = link.payload
    return TokenText.base64url(payload + tag(payload, Self.tagBytes))
  }

  /// What a token stands for; `nil` for one that was not made here, whatever is wrong with it.
  package func link(_ token: String) -> MessageLink? {
    guard token.utf8.count <= 4_096, let bytes = TokenText.bytes(base64url: token) else { return nil }
    return checked(bytes, Self.tagBytes)
  }

  /// The same in letters of one case and digits.
  package func addressToken(_ link: MessageLink) -> String {
    let payload = link.payload
    return TokenText.base32(payload + tag(payload, Self.shortTagBytes))
  }

  package func link(addressToken token: some StringProtocol) -> MessageLink? {
    guard token.utf8.count <= 64, let bytes = TokenText.bytes(base32: token) else { return nil }
    return checked(bytes, Self.shortTagBytes)
  }

  private func tag(_ payload: [UInt8], _ count: Int) -> [UInt8] {
    var mac = keyed
    mac.update(data: payload)
    return Array(mac.finalize().prefix(count))
  }

  private func checked(_ bytes: [UInt8], _ tagBytes: Int) -> MessageLink? {
    guard bytes.count > tagBytes else { return nil }
    let payload = Array(bytes.dropLast(tagBytes))
    // Every byte is looked at, so that time tells nothing about where two tags part.
    let difference = zip(tag(payload, tagBytes), bytes.suffix(tagBytes)).reduce(0) { $0 | ($1.0 ^ $1.1) }
    return difference == 0 ? MessageLink(payload: payload) : nil
  }
}

/// Bytes as text in links and addresses (RFC 4648 5 and 6, without padding).
enum TokenText {
  private static let letters64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let letters32 = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  static func base64url(_ bytes: [UInt8]) -> String { text(bytes, bits: 6, letters64) }
  static func base32(_ bytes: [UInt8]) -> String { text(bytes, bits: 5, letters32) }

  static func bytes(base64url text: some StringProtocol) -> [UInt8]? {
    bytes(text, bits: 6) { letter in
      switch letter {
      case 0x41...0x5A: letter - 0x41
      case 0x61...0x7A: letter - 0x61 + 26
      case 0x30...0x39: letter - 0x30 + 52
      case UInt8(ascii: "-"): 62
      case UInt8(ascii: "_"): 63
      default: nil
      }
    }
  }

  static func bytes(base32 text: some StringProtocol) -> [UInt8]? {
    bytes(text, bits: 5) { letter in
      switch letter {
      case 0x41...0x5A: letter - 0x41
      case 0x61...0x7A: letter - 0x61
      case 0x32...0x37: letter - 0x32 + 26
      default: nil
      }
    }
  }

  private static func text(_ bytes: [UInt8], bits: Int, _ letters: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 8 + bits - 1) / bits)
    var held = 0
    var pending: UInt32 = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      held += 8
      while held >= bits {
        held -= bits
        text.append(letters[Int(pending >> UInt32(held)) & (1 << bits - 1)])
      }
    }
    if held > 0 { text.append(letters[Int(pending << UInt32(bits - held)) & (1 << bits - 1)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` for a letter outside the alphabet, and for bits left over that are not zero: one token, one text.
  private static func bytes(_ text: some StringProtocol, bits: Int, _ value: (UInt8) -> UInt8?) -> [UInt8]? {
    var bytes: [UInt8] = []
    var held = 0
    var pending: UInt32 = 0
    for letter in text.utf8 {
      guard let digit = value(letter) else { return nil }
      pending = pending << UInt32(bits) | UInt32(digit)
      held += bits
      guard held >= 8 else { continue }
      held -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(held)))
    }
    return held < bits && pending & (1 << UInt32(held) - 1) == 0 ? bytes : nil
  }
}
