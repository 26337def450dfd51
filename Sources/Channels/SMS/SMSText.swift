/// A text as it goes over the air: seven bits a character where the GSM alphabet has them all, else UCS-2.
///
/// One message carries 140 octets: 160 septets or 70 units of UTF-16. Longer texts are cut into parts, each beginning
/// with a user data header that tells the phone how to put them together (3GPP TS 23.040 9.2.3.24.1).
public struct SMSText: Sendable, Equatable {
  public enum Coding: Sendable, Equatable {
    case gsm7
    /// UTF-16, big-endian: phones have shown characters outside the basic plane this way for long.
    case ucs2
    /// ISO 8859-1, for centres whose own alphabet it is; still counted as septets, into which the centre turns it.
    case latin1
  }
  public let coding: Coding
  /// Septets, one an octet, or octets of UCS-2 or ISO 8859-1.
  public let octets: [UInt8]

  static let octetsMax = 140

  /// - Parameter isLatin: whether the centre takes ISO 8859-1 instead of septets.
  public init(_ text: String, isLatin: Bool = false) {
    let text = Self.composed(text)
    if let septets = GSMAlphabet.septets(of: text) {
      guard isLatin else {
        coding = .gsm7
        octets = septets
        return
      }
      // The extension costs two septets, which only the centre could count: such texts go as UCS-2, like Greek ones.
      if septets.count == text.unicodeScalars.count, text.unicodeScalars.allSatisfy({ $0.value < 256 }) {
        coding = .latin1
        octets = text.unicodeScalars.map { UInt8($0.value) }
        return
      }
    }
    coding = .ucs2
    octets = text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  }

  /// Letters with a combining mark behind them as the one character that alphabets have for them.
  private static func composed(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0x300...0x36F).contains($0.value) }) else { return text }
    return String(text.map { composition[$0] ?? $0 })
  }

  private static let composition: [Character: Character] = {
    var known: [Character: Character] = [:]
    // Latin-1, Greek and Cyrillic letters; equal characters have equal hashes, however they are composed.
    for range in [0xC0...0xFF, 0x386...0x3CE, 0x401...0x45F] {
      for value in range {
        if let scalar = Unicode.Scalar(UInt32(value)) { known[Character(scalar)] = Character(scalar) }
      }
    }
    return known
  }()

  /// How many messages it takes, with headers of `headerOctets` where it takes several.
  public func partCount(headerOctets: Int = SMSReference.eightBit.headerOctets) -> Int {
    parts(headerOctets: headerOctets).count
  }

  /// The text cut into what each message carries; neither an extended character nor a pair of surrogates is cut.
  ///
  /// - Parameter headerOctets: what the header takes from each of several messages.
  func parts(headerOctets: Int) -> [ArraySlice<UInt8>] {
    guard octets.count > room(headerOctets: 0) else { return [octets[...]] }
    let room = room(headerOctets: headerOctets)
    var parts: [ArraySlice<UInt8>] = []
    var start = 0
    while start < octets.count {
      var end = min(start + room, octets.count)
      if end < octets.count, isInsideCharacter(end) { end -= coding == .ucs2 ? 2 : 1 }
      parts.append(octets[start..<end])
      start = end
    }
    return parts
  }

  /// How many octets of `octets` fit beside a header, which the air interface carries in whole septets.
  private func room(headerOctets: Int) -> Int {
    let left = Self.octetsMax - headerOctets
    return coding == .ucs2 ? left / 2 * 2 : left * 8 / 7
  }

  private func isInsideCharacter(_ place: Int) -> Bool {
    switch coding {
    // Escapes come one by one: an escape before the cut belongs to the septet behind it.
    case .gsm7: octets[place - 1] == GSMAlphabet.escape
    case .ucs2: octets[place - 2] & 0xFC == 0xD8
    case .latin1: false
    }
  }
}

/// How the parts of one message name each other.
public enum SMSReference: Sendable, Equatable {
  /// Information element 00, the usual one.
  case eightBit
  /// Information element 08: fewer accidents where a number gets many long messages.
  case sixteenBit

  /// With the length octet before the header.
  public var headerOctets: Int { self == .eightBit ? 6 : 7 }

  /// The header of part `number`, counted from 1.
  func header(_ reference: UInt16, number: Int, of count: Int) -> [UInt8] {
    let tail = [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: number)]
    return switch self {
    case .eightBit: [5, 0, 3, UInt8(truncatingIfNeeded: reference)] + tail
    case .sixteenBit: [6, 8, 4, UInt8(reference >> 8), UInt8(truncatingIfNeeded: reference)] + tail
    }
  }
}
