import RoostCore

/// Codes that came into a pool, as the log keeps them.
public struct VoucherAddition: Sendable, Equatable {
  public var pool: String
  /// The number of the first: a pool's codes are numbered from 0, and given in that order.
  public var first: UInt32
  public var codes: [String]

  public init(pool: String, first: UInt32, codes: [String]) {
    self.pool = pool
    self.first = first
    self.codes = codes
  }

  private static let format: UInt8 = 1

  /// Format byte, pool, number, then the codes.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(counted: pool)
    bytes.append(varint: UInt64(first))
    bytes.append(varint: UInt64(codes.count))
    for code in codes { bytes.append(counted: code) }
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    pool = try reader.text()
    first = UInt32(truncatingIfNeeded: try reader.varint())
    codes = []
    for _ in 0..<(try reader.count()) { codes.append(try reader.text()) }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}

/// A code that a message was given, as the log keeps it.
public struct VoucherGiving: Sendable, Equatable {
  public var pool: String
  public var number: UInt32
  public var code: String
  public var at: Instant
  /// To which message, and whose that is; `nil` once the person was erased.
  public var link: Link?

  public struct Link: Sendable, Equatable {
    public var message: IntentID
    public var person: PersonID

    public init(message: IntentID, person: PersonID) {
      self.message = message
      self.person = person
    }
  }

  public init(pool: String, number: UInt32, code: String, at: Instant, link: Link?) {
    self.pool = pool
    self.number = number
    self.code = code
    self.at = at
    self.link = link
  }

  private static let format: UInt8 = 1

  /// Format byte, pool, number, code, moment, then the link, if it is there, behind a 1.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(counted: pool)
    bytes.append(varint: UInt64(number))
    bytes.append(counted: code)
    bytes.append(word: at.milliseconds)
    bytes.append(link == nil ? 0 : 1)
    guard let link else { return }
    for word in [link.message.high, link.message.low, link.person.number] { bytes.append(word: word) }
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    pool = try reader.text()
    number = UInt32(truncatingIfNeeded: try reader.varint())
    code = try reader.text()
    at = Instant(milliseconds: try reader.word())
    if try reader.word(UInt8.self) == 1 {
      let message = IntentID(high: try reader.word(), low: try reader.word())
      link = Link(message: message, person: PersonID(try reader.word()))
    }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}
