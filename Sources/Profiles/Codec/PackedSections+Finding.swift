import Events
import RoostCore

/// Questions that are answered without decoding a section.
extension PackedSections {
  /// Whether an identifier is among the person's.
  func holds(_ kind: IdentifierKind, _ value: UnsafeRawBufferPointer) -> Bool {
    var reader = reader(.identifiers)
    for _ in 0..<reader.count(of: 2) {
      let isKind = reader.byte() == kind.rawValue
      let own = reader.counted()
      if isKind, own.count == value.count, own.isSame(as: value) { return true }
    }
    return false
  }

  func forEachIdentifier(_ body: (IdentifierKind, UnsafeRawBufferPointer) -> Void) {
    var reader = reader(.identifiers)
    for _ in 0..<reader.count(of: 2) {
      let kind = IdentifierKind(rawValue: reader.byte())
      let value = reader.counted()
      if let kind, !reader.hasFailed { body(kind, value) }
    }
  }

  /// Calls `body` with a trait in place; with `nil` if there is none.
  @inline(__always)
  func withTrait<Answer>(_ symbol: Symbol, _ body: (EventField?) -> Answer) -> Answer {
    var reader = reader(.traits)
    return body(reader.trait(symbol))
  }

  /// Whether a purpose is granted; `nil` without an answer.
  func isGranted(_ purpose: Symbol) -> Bool? {
    var reader = reader(.consents)
    for _ in 0..<reader.count(of: 3) {
      let head = reader.pair().0
      if head &>> 1 == UInt64(purpose.number) { return head & 1 != 0 }
      _ = reader.counted()
      _ = reader.counted()
    }
    return nil
  }
}

extension PackedReader {
  /// The trait with this name, of those that are sorted by it.
  fileprivate mutating func trait(_ symbol: Symbol) -> EventField? {
    for _ in 0..<count(of: 1) {
      let head = pair().0
      let name = head &>> 3
      guard name <= UInt64(symbol.number), let tag = FieldTag(rawValue: UInt8(head & 7)) else { return nil }
      var bits: UInt64 = 0
      var text = UnsafeRawBufferPointer(start: nil, count: 0)
      switch tag {
      case .null, .no, .yes: break
      case .number: bits = word()
      case .string, .json: text = counted()
      }
      if name == UInt64(symbol.number) {
        return EventField(section: .trait, tag: tag, symbol: symbol, bits: bits, bytes: text)
      }
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// Whether bytes of the same number are the same.
  @inline(__always)
  func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset &+ 8 <= count {
      if loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      {
        return false
      }
      offset &+= 8
    }
    while offset < count {
      if self[offset] != other[offset] { return false }
      offset &+= 1
    }
    return true
  }
}
