/// In what letters a feed is written.
enum FeedEncoding: Sendable {
  case utf8
  /// What many Russian feeds still are.
  case windows1251

  init?(name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8", "us-ascii": self = .utf8
    case "windows-1251", "cp1251", "win-1251": self = .windows1251
    default: return nil
    }
  }

  func text(_ bytes: ArraySlice<UInt8>) -> String {
    switch self {
    case .utf8: return String(decoding: bytes, as: UTF8.self)
    case .windows1251:
      var text = ""
      for byte in bytes {
        text.unicodeScalars.append(byte < 128 ? Unicode.Scalar(byte) : Self.upper[Int(byte) - 128])
      }
      return text
    }
  }

  /// 0x80 to 0xFF (Unicode's CP1251.TXT); 0x98 stands for nothing.
  private static let upper: [Unicode.Scalar] = {
    let signs = Array(
      "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{FFFD}™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї".unicodeScalars)
    return signs + (0x410...0x44F).map { Unicode.Scalar($0)! }
  }()
}
