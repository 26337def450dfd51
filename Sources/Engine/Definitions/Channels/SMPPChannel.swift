import RoostCore

/// `sms.smpp`: text messages by a message centre.
public struct SMPPChannel: Sendable, Equatable {
  public enum Bind: String, Sendable, CaseIterable {
    case transceiver, transmitter, separate
  }
  /// How long messages are cut.
  public enum Long: String, Sendable, CaseIterable {
    case udh, udh16, sar, payload
  }
  public enum Alphabet: String, Sendable, CaseIterable {
    case gsm, latin1
  }
  /// How the names of messages in receipts are written, beside those in answers.
  public enum ReceiptIDs: String, Sendable, CaseIterable {
    case auto, same, decimal, hex
  }
  /// `smpp://user:password@host:port`, or `smpps://`.
  public var url: String
  /// A name, a short code or a number.
  public var from: String
  public var bind: Bind
  public var systemType: String
  public var serviceType: String
  public var addressRange: String
  public var long: Long
  public var alphabet: Alphabet
  public var receiptIDs: ReceiptIDs
  public var receipts: Bool
  public var partsMax: Int
  public var connections: Int
  public var window: Int
  public var validity: TimeSpan
  public var enquireEvery: TimeSpan
  public var timeout: TimeSpan
  /// Instead of what is guessed from numbers.
  public var sourceTON: UInt8?
  public var sourceNPI: UInt8?
  public var destinationTON: UInt8?
  public var destinationNPI: UInt8?
  /// Numbers of refusals that are tried again.
  public var temporaryCodes: [UInt32]
  /// What receipts call a number that does not exist.
  public var deadNumberErrors: [String]
  /// What ends marketing by text message, upper case.
  public var stopWords: [String]

  public static let stopWords = [
    "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА", "ОТКАЗ",
  ]

  init(_ reader: inout ChannelReader) {
    url = reader.text("url", "a channel needs the centre's address: \"smpp://user:password@smsc.example:2775\"")
    from = reader.text("from", "a channel needs a sender: a name such as \"Shop\", a short code or a number")
    bind = reader.choice("bind", default: .transceiver)
    systemType = reader.ascii("systemType", bytesMax: 12)
    serviceType = reader.ascii("serviceType", bytesMax: 5)
    addressRange = reader.ascii("addressRange", bytesMax: 40)
    long = reader.choice("long", default: .udh)
    alphabet = reader.choice("alphabet", default: .gsm)
    receiptIDs = reader.choice("receiptIds", default: .auto)
    receipts = reader.flag("receipts", default: true)
    partsMax = reader.count("partsMax", 1...50) ?? 10
    connections = reader.count("connections", 1...20) ?? 1
    window = reader.count("window", 1...500) ?? 10
    validity = reader.span("validity", max: .days(28)) ?? .days(1)
    enquireEvery = reader.span("enquireEvery", max: .hours(1)) ?? .seconds(30)
    timeout = reader.span("timeout", max: .minutes(5)) ?? .seconds(30)
    for (name, span) in [("enquireEvery", enquireEvery), ("timeout", timeout)] where span < .seconds(1) {
      reader.refuse(name, "write at least \"1s\"")
    }
    sourceTON = reader.count("sourceTon", 0...6).map(UInt8.init)
    sourceNPI = reader.count("sourceNpi", 0...18).map(UInt8.init)
    destinationTON = reader.count("destinationTon", 0...6).map(UInt8.init)
    destinationNPI = reader.count("destinationNpi", 0...18).map(UInt8.init)
    temporaryCodes = reader.codes("temporaryCodes")
    deadNumberErrors = reader.words("deadNumberErrors") ?? ["001"]
    stopWords = reader.words("stopWords")?.map { $0.uppercased() } ?? Self.stopWords
  }
}

extension ChannelDefinition {
  /// Of a channel by SMPP.
  public var smpp: SMPPChannel? { if case .smpp(let smpp) = settings { smpp } else { nil } }
}

extension ChannelReader {
  private static let wordsMax = 50

  fileprivate mutating func ascii(_ name: String, bytesMax: Int) -> String {
    let text = optionalText(name, "write at most \(bytesMax) ASCII characters") ?? ""
    if text.utf8.count > bytesMax || !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
      refuse(name, "write at most \(bytesMax) ASCII characters")
    }
    return text
  }

  fileprivate mutating func count(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    let remedy = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let number = number(name, Double(range.lowerBound)...Double(range.upperBound), remedy) else { return nil }
    if number != number.rounded() { refuse(name, remedy) }
    return Int(number)
  }

  /// A list of short texts; `nil` if there is none.
  fileprivate mutating func words(_ name: String) -> [String]? {
    guard let value = value(name) else { return nil }
    let words = value.array?.compactMap(\.string).filter { (1...40).contains($0.utf8.count) } ?? []
    guard let count = value.array?.count, count == words.count, count <= Self.wordsMax else {
      refuse(name, "write a list of at most \(Self.wordsMax) words")
      return nil
    }
    return words
  }

  fileprivate mutating func codes(_ name: String) -> [UInt32] {
    guard let value = value(name) else { return [] }
    let codes = value.array?.compactMap { $0.number.flatMap(UInt32.init(exactly:)) } ?? []
    guard let count = value.array?.count, count == codes.count, count <= Self.wordsMax else {
      refuse(name, "write a list of status numbers such as [1025, 1042]")
      return []
    }
    return codes
  }
}
