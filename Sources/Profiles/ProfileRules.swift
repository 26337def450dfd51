import RoostCore

/// What a workspace decides about how events become profiles.
public struct ProfileRules: Sendable, Hashable {
  /// The currency of amounts that name none, as in `OrderTotals.currency`.
  public var defaultCurrency: UInt32
  /// Context field of consent events: where the answer was given.
  public var consentSource: Symbol
  /// Context field of consent events: which wording was shown.
  public var consentTextVersion: Symbol

  /// Purposes whose refusal takes back a confirmation, with the purpose under which that is kept (double opt-in).
  public var confirmations: [Confirmation] = []

  public struct Confirmation: Sendable, Hashable {
    public var purpose: Symbol
    public var confirmation: Symbol
    public init(purpose: Symbol, confirmation: Symbol) {
      self.purpose = purpose
      self.confirmation = confirmation
    }
  }

  public init(defaultCurrency: UInt32, consentSource: Symbol, consentTextVersion: Symbol) {
    self.defaultCurrency = defaultCurrency
    self.consentSource = consentSource
    self.consentTextVersion = consentTextVersion
  }

  /// The names of the context fields of an event of kind `.consent`.
  public static let consentSourceName = "source"
  public static let consentTextVersionName = "text_version"
}

extension OrderTotals {
  /// Packs an ISO 4217 code such as `EUR`, in either case; `nil` unless it is three ASCII letters.
  public static func currency(_ code: UnsafeRawBufferPointer) -> UInt32? {
    guard code.count == 3 else { return nil }
    var packed: UInt32 = 0
    for index in 0..<3 {
      let letter = code[index] & 0xDF
      guard letter >= 0x41, letter <= 0x5A, code[index] >= 0x41 else { return nil }
      packed |= UInt32(letter) &<< UInt32(8 &* index)
    }
    return packed
  }

  /// Packs an ISO 4217 code such as `EUR`, in either case; `nil` unless it is three ASCII letters.
  public static func currency(_ code: String) -> UInt32? {
    var code = code
    return code.withUTF8 { currency(UnsafeRawBufferPointer($0)) }
  }

  /// The currency's three letters.
  public var currencyCode: String {
    let letters = (0..<3).map { UInt8(truncatingIfNeeded: currency &>> UInt32(8 * $0)) }
    return String(decoding: letters, as: UTF8.self)
  }
}
