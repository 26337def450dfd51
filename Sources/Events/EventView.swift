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
  @inlinable
  public func field(_ section: FieldSection, _ symbol: Symbol) -> EventField? {
    var cursor = fields
    while let field = cursor.next() {
      if field.section == section, field.symbol == symbol { return field }
    }
    return nil
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

  @inlinable
  public mutating func next() -> EventField? {
    guard left > 0 else { return nil }
    left &-= 1
    do throws(MalformedBytes) {
      let section = FieldSection(rawValue: try reader.word(UInt8.self)) ?? .context
      let tag = FieldTag(rawValue: try reader.word(UInt8.self)) ?? .null
      let symbol = Symbol(try reader.word())
      switch tag {
      case .null, .no, .yes: return EventField(section: section, tag: tag, symbol: symbol, bits: 0, bytes: .empty)
      case .number:
        return EventField(section: section, tag: tag, symbol: symbol, bits: try reader.word(), bytes: .empty)
      case .string, .json:
        return EventField(section: section, tag: tag, symbol: symbol, bits: 0, bytes: try reader.counted())
      }
    } catch { preconditionFailure("a damaged field in an event record at byte \(error.offset)") }
  }
}

extension UnsafeRawBufferPointer {
  @inlinable
  static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
