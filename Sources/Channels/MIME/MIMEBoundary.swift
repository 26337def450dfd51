/// The line between the parts of a multipart body (RFC 2046 5.1.1).
enum MIMEBoundary {
  /// A boundary that depends on the message id alone.
  ///
  /// It holds `=_`, which neither quoted-printable (an `=` is followed by two hexadecimal digits or a line end) nor
  /// Base64 can produce, so no body can contain it (RFC 2045 6.7, note).
  static func derived(from messageID: String) -> String {
    "=_" + hexadecimal(hash(messageID, seed: 0xCBF2_9CE4_8422_2325))
      + hexadecimal(hash(messageID, seed: 0x9E37_79B9_7F4A_7C15))
  }

  static func write(_ parts: [MIMEPart], boundary: String, to output: inout [UInt8]) throws(EmailMessageError) {
    output.append(contentsOf: [0x0D, 0x0A])
    for part in parts {
      output.append(contentsOf: "--\(boundary)\r\n".utf8)
      try part.write(to: &output)
      // The CRLF before a boundary belongs to the boundary; the body keeps its own.
      output.append(contentsOf: [0x0D, 0x0A])
    }
    output.append(contentsOf: "--\(boundary)--\r\n".utf8)
  }

  /// FNV-1a, 64 bits (draft-eastlake-fnv): spreads ids, nobody's secret.
  private static func hash(_ text: String, seed: UInt64) -> UInt64 {
    text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
