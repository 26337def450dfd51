import Events
import RoostCore

extension Identifier {
  func encode(into writer: inout PackedWriter) {
    writer.byte(kind.rawValue)
    writer.text(value)
  }

  init(decoding reader: inout PackedReader) {
    if let kind = IdentifierKind(rawValue: reader.byte()) {
      self.kind = kind
    } else {
      kind = .custom
      reader.fail()
    }
    value = reader.text()
  }
}

extension Value {
  var tag: FieldTag {
    switch self {
    case .null: .null
    case .bool(false): .no
    case .bool(true): .yes
    case .number: .number
    case .string: .string
    case .json: .json
    }
  }

  var payloadBytesMax: Int {
    switch self {
    case .null, .bool: 0
    case .number: 8
    case .string(let text), .json(let text): PackedWriter.lengthBytesMax &+ text.utf8.count
    }
  }

  func encodePayload(into writer: inout PackedWriter) {
    switch self {
    case .null, .bool: break
    case .number(let number): writer.word(number.bitPattern)
    case .string(let text), .json(let text): writer.text(text)
    }
  }

  init(decoding tag: UInt8, _ reader: inout PackedReader) {
    switch FieldTag(rawValue: tag) {
    case .null: self = .null
    case .no: self = .bool(false)
    case .yes: self = .bool(true)
    case .number: self = .number(Double(bitPattern: reader.word()))
    case .string: self = .string(reader.text())
    case .json: self = .json(reader.text())
    case nil:
      self = .null
      reader.fail()
    }
  }
}

extension Trait {
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.pair(UInt64(symbol.number) &<< 3 | UInt64(value.tag.rawValue), changedAt.packed(after: base))
    value.encodePayload(into: &writer)
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    let (head, changed) = reader.pair()
    symbol = Symbol(UInt32(truncatingIfNeeded: head &>> 3))
    changedAt = Instant(packed: changed, after: base)
    value = Value(decoding: UInt8(head & 7), &reader)
  }
}

extension Consent {
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.pair(UInt64(purpose.number) &<< 1 | (isGranted ? 1 : 0), at.packed(after: base))
    writer.text(source)
    writer.text(textVersion)
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    let (head, time) = reader.pair()
    purpose = Symbol(UInt32(truncatingIfNeeded: head &>> 1))
    isGranted = head & 1 != 0
    at = Instant(packed: time, after: base)
    source = reader.text()
    textVersion = reader.text()
  }
}

extension EventCounter {
  @inline(__always)
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.pair(UInt64(event.number), UInt64(count))
    writer.pair(first.packed(after: base), last.packed(after: first))
  }

  @inline(__always)
  init(decoding reader: inout PackedReader, base: Instant) {
    let (event, count) = reader.pair()
    let (start, length) = reader.pair()
    let first = Instant(packed: start, after: base)
    self.init(
      event: Symbol(UInt32(truncatingIfNeeded: event)), count: UInt32(truncatingIfNeeded: count), first: first,
      last: Instant(packed: length, after: first))
  }
}

extension MonthCount {
  @inline(__always)
  func encode(into writer: inout PackedWriter) {
    writer.pair(UInt64(event.number), UInt64(count) &<< 16 | UInt64(month))
  }

  @inline(__always)
  init(decoding reader: inout PackedReader) {
    let (event, rest) = reader.pair()
    self.init(
      event: Symbol(UInt32(truncatingIfNeeded: event)), month: UInt16(truncatingIfNeeded: rest),
      count: UInt32(truncatingIfNeeded: rest &>> 16))
  }
}

extension OrderTotals {
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.pair(UInt64(currency), UInt64(orders))
    writer.pair(UInt64(refunds), firstAt.packed(after: base))
    writer.pair(zigzag(revenue.count), zigzag(refunded.count))
    writer.pair(lastAt.packed(after: firstAt), 0)
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    let (currency, orders) = reader.pair()
    let (refunds, start) = reader.pair()
    let (revenue, refunded) = reader.pair()
    let (length, _) = reader.pair()
    let firstAt = Instant(packed: start, after: base)
    self.init(
      currency: UInt32(truncatingIfNeeded: currency), orders: UInt32(truncatingIfNeeded: orders),
      refunds: UInt32(truncatingIfNeeded: refunds), revenue: Micros(count: unzigzag(revenue)),
      refunded: Micros(count: unzigzag(refunded)), firstAt: firstAt, lastAt: Instant(packed: length, after: firstAt))
  }
}
