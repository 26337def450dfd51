import RoostCore

/// Builds event records one after another in one buffer: `begin`, identifiers, `beginFields`, fields, `end`.
public struct EventWriter: Sendable {
  /// All records so far, back to back.
  public private(set) var bytes: [UInt8] = []
  private var start = 0
  private var identifiers: UInt16 = 0
  private var fieldCountOffset = 0
  private var fieldCount: UInt16 = 0

  /// Seeds the hash of message ids; fixed for ever, since the hashes are in people's states.
  public static let messageSeed: UInt64 = 0x524F_4F53_545F_4D49

  public init() {}

  /// Forgets all records and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    start = 0
  }

  public mutating func begin(
    _ kind: EventKind, name: Symbol, timestamp: Instant, receivedAt: Instant, isHistorical: Bool,
    messageID: UnsafeRawBufferPointer
  ) {
    start = bytes.count
    identifiers = 0
    let hash = hash64(messageID, seed: Self.messageSeed)
    bytes.append(addingCapacity: EventView.headerBytes) { span in
      span.withUnsafeMutableBufferPointer { room, initialized in
        let header = UnsafeMutableRawPointer(room.baseAddress!) + initialized
        header.storeBytes(of: 0, as: UInt32.self)
        header.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
        header.storeBytes(of: isHistorical ? 1 : 0, toByteOffset: 5, as: UInt8.self)
        header.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
        header.storeBytes(of: name.number.littleEndian, toByteOffset: 8, as: UInt32.self)
        header.storeBytes(of: timestamp.milliseconds.littleEndian, toByteOffset: 12, as: Int64.self)
        header.storeBytes(of: receivedAt.milliseconds.littleEndian, toByteOffset: 20, as: Int64.self)
        header.storeBytes(of: hash.littleEndian, toByteOffset: 28, as: UInt64.self)
        header.storeBytes(of: 0, toByteOffset: 36, as: UInt32.self)
        initialized += EventView.headerBytes
      }
    }
    bytes.append(counted: messageID)
  }

  public mutating func identifier(_ kind: IdentifierKind, _ value: UnsafeRawBufferPointer) {
    bytes.append(kind.rawValue)
    bytes.append(counted: value)
    identifiers += 1
  }

  public mutating func beginFields() {
    bytes.patch(at: start + 6, word: identifiers)
    bytes.patch(at: start + 36, word: UInt32(bytes.count - start))
    fieldCountOffset = bytes.count
    fieldCount = 0
    bytes.append(word: UInt16(0))
  }

  /// One growth of the array and plain stores: fields are the hottest bytes of the door.
  @inline(__always)
  private mutating func extend(_ count: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
    bytes.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { room, initialized in
        write(UnsafeMutableRawPointer(room.baseAddress!) + initialized)
        initialized += count
      }
    }
    fieldCount &+= 1
  }

  @inline(__always)
  private static func head(
    _ room: UnsafeMutableRawPointer, _ section: FieldSection, _ tag: FieldTag, _ symbol: Symbol
  ) {
    room.storeBytes(of: UInt16(section.rawValue) | UInt16(tag.rawValue) &<< 8, as: UInt16.self)
    room.storeBytes(of: symbol.number.littleEndian, toByteOffset: 2, as: UInt32.self)
  }

  @inline(__always)
  private mutating func counted(
    _ section: FieldSection, _ tag: FieldTag, _ symbol: Symbol, _ text: UnsafeRawBufferPointer
  ) {
    let wide = text.count >= 0x80
    guard text.count < 0x4000 else { return long(section, tag, symbol, text) }
    extend((wide ? 8 : 7) &+ text.count) { room in
      Self.head(room, section, tag, symbol)
      let low = UInt8(truncatingIfNeeded: text.count) & 0x7F
      room.storeBytes(of: wide ? low | 0x80 : low, toByteOffset: 6, as: UInt8.self)
      if wide { room.storeBytes(of: UInt8(truncatingIfNeeded: text.count &>> 7), toByteOffset: 7, as: UInt8.self) }
      if let base = text.baseAddress { (room + (wide ? 8 : 7)).copyMemory(from: base, byteCount: text.count) }
    }
  }

  @inline(never)
  private mutating func long(
    _ section: FieldSection, _ tag: FieldTag, _ symbol: Symbol, _ text: UnsafeRawBufferPointer
  ) {
    extend(6) { Self.head($0, section, tag, symbol) }
    bytes.append(counted: text)
  }

  public mutating func null(_ section: FieldSection, _ symbol: Symbol) {
    extend(6) { Self.head($0, section, .null, symbol) }
  }

  public mutating func bool(_ section: FieldSection, _ symbol: Symbol, _ flag: Bool) {
    extend(6) { Self.head($0, section, flag ? .yes : .no, symbol) }
  }

  public mutating func number(_ section: FieldSection, _ symbol: Symbol, _ number: Double) {
    extend(14) { room in
      Self.head(room, section, .number, symbol)
      room.storeBytes(of: number.bitPattern.littleEndian, toByteOffset: 6, as: UInt64.self)
    }
  }

  public mutating func string(_ section: FieldSection, _ symbol: Symbol, _ text: UnsafeRawBufferPointer) {
    counted(section, .string, symbol, text)
  }

  public mutating func json(_ section: FieldSection, _ symbol: Symbol, _ text: UnsafeRawBufferPointer) {
    counted(section, .json, symbol, text)
  }

  public mutating func value(_ section: FieldSection, _ symbol: Symbol, _ value: Value) {
    switch value {
    case .null: null(section, symbol)
    case .bool(let flag): bool(section, symbol, flag)
    case .number(let double): number(section, symbol, double)
    case .string(var text): text.withUTF8 { string(section, symbol, UnsafeRawBufferPointer($0)) }
    case .json(var text): text.withUTF8 { json(section, symbol, UnsafeRawBufferPointer($0)) }
    }
  }

  /// Closes the record; where it lies in `bytes`.
  @discardableResult
  public mutating func end() -> Range<Int> {
    bytes.patch(at: fieldCountOffset, word: fieldCount)
    bytes.patch(at: start, word: UInt32(bytes.count - start))
    return start..<bytes.count
  }

  /// Takes back a record that was begun, for input found bad half-way.
  public mutating func abandon() { bytes.removeSubrange(start...) }

  /// Sets the time of a finished record, for senders whose clock is known only after their events.
  mutating func setTimestamp(_ timestamp: Instant, ofRecordAt start: Int) {
    bytes.patch(at: start + 12, word: timestamp.milliseconds)
  }

  /// Keeps only these records, in their order.
  mutating func keep(_ records: [Range<Int>]) {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    for record in records { kept.append(contentsOf: bytes[record]) }
    bytes = kept
  }

  /// Makes room for about so many bytes more.
  mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }
}
