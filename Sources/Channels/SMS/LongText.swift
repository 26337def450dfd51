import RoostCore

/// A text message that comes in parts: those that have come, in whatever order.
public struct LongText: Sendable, Equatable {
  /// What the parts of one message have in common (3GPP TS 23.040 9.2.3.24.1 and .8; SMPP 3.4 5.3.2.22).
  public struct Name: Hashable, Sendable {
    public var from: String
    public var isInternational: Bool
    public var to: String
    public var reference: Int
    /// 2 to 255.
    public var count: Int

    public init(from: String, isInternational: Bool, to: String, reference: Int, count: Int) {
      self.from = from
      self.isInternational = isInternational
      self.to = to
      self.reference = reference
      self.count = count
    }
  }

  public struct Part: Sendable, Equatable {
    public var octets: [UInt8]
    /// SMPP 3.4 5.2.19
    public var dataCoding: UInt8
    /// Whether the centre's own alphabet is ISO 8859-1.
    public var isLatin: Bool

    public init(octets: [UInt8], dataCoding: UInt8, isLatin: Bool) {
      self.octets = octets
      self.dataCoding = dataCoding
      self.isLatin = isLatin
    }
  }

  public var name: Name
  /// By number, from 1.
  public private(set) var parts: [Int: Part] = [:]

  /// A part is what one short message carries: no more than this is kept of it.
  public static let partOctetsMax = 255

  public init(_ name: Name) { self.name = name }

  public enum Addition: Sendable, Equatable {
    case added, repeated
    /// Another message has this reference by now.
    case another
  }

  /// Takes a part of the message.
  public mutating func add(_ part: Part, number: Int) -> Addition {
    var part = part
    part.octets = Array(part.octets.prefix(Self.partOctetsMax))
    if let known = parts[number] { return known == part ? .repeated : .another }
    parts[number] = part
    return .added
  }

  public var isWhole: Bool { parts.count == name.count }
  /// The numbers of the parts that have not come.
  public var missing: [Int] { (1...name.count).filter { parts[$0] == nil } }
  public var octetCount: Int { parts.values.reduce(0) { $0 + $1.octets.count } }

  /// The text; where parts are missing, `…` stands for them.
  ///
  /// Octets are put together before they are read: a phone may cut a letter outside the basic plane, or an escape and what
  /// it escapes, in two.
  public var text: String {
    var text = ""
    var run: Part?
    func read(_ part: Part) -> String {
      InboundText.decode(part.octets, dataCoding: part.dataCoding, isLatin: part.isLatin)
    }
    for number in 1...name.count {
      guard let part = parts[number] else {
        text += (run.map(read) ?? "") + (text.hasSuffix("…") && run == nil ? "" : "…")
        run = nil
        continue
      }
      if run?.dataCoding == part.dataCoding, run?.isLatin == part.isLatin {
        run?.octets += part.octets
      } else {
        text += run.map(read) ?? ""
        run = part
      }
    }
    return text + (run.map(read) ?? "")
  }

  /// How the message begins; `nil` until its first part has come.
  public var beginning: String? {
    parts[1].map { InboundText.decode($0.octets, dataCoding: $0.dataCoding, isLatin: $0.isLatin) }
  }

  /// The same with fingerprints in the place of what was written: knows repeated parts of a message that was handed on.
  public var fingerprint: LongText {
    var copy = self
    for (number, part) in parts { copy.parts[number] = part.fingerprint }
    return copy
  }
}

extension LongText.Part {
  /// Two parts have the same one if, as far as 64 bits tell, they are the same.
  public var fingerprint: LongText.Part {
    let hash = Array(octets.prefix(LongText.partOctetsMax)).withUnsafeBytes { hash64($0, seed: 0x6C6F_6E67) }
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
    return LongText.Part(octets: bytes, dataCoding: dataCoding, isLatin: isLatin)
  }
}
