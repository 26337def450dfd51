/// The default alphabet of GSM with its extension (3GPP TS 23.038 6.2.1), one septet an octet as SMPP carries it.
enum GSMAlphabet {
  /// Goes before a septet of the extension.
  static let escape: UInt8 = 0x1B

  /// By septet; 0x1B is the escape.
  private static let table: [Unicode.Scalar] = Array(
    ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)

  private static let extensionTable: [(septet: UInt8, scalar: Unicode.Scalar)] = [
    (0x0A, "\u{0C}"), (0x14, "^"), (0x28, "{"), (0x29, "}"), (0x2F, "\\"), (0x3C, "["), (0x3D, "~"), (0x3E, "]"),
    (0x40, "|"), (0x65, "€"),
  ]

  /// By scalar: a septet, or one of the extension with the high bit set.
  private static let septets: [Unicode.Scalar: UInt8] = {
    var septets: [Unicode.Scalar: UInt8] = [:]
    for (septet, scalar) in table.enumerated() where septet != Int(escape) { septets[scalar] = UInt8(septet) }
    for (septet, scalar) in extensionTable { septets[scalar] = septet | 0x80 }
    return septets
  }()

  private static let extended: [UInt8: Unicode.Scalar] = Dictionary(
    uniqueKeysWithValues: extensionTable.map { ($0.septet, $0.scalar) })

  /// The text in septets; `nil` if it holds a character that the alphabet lacks.
  static func septets(of text: some StringProtocol) -> [UInt8]? {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let septet = septets[scalar] else { return nil }
      if septet >= 0x80 { encoded.append(escape) }
      encoded.append(septet & 0x7F)
    }
    return encoded
  }

  /// The text of septets, one an octet. An escape before a septet that the extension lacks stands for nothing, as
  /// 23.038 asks; what is no septet becomes U+FFFD.
  static func text(of septets: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    var isExtended = false
    for septet in septets {
      if isExtended, let scalar = extended[septet] {
        text.append(scalar)
      } else if septet == escape, !isExtended {
        isExtended = true
        continue
      } else {
        text.append(septet < 0x80 ? (septet == escape ? " " : table[Int(septet)]) : "\u{FFFD}")
      }
      isExtended = false
    }
    return String(text)
  }
}
