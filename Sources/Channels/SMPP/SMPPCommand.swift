/// Command identifiers (SMPP 3.4 5.1.2.1). An answer has that of its request with the highest bit set.
enum SMPPCommand: UInt32, Sendable {
  case genericNack = 0x8000_0000
  case bindReceiver = 0x0000_0001
  case bindReceiverResp = 0x8000_0001
  case bindTransmitter = 0x0000_0002
  case bindTransmitterResp = 0x8000_0002
  case submitSM = 0x0000_0004
  case submitSMResp = 0x8000_0004
  case deliverSM = 0x0000_0005
  case deliverSMResp = 0x8000_0005
  case unbind = 0x0000_0006
  case unbindResp = 0x8000_0006
  case bindTransceiver = 0x0000_0009
  case bindTransceiverResp = 0x8000_0009
  case outbind = 0x0000_000B
  case enquireLink = 0x0000_0015
  case enquireLinkResp = 0x8000_0015
  case alertNotification = 0x0000_0102
  case dataSM = 0x0000_0103
  case dataSMResp = 0x8000_0103
}

/// Tags of optional parameters (SMPP 3.4 5.3.2), those that are read or written here.
enum SMPPTag {
  static let sarReference: UInt16 = 0x020C
  static let sarTotal: UInt16 = 0x020E
  static let sarNumber: UInt16 = 0x020F
  static let receiptedMessageID: UInt16 = 0x001E
  static let messagePayload: UInt16 = 0x0424
  static let networkErrorCode: UInt16 = 0x0423
  static let messageState: UInt16 = 0x0427
}

/// An optional parameter.
struct SMPPParameter: Sendable, Equatable {
  var tag: UInt16
  var value: [UInt8]
}
