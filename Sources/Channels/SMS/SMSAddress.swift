/// A number or name as SMPP writes it, with what sort it is of (SMPP 3.4 5.2.5, 5.2.6).
public struct SMSAddress: Sendable, Equatable {
  /// Type of number: 0 unknown, 1 international, 2 national, 3 network specific, 5 alphanumeric, 6 abbreviated.
  public var ton: UInt8
  /// Numbering plan: 0 unknown, 1 ISDN (E.164).
  public var npi: UInt8
  /// Digits without +, or the name.
  public var text: String

  public init(ton: UInt8, npi: UInt8, text: String) {
    self.ton = ton
    self.npi = npi
    self.text = text
  }

  /// 11 characters of seven bits are what the sender's field of a message has room for (3GPP TS 23.040 9.1.2.5).
  static let nameMax = 11
  static let digitsMax = 20
  /// National short codes are not longer; international numbers are not shorter.
  private static let shortCodeMax = 6

  /// A sender or recipient, its sort guessed: `+393331234567` or `00393…` international, `12345` a short code, a name
  /// alphanumeric. `nil` if it can be none of these.
  public init?(_ written: String) {
    var digits = written.filter { !" -().".contains($0) }
    let isPlus = digits.hasPrefix("+")
    if isPlus { digits.removeFirst() }
    if !isPlus, digits.hasPrefix("00") { digits.removeFirst(2) }
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isNumber else {
      guard !isPlus, (1...Self.nameMax).contains(written.utf8.count),
        written.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else { return nil }
      self.init(ton: 5, npi: 0, text: written)
      return
    }
    guard digits.utf8.count <= Self.digitsMax else { return nil }
    let isShort = !isPlus && digits.utf8.count <= Self.shortCodeMax
    self.init(ton: isShort ? 3 : 1, npi: isShort ? 0 : 1, text: digits)
  }

  var isAlphanumeric: Bool { ton == 5 }
}
