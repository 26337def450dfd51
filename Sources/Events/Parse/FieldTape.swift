import RoostCore

/// A property, trait, consent or context member as found in the body.
struct TapeField {
  var name: JSONSlice
  var tag: FieldTag
  var isEscaped: Bool
  /// Given when the event is assembled; none while unknown, and for a field that a later one of its name replaced.
  var symbol: Symbol
  /// A Double's bits, or the place of the text: start in the low half, end in the high one.
  var payload: UInt64

  @inline(__always)
  init(name: JSONSlice, number: Double) {
    self.name = name
    tag = .number
    isEscaped = false
    symbol = .none
    payload = number.bitPattern
  }

  @inline(__always)
  init(name: JSONSlice, slice: JSONSlice) {
    self.name = name
    isEscaped = slice.isEscaped
    symbol = .none
    payload = UInt64(truncatingIfNeeded: slice.start) | UInt64(truncatingIfNeeded: slice.end) &<< 32
    switch slice.kind {
    case .null: tag = .null
    case .no: tag = .no
    case .yes: tag = .yes
    case .string: tag = .string
    case .number, .array, .object: tag = .json
    }
  }

  /// The text of `.string` and `.json`.
  @inline(__always)
  var slice: JSONSlice {
    JSONSlice(
      tag == .string ? .string : .object, start: Int(truncatingIfNeeded: payload & 0xFFFF_FFFF),
      end: Int(truncatingIfNeeded: payload &>> 32), isEscaped: isEscaped)
  }
}

/// The members of one object of an event, in the order of the text, before their names are known.
struct FieldTape {
  private(set) var fields: [TapeField] = []

  var isFull: Bool { fields.count > EventLimits.fieldsMax }

  mutating func clear() {
    if !fields.isEmpty { fields.removeAll(keepingCapacity: true) }
  }

  /// Reads an object. Fields beyond the limit are checked and dropped: the event will be refused for their number.
  mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
    clear()
    guard try scanner.enterObject() else { return }
    repeat {
      let name = try scanner.key()
      try read(name, &scanner)
    } while try scanner.hasMember()
  }

  /// Reads the value of one member.
  @inline(__always)
  mutating func read(_ name: JSONSlice, _ scanner: inout JSONScanner) throws(JSONError) {
    let field: TapeField
    if try scanner.peek() == .number {
      field = Self.number(name, try scanner.number(), scanner.bytes)
    } else {
      field = TapeField(name: name, slice: try scanner.value())
    }
    if !isFull { fields.append(field) }
  }

  /// A Double where it holds the number, else JSON text: integers beyond 2⁵³, and what is too large or too near to 0.
  /// −0 becomes 0, so that equal numbers have equal bytes.
  @inline(__always)
  private static func number(_ name: JSONSlice, _ number: JSONNumber, _ bytes: UnsafeRawBufferPointer) -> TapeField {
    guard let double = number.double(in: bytes), !number.isInteger || abs(double) < 0x1p53 else {
      return TapeField(name: name, slice: number.slice)
    }
    return TapeField(name: name, number: double == 0 ? 0 : double)
  }

  @inline(__always)
  subscript(index: Int) -> TapeField { fields[index] }
  @inline(__always)
  var count: Int { fields.count }

  @inline(__always)
  mutating func name(_ index: Int, _ symbol: Symbol) { fields[index].symbol = symbol }

  /// The later of two members with one name replaces the earlier one in its place, as in `JSON.parse`. Whether the
  /// earlier one is on this tape.
  mutating func replace(with index: Int, _ symbol: Symbol) -> Bool {
    guard let earlier = fields[..<index].firstIndex(where: { $0.symbol == symbol }) else { return false }
    let name = fields[earlier].name
    fields[earlier] = fields[index]
    fields[earlier].name = name
    fields[earlier].symbol = symbol
    return true
  }

  /// The field with a name, once names are known.
  func field(_ symbol: Symbol) -> TapeField? { fields.first { $0.symbol == symbol } }
}
