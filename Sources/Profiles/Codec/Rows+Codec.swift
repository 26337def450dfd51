import Events
import RoostCore

extension Identifier {
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
  init(decoding reader: inout PackedReader, base: Instant) {
    let (head, changed) = reader.pair()
    symbol = Symbol(UInt32(truncatingIfNeeded: head &>> 3))
    changedAt = Instant(packed: changed, after: base)
    value = Value(decoding: UInt8(head & 7), &reader)
  }
}

extension Consent {
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
  init(decoding reader: inout PackedReader) {
    let (event, rest) = reader.pair()
    self.init(
      event: Symbol(UInt32(truncatingIfNeeded: event)), month: UInt16(truncatingIfNeeded: rest),
      count: UInt32(truncatingIfNeeded: rest &>> 16))
  }
}

extension OrderTotals {
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

extension Trackers {
  /// Slots as distances from the one before, then all numbers in pairs.
  func encode(into writer: inout PackedWriter) {
    writer.length(rows.count)
    var before: UInt32 = 0
    for row in rows {
      writer.pair(UInt64(row.slot &- before), UInt64(row.count))
      before = row.slot
    }
    var index = 0
    while index &+ 1 < values.count {
      writer.pair(zigzag(values[index]), zigzag(values[index &+ 1]))
      index &+= 2
    }
    if index < values.count { writer.pair(zigzag(values[index]), 0) }
  }

  init(decoding reader: inout PackedReader) {
    self.init()
    var slot: UInt32 = 0
    var total: UInt64 = 0
    rows = reader.rows(reader.count(of: 1)) { reader in
      let (distance, count) = reader.pair()
      slot &+= UInt32(truncatingIfNeeded: distance)
      let numbers = UInt32(truncatingIfNeeded: count)
      total &+= UInt64(numbers)
      return Row(slot: slot, count: numbers)
    }
    // `range(of:)` trusts that the rows' counts add up to the numbers there are.
    guard total <= UInt64(reader.remaining) &* 2 else {
      rows = []
      reader.fail()
      return
    }
    let count = Int(total)
    values.reserveCapacity(count)
    var left = count
    while left > 0 {
      let (first, second) = reader.pair()
      values.append(unzigzag(first))
      if left > 1 { values.append(unzigzag(second)) }
      left &-= 2
    }
  }
}
