import RoostCore

/// An event record read in place. The record is made once, at the door, and is the same bytes in the log, in the engine
/// and in the history. Valid only while the bytes are.
///
/// Layout, little-endian, no padding:
/// ```
/// u32 bytes in all · u8 kind · u8 flags · u16 identifier count · u32 name (Symbol; 0 = none)
/// i64 timestamp ms · i64 receivedAt ms · u64 messageId hash · u32 offset of the fields
/// varint length + messageId
/// per identifier: u8 IdentifierKind · varint length + normalised value
/// u16 field count · per field: u8 FieldSection · u8 FieldTag · u32 Symbol · value (0, 8 or counted bytes)
/// ```
@frozen
public struct EventView {
  public let bytes: UnsafeRawBufferPointer

  public static let headerBytes = 40
  /// Where `receivedAt` lies.
  public static let receivedAtOffset = 20

  /// Trusts the bytes: for records that `EventWriter` made and a checksum has guarded since.
  @inlinable
  public init(trusted bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inlinable
  func word<Word: FixedWidthInteger>(_ offset: Int, _: Word.Type = Word.self) -> Word {
    Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
  }

  @inlinable
  public var kind: EventKind { EventKind(rawValue: bytes[4]) ?? .track }
  /// History: fills people and segments, starts no journey.
  @inlinable
  public var isHistorical: Bool { bytes[5] & 1 != 0 }
  @inlinable
  public var identifierCount: Int { Int(word(6, UInt16.self)) }
  /// The event's name for `track`; the page's or screen's name; none for the others.
  @inlinable
  public var name: Symbol { Symbol(word(8)) }
  /// When it happened, corrected for the sender's clock; never later than `receivedAt`.
  @inlinable
  public var timestamp: Instant { Instant(milliseconds: word(12)) }
  @inlinable
  public var receivedAt: Instant { Instant(milliseconds: word(20)) }
  @inlinable
  public var messageHash: UInt64 { word(28) }
  @inlinable
  var fieldsOffset: Int { Int(word(36, UInt32.self)) }

  public var messageID: String {
    var reader = ByteReader(bytes)
    reader.offset = Self.headerBytes
    return (try? reader.text()) ?? ""
  }

  /// Calls `body` for each identifier, in the order of the record.
  @inlinable
  public func forEachIdentifier(_ body: (IdentifierKind, UnsafeRawBufferPointer) -> Void) {
    var reader = ByteReader(bytes)
    reader.offset = Self.headerBytes
    do throws(MalformedBytes) {
      _ = try reader.counted()
      for _ in 0..<identifierCount {
        let kind = try reader.word(UInt8.self)
        body(IdentifierKind(rawValue: kind) ?? .custom, try reader.counted())
      }
    } catch { preconditionFailure("an event record without its identifiers at byte \(error.offset)") }
  }

  /// The identifiers as they lie in the record: equal bytes name the same ones.
  public var identifierBytes: UnsafeRawBufferPointer {
    var reader = ByteReader(bytes)
    reader.offset = Self.headerBytes
    do throws(MalformedBytes) { _ = try reader.counted() } catch { reader.offset = fieldsOffset }
    return UnsafeRawBufferPointer(rebasing: bytes[reader.offset..<fieldsOffset])
  }

  /// A cursor over the fields.
  @inlinable
  public var fields: EventFields { EventFields(bytes, offset: fieldsOffset) }

  /// The first field of a section with a name.
  public func field(_ section: FieldSection, _ symbol: Symbol) -> EventField? {
    // Others are passed over by their heads alone: every condition on a property comes here.
    var cursor = fields
    return cursor.next(section, symbol)
  }
}

/// One field of an event, in place.
@frozen
public struct EventField {
  public let section: FieldSection
  public let tag: FieldTag
  public let symbol: Symbol
  /// A Double's bits for `.number`.
  public let bits: UInt64
  /// The bytes of `.string` and `.json`.
  public let bytes: UnsafeRawBufferPointer

  @inlinable
  public init(section: FieldSection, tag: FieldTag, symbol: Symbol, bits: UInt64, bytes: UnsafeRawBufferPointer) {
    self.section = section
    self.tag = tag
    self.symbol = symbol
    self.bits = bits
    self.bytes = bytes
  }

  @inlinable
  public var number: Double? { tag == .number ? Double(bitPattern: bits) : nil }

  /// The value, copied out.
  public var value: Value {
    switch tag {
    case .null: .null
    case .no: .bool(false)
    case .yes: .bool(true)
    case .number: .number(Double(bitPattern: bits))
    case .string: .string(String(decoding: bytes, as: UTF8.self))
    case .json: .json(String(decoding: bytes, as: UTF8.self))
    }
  }
}

/// Walks over an event's fields without copying.
@frozen
public struct EventFields {
  @usableFromInline
  var reader: ByteReader
  @usableFromInline
  var left: Int

  @inlinable
  init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
    reader = ByteReader(bytes)
    reader.offset = offset
    left = 0
    do throws(MalformedBytes) { left = Int(try reader.word(UInt16.self)) } catch {
      preconditionFailure("an event record without its fields at byte \(error.offset)")
    }
  }

  public mutating func next() -> EventField? {
    guard left > 0 else { return nil }
    left &-= 1
    return take(head(), FieldSection(rawValue: reader.bytes[reader.offset &- Self.headBytes]) ?? .context)
  }

  /// The next field that is in another section.
  public mutating func next(besides section: FieldSection) -> EventField? {
    while left > 0 {
      left &-= 1
      let head = head()
      let own = reader.bytes[reader.offset &- Self.headBytes]
      if own != section.rawValue { return take(head, FieldSection(rawValue: own) ?? .context) }
      skip(head.0)
    }
    return nil
  }

  /// The next field of a section with a name.
  mutating func next(_ section: FieldSection, _ symbol: Symbol) -> EventField? {
    while left > 0 {
      left &-= 1
      let (tag, name) = head()
      if name == symbol.number, reader.bytes[reader.offset &- Self.headBytes] == section.rawValue {
        return take((tag, name), section)
      }
      skip(tag)
    }
    return nil
  }

  /// Passes over a field's value.
  @inline(__always)
  private mutating func skip(_ tag: FieldTag) {
    switch tag {
    case .null, .no, .yes: break
    case .number: reader.offset &+= 8
    case .string, .json: _ = counted()
    }
  }

  private static let headBytes = 6

  /// Passes over section, tag and name.
  @inline(__always)
  private mutating func head() -> (FieldTag, UInt32) {
    let offset = reader.offset
    guard reader.bytes.count &- offset >= Self.headBytes else { damaged() }
    reader.offset &+= Self.headBytes
    return (
      FieldTag(rawValue: reader.bytes[offset &+ 1]) ?? .null,
      UInt32(littleEndian: reader.bytes.loadUnaligned(fromByteOffset: offset &+ 2, as: UInt32.self))
    )
  }

  @inline(__always)
  private mutating func take(_ head: (tag: FieldTag, name: UInt32), _ section: FieldSection) -> EventField {
    var bits: UInt64 = 0
    var bytes = UnsafeRawBufferPointer.empty
    switch head.tag {
    case .null, .no, .yes: break
    case .number:
      guard reader.bytes.count &- reader.offset >= 8 else { damaged() }
      bits = UInt64(littleEndian: reader.bytes.loadUnaligned(fromByteOffset: reader.offset, as: UInt64.self))
      reader.offset &+= 8
    case .string, .json: bytes = counted()
    }
    return EventField(section: section, tag: head.tag, symbol: Symbol(head.name), bits: bits, bytes: bytes)
  }

  @inline(__always)
  private mutating func counted() -> UnsafeRawBufferPointer {
    let start = reader.offset &+ 1
    guard start <= reader.bytes.count else { damaged() }
    let length = Int(reader.bytes[start &- 1])
    guard length < 0x80, length <= reader.bytes.count &- start else { return longCounted() }
    reader.offset = start &+ length
    return UnsafeRawBufferPointer(rebasing: reader.bytes[start..<(start &+ length)])
  }

  @inline(never)
  private mutating func longCounted() -> UnsafeRawBufferPointer {
    do throws(MalformedBytes) { return try reader.counted() } catch { damaged() }
  }

  private func damaged() -> Never {
    preconditionFailure("a damaged field in an event record at byte \(reader.offset)")
  }
}

extension UnsafeRawBufferPointer {
  @inlinable
  static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
