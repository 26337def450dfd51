/// What a centre brings.
public enum SMPPInbound: Sendable, Equatable {
  /// What became of a message; `number` is whom it was for.
  case receipt(SMPPReceipt, number: String)
  case text(SMPPText)
}

/// A message from somebody's phone.
public struct SMPPText: Sendable, Equatable {
  /// Who wrote: digits, without + (`isInternational`).
  public var from: String
  public var isInternational: Bool
  public var to: String
  public var text: String
  /// If it is part of a longer one: of which, its place there from 1, and what it carries.
  public var part: SMPPTextPart?

  /// - Parameter isLatin: whether the centre's own alphabet is ISO 8859-1.
  init(_ message: SMPPMessage, isLatin: Bool) {
    from = message.source.text
    isInternational = message.source.ton == 1
    to = message.destination.text
    var (body, part) = InboundText.split(message.payload, hasHeader: message.esmClass & 0x40 != 0)
    if part == nil, let total = message.parameter(SMPPTag.sarTotal)?.first,
      let number = message.parameter(SMPPTag.sarNumber)?.first
    {
      let reference = message.parameter(SMPPTag.sarReference)?.reduce(0) { ($0 << 8 | Int($1)) & 0xFFFF } ?? 0
      part = InboundText.Part(reference: reference, count: Int(total), number: Int(number))
    }
    body = body.prefix(Self.octetsMax)
    text = InboundText.decode(body, dataCoding: message.dataCoding, isLatin: isLatin)
    // One of one is whole, and what counts wrongly is taken for what it is: a text.
    guard let part, (2...255).contains(part.count), (1...part.count).contains(part.number) else { return }
    self.part = SMPPTextPart(
      of: LongText.Name(
        from: from, isInternational: isInternational, to: to, reference: part.reference, count: part.count),
      number: part.number,
      part: LongText.Part(octets: Array(body), dataCoding: message.dataCoding, isLatin: isLatin))
  }

  /// No phone writes more; what a centre claims beyond is cut.
  private static let octetsMax = 4_000
}

/// A part of a long message.
public struct SMPPTextPart: Sendable, Equatable {
  public var of: LongText.Name
  public var number: Int
  public var part: LongText.Part

  public init(of message: LongText.Name, number: Int, part: LongText.Part) {
    of = message
    self.number = number
    self.part = part
  }
}

extension SMPPInbound {
  init(_ message: SMPPMessage, isLatin: Bool) {
    if let receipt = SMPPReceipt(message) {
      self = .receipt(receipt, number: message.source.text)
    } else {
      self = .text(SMPPText(message, isLatin: isLatin))
    }
  }
}
