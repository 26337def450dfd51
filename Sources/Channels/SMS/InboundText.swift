/// The text of a message that came in, by its data coding scheme (SMPP 3.4 5.2.19).
enum InboundText {
  /// A part of a long message: which, of how many, of which message.
  struct Part: Equatable {
    var reference: Int
    var count: Int
    var number: Int
  }

  /// Takes the user data header off, if there is one.
  ///
  /// - Returns: what follows it, and the part it names; a header that is longer than the message leaves nothing.
  static func split(_ octets: [UInt8], hasHeader: Bool) -> (body: ArraySlice<UInt8>, part: Part?) {
    guard hasHeader, let length = octets.first else { return (octets[...], nil) }
    let end = min(1 + Int(length), octets.count)
    var part: Part?
    var place = 1
    while place + 1 < end {
      let (element, size) = (octets[place], Int(octets[place + 1]))
      let value = octets[(place + 2)..<min(place + 2 + size, end)]
      let bytes = Array(value)
      switch (element, bytes.count) {
      case (0, 3): part = Part(reference: Int(bytes[0]), count: Int(bytes[1]), number: Int(bytes[2]))
      case (8, 4):
        part = Part(reference: Int(bytes[0]) << 8 | Int(bytes[1]), count: Int(bytes[2]), number: Int(bytes[3]))
      default: break
      }
      place += 2 + size
    }
    return (octets[end...], part)
  }

  /// - Parameter isLatin: whether the centre's own alphabet is ISO 8859-1.
  static func decode(_ octets: some Collection<UInt8>, dataCoding: UInt8, isLatin: Bool) -> String {
    switch dataCoding {
    // As data coding schemes of GSM (3GPP TS 23.038 4) put UCS-2: the two bits are 10.
    case 8, 0x18, 0x19: return ucs2(octets)
    case 1: return String(decoding: octets.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    case 3: return latin1(octets)
    case 0: return isLatin ? latin1(octets) : GSMAlphabet.text(of: octets)
    default: return GSMAlphabet.text(of: octets)
    }
  }

  private static func latin1(_ octets: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for octet in octets { text.append(Unicode.Scalar(octet)) }
    return String(text)
  }

  private static func ucs2(_ octets: some Collection<UInt8>) -> String {
    var units: [UInt16] = []
    units.reserveCapacity(octets.count / 2)
    var high: UInt8?
    for octet in octets {
      guard let first = high else {
        high = octet
        continue
      }
      units.append(UInt16(first) << 8 | UInt16(octet))
      high = nil
    }
    return String(decoding: units, as: UTF16.self)
  }
}
