/// One protocol data unit: a header of 16 octets and a body (SMPP 3.4 3.2, 4).
struct SMPPPDU: Sendable, Equatable {
  enum Body: Sendable, Equatable {
    case none
    case bind(SMPPBind)
    /// The answer to a bind: the centre's name.
    case system(String)
    /// submit_sm, deliver_sm, data_sm.
    case message(SMPPMessage)
    /// The answer to one of those: the centre's name for the message.
    case messageID(String)
    /// Of a command that is not spoken here.
    case other([UInt8])
  }
  /// The raw number: there are others than `SMPPCommand` has.
  var command: UInt32
  var status = SMPPStatus.ok
  /// 1 to 0x7FFFFFFF; an answer has that of its request.
  var sequence: UInt32
  var body: Body = .none

  init(_ command: SMPPCommand, status: SMPPStatus = .ok, sequence: UInt32, body: Body = .none) {
    self.command = command.rawValue
    self.status = status
    self.sequence = sequence
    self.body = body
  }

  static let headerOctets = 16
  static let answerBit: UInt32 = 0x8000_0000

  var isAnswer: Bool { command & Self.answerBit != 0 }

  /// Appends the unit as it goes over the wire.
  func encode(into bytes: inout [UInt8]) {
    let start = bytes.count
    var writer = SMPPWriter(bytes: [])
    swap(&writer.bytes, &bytes)
    writer.word(0)
    writer.word(command)
    writer.word(status.code)
    writer.word(sequence)
    switch body {
    case .none: break
    case .bind(let bind): bind.encode(into: &writer)
    case .system(let text), .messageID(let text): writer.text(text, most: 64)
    case .message(let message):
      message.encode(into: &writer, isData: command & ~Self.answerBit == SMPPCommand.dataSM.rawValue)
    case .other(let octets): writer.bytes += octets
    }
    swap(&writer.bytes, &bytes)
    let length = UInt32(bytes.count - start)
    for place in 0..<4 { bytes[start + place] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * place)) }
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    encode(into: &bytes)
    return bytes
  }

  /// Reads one whole unit, as `SMPPFrames` cuts them out.
  init(decoding bytes: ArraySlice<UInt8>) throws(SMPPMistake) {
    var reader = SMPPReader(bytes)
    _ = try reader.word()
    command = try reader.word()
    status = SMPPStatus(try reader.word())
    sequence = try reader.word()
    // A refusal has no body (4.4.2 and others), and some centres' refusals have half of one.
    if command & Self.answerBit != 0, status != .ok { return }
    do throws(SMPPMistake) { body = try Self.body(command, &reader) } catch {
      throw SMPPMistake(error.detail, command: command, sequence: sequence)
    }
  }

  private static func body(_ command: UInt32, _ reader: inout SMPPReader) throws(SMPPMistake) -> Body {
    switch SMPPCommand(rawValue: command) {
    case .bindReceiver, .bindTransmitter, .bindTransceiver: return .bind(try SMPPBind(&reader))
    case .bindReceiverResp, .bindTransmitterResp, .bindTransceiverResp:
      return .system(reader.isAtEnd ? "" : try reader.text())
    case .submitSM, .deliverSM: return .message(try SMPPMessage(&reader, isData: false))
    case .dataSM: return .message(try SMPPMessage(&reader, isData: true))
    case .submitSMResp, .deliverSMResp, .dataSMResp: return .messageID(reader.isAtEnd ? "" : try reader.text())
    case .genericNack, .unbind, .unbindResp, .enquireLink, .enquireLinkResp: return .none
    case .outbind, .alertNotification, nil: return .other(reader.rest())
    }
  }
}

/// Bytes that are no protocol data unit.
struct SMPPMistake: Error, Equatable {
  var detail: String
  /// Of the unit, if its header could be read.
  var command: UInt32?
  var sequence: UInt32?

  init(_ detail: String, command: UInt32? = nil, sequence: UInt32? = nil) {
    self.detail = detail
    self.command = command
    self.sequence = sequence
  }
}

/// Who binds (SMPP 3.4 4.1).
struct SMPPBind: Sendable, Equatable {
  var systemID: String
  var password: String
  var systemType: String
  var address = SMSAddress(ton: 0, npi: 0, text: "")
  var version: UInt8 = 0x34

  init(systemID: String, password: String, systemType: String, addressRange: String = "") {
    self.systemID = systemID
    self.password = password
    self.systemType = systemType
    address.text = addressRange
  }

  init(_ reader: inout SMPPReader) throws(SMPPMistake) {
    systemID = try reader.text()
    password = try reader.text()
    systemType = try reader.text()
    version = try reader.octet()
    address = SMSAddress(ton: try reader.octet(), npi: try reader.octet(), text: try reader.text())
  }

  func encode(into writer: inout SMPPWriter) {
    writer.text(systemID, most: 15)
    writer.text(password, most: 8)
    writer.text(systemType, most: 12)
    writer.bytes += [version, address.ton, address.npi]
    writer.text(address.text, most: 40)
  }
}

/// The body of submit_sm, deliver_sm and data_sm (SMPP 3.4 4.4.1, 4.6.1, 4.7.1).
struct SMPPMessage: Sendable, Equatable {
  var serviceType = ""
  var source = SMSAddress(ton: 0, npi: 0, text: "")
  var destination = SMSAddress(ton: 0, npi: 0, text: "")
  var esmClass: UInt8 = 0
  var protocolID: UInt8 = 0
  var priority: UInt8 = 0
  var scheduledFor = ""
  /// Relative as `YYMMDDhhmmss000R`; empty: the centre's own.
  var validity = ""
  var registeredDelivery: UInt8 = 0
  var replaces: UInt8 = 0
  var dataCoding: UInt8 = 0
  var defaultMessage: UInt8 = 0
  var text: [UInt8] = []
  var parameters: [SMPPParameter] = []

  static let textMax = 254
  private static let parametersMax = 256

  init() {}

  init(_ reader: inout SMPPReader, isData: Bool) throws(SMPPMistake) {
    serviceType = try reader.text()
    source = SMSAddress(ton: try reader.octet(), npi: try reader.octet(), text: try reader.text())
    destination = SMSAddress(ton: try reader.octet(), npi: try reader.octet(), text: try reader.text())
    esmClass = try reader.octet()
    if isData {
      registeredDelivery = try reader.octet()
      dataCoding = try reader.octet()
    } else {
      protocolID = try reader.octet()
      priority = try reader.octet()
      scheduledFor = try reader.text()
      validity = try reader.text()
      registeredDelivery = try reader.octet()
      replaces = try reader.octet()
      dataCoding = try reader.octet()
      defaultMessage = try reader.octet()
      text = try reader.octets(Int(try reader.octet()))
    }
    while !reader.isAtEnd {
      guard parameters.count < Self.parametersMax else { throw SMPPMistake("more optional parameters than there are") }
      let tag = try reader.short()
      parameters.append(SMPPParameter(tag: tag, value: try reader.octets(Int(try reader.short()))))
    }
  }

  func encode(into writer: inout SMPPWriter, isData: Bool) {
    writer.text(serviceType, most: 5)
    for address in [source, destination] {
      writer.bytes += [address.ton, address.npi]
      writer.text(address.text, most: isData ? 64 : 20)
    }
    writer.bytes.append(esmClass)
    if isData {
      writer.bytes += [registeredDelivery, dataCoding]
    } else {
      writer.bytes += [protocolID, priority]
      writer.text(scheduledFor, most: 16)
      writer.text(validity, most: 16)
      let short = text.prefix(Self.textMax)
      writer.bytes += [registeredDelivery, replaces, dataCoding, defaultMessage, UInt8(short.count)]
      writer.bytes += short
    }
    for parameter in parameters {
      let value = parameter.value.prefix(Int(UInt16.max))
      writer.short(parameter.tag)
      writer.short(UInt16(value.count))
      writer.bytes += value
    }
  }

  func parameter(_ tag: UInt16) -> [UInt8]? { parameters.first { $0.tag == tag }?.value }

  /// The octets of the text, wherever they stand.
  var payload: [UInt8] { text.isEmpty ? parameter(SMPPTag.messagePayload) ?? [] : text }
}
