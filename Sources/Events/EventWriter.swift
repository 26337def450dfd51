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
    bytes.append(word: UInt32(0))
    bytes.append(kind.rawValue)
    bytes.append(isHistorical ? 1 : 0)
    bytes.append(word: UInt16(0))
    bytes.append(word: name.number)
    bytes.append(word: timestamp.milliseconds)
    bytes.append(word: receivedAt.milliseconds)
    bytes.append(word: hash64(messageID, seed: Self.messageSeed))
    bytes.append(word: UInt32(0))
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

  private mutating func field(_ section: FieldSection, _ tag: FieldTag, _ symbol: Symbol) {
    bytes.append(section.rawValue)
    bytes.append(tag.rawValue)
    bytes.append(word: symbol.number)
    fieldCount += 1
  }

  public mutating func null(_ section: FieldSection, _ symbol: Symbol) { field(section, .null, symbol) }

  public mutating func bool(_ section: FieldSection, _ symbol: Symbol, _ flag: Bool) {
    field(section, flag ? .yes : .no, symbol)
  }

  public mutating func number(_ section: FieldSection, _ symbol: Symbol, _ number: Double) {
    field(section, .number, symbol)
    bytes.append(word: number.bitPattern)
  }

  public mutating func string(_ section: FieldSection, _ symbol: Symbol, _ text: UnsafeRawBufferPointer) {
    field(section, .string, symbol)
    bytes.append(counted: text)
  }

  public mutating func json(_ section: FieldSection, _ symbol: Symbol, _ text: UnsafeRawBufferPointer) {
    field(section, .json, symbol)
    bytes.append(counted: text)
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
}
