import RoostCore

extension SMPPConfiguration {
  /// The units that carry a text to a number.
  ///
  /// - Parameters:
  ///   - id: of the message: gives the reference under which phones gather its parts, so that a part that comes twice is
  ///     one to them.
  ///   - lifetime: how long the message is of use; `nil`: as long as the centre tries.
  /// - Returns: or why there are none, in words.
  func parts(_ text: String, to number: String, id: String, lifetime: TimeSpan?) -> Result<[SMPPMessage], SMPPRefusal> {
    guard var destination = SMSAddress(number), !destination.isAlphanumeric else {
      return .failure(SMPPRefusal("\"\(number)\" is no number that SMPP can carry"))
    }
    if let destinationTON { destination.ton = destinationTON }
    if let destinationNPI { destination.npi = destinationNPI }
    let written = SMSText(text, isLatin: isLatin)
    guard !written.octets.isEmpty else { return .failure(SMPPRefusal("the text is empty")) }
    var message = SMPPMessage()
    message.serviceType = serviceType
    message.source = sender
    message.destination = destination
    message.registeredDelivery = asksReceipts ? 1 : 0
    message.validity = Self.relativeTime(min(validity, lifetime ?? validity))
    message.dataCoding = written.dataCoding
    let reference = Self.reference(id)
    let pieces = written.parts(headerOctets: long == .udh16 ? 7 : 6)
    guard pieces.count <= partsMax else {
      return .failure(SMPPRefusal("the text needs \(pieces.count) parts, and partsMax is \(partsMax)"))
    }
    return .success(
      long == .payload
        ? [payload(written, message)]
        : pieces.enumerated().map { place, piece in
          part(message, Array(piece), reference, place + 1, of: pieces.count)
        })
  }

  private func payload(_ text: SMSText, _ message: SMPPMessage) -> SMPPMessage {
    var message = message
    if text.octets.count <= SMPPMessage.textMax, text.parts(headerOctets: 6).count == 1 {
      message.text = text.octets
    } else {
      message.parameters = [SMPPParameter(tag: SMPPTag.messagePayload, value: text.octets)]
    }
    return message
  }

  private func part(
    _ message: SMPPMessage, _ octets: [UInt8], _ reference: UInt16, _ number: Int, of count: Int
  ) -> SMPPMessage {
    var message = message
    message.text = octets
    guard count > 1 else { return message }
    if long == .sar {
      message.parameters = [
        SMPPParameter(tag: SMPPTag.sarReference, value: [UInt8(reference >> 8), UInt8(truncatingIfNeeded: reference)]),
        SMPPParameter(tag: SMPPTag.sarTotal, value: [UInt8(truncatingIfNeeded: count)]),
        SMPPParameter(tag: SMPPTag.sarNumber, value: [UInt8(truncatingIfNeeded: number)]),
      ]
    } else {
      let header = (long == .udh16 ? SMSReference.sixteenBit : .eightBit).header(reference, number: number, of: count)
      message.text = header + octets
      // 5.2.12: the text begins with a user data header.
      message.esmClass = 0x40
    }
    return message
  }

  private static func reference(_ id: String) -> UInt16 {
    let hash = Array(id.utf8).withUnsafeBytes { hash64($0, seed: 0x53_4D_53) }
    return UInt16(truncatingIfNeeded: hash)
  }

  /// `000001000000000R`: years, months, days, hours, minutes, seconds (SMPP 3.4 7.1.1.2); at most 28 days, at least a
  /// minute.
  static func relativeTime(_ span: TimeSpan) -> String {
    let seconds = min(max(span.milliseconds / 1_000, 60), 28 * 86_400)
    let fields = [seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60]
    return "0000" + fields.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined() + "000R"
  }
}

/// Why a message cannot be sent, whoever is asked.
struct SMPPRefusal: Error, Equatable {
  var detail: String
  init(_ detail: String) { self.detail = detail }
}

extension SMSText {
  /// SMPP 3.4 5.2.19
  fileprivate var dataCoding: UInt8 {
    switch coding {
    case .gsm7: 0
    case .latin1: 3
    case .ucs2: 8
    }
  }
}
