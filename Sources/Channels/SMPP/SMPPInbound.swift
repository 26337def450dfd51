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
  /// Part `number` of `count` of the message with that reference; `nil` if it is whole.
  public var part: (reference: Int, number: Int, count: Int)? {
    partOf.map { ($0.reference, $0.number, $0.count) }
  }
  var partOf: InboundText.Part?

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
    partOf = part
  }

  /// No phone writes more; what a centre claims beyond is cut.
  private static let octetsMax = 4_000
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
