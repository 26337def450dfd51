/// The members of an object, looked at without counting references.
///
/// Whoever holds one holds the object too, which nobody changes meanwhile, so that its members stay where they are.
struct Members {
  private let base: UnsafePointer<LiquidValue.Member>
  private let count: Int

  /// `nil` for what is no object or has no members.
  @inline(__always)
  init?(_ value: LiquidValue) {
    guard case .object(let members) = value, !members.isEmpty else { return nil }
    (base, count) = members.withUnsafeBufferPointer { ($0.baseAddress!, $0.count) }
  }

  /// Where a member's value is; its hint is tried first.
  @inline(__always)
  func find(_ name: UnsafePointer<String>, _ hints: MemberHints, _ number: Int) -> UnsafePointer<LiquidValue>? {
    look(for: name, hints[number]) ?? search(name, hints, number)
  }

  /// The value of the member in a place, if that is its name.
  @inline(__always)
  func look(for name: UnsafePointer<String>, _ place: Int) -> UnsafePointer<LiquidValue>? {
    place < count && key(place).isEqual(name) ? value(place) : nil
  }

  private func search(
    _ name: UnsafePointer<String>, _ hints: MemberHints, _ number: Int
  ) -> UnsafePointer<LiquidValue>? {
    for index in 0..<count where key(index).isEqual(name) {
      hints[number] = index
      return value(index)
    }
    return nil
  }

  @inline(__always)
  private func key(_ index: Int) -> UnsafePointer<String> {
    let offset = MemoryLayout<LiquidValue.Member>.offset(of: \.key) ?? 0
    return (UnsafeRawPointer(base + index) + offset).assumingMemoryBound(to: String.self)
  }

  @inline(__always)
  private func value(_ index: Int) -> UnsafePointer<LiquidValue> {
    let offset = MemoryLayout<LiquidValue.Member>.offset(of: \.value) ?? 0
    return (UnsafeRawPointer(base + index) + offset).assumingMemoryBound(to: LiquidValue.self)
  }
}

extension UnsafePointer<String> {
  /// Whether two texts are equal. Short ones, as names mostly are, are equal if their bits are, which costs no counting of
  /// references.
  @inline(__always)
  func isEqual(_ other: UnsafePointer<String>) -> Bool {
    let (a, b) = (UnsafeRawPointer(self), UnsafeRawPointer(other))
    if a.load(as: UInt64.self) == b.load(as: UInt64.self),
      a.load(fromByteOffset: 8, as: UInt64.self) == b.load(fromByteOffset: 8, as: UInt64.self)
    {
      return true
    }
    return pointee == other.pointee
  }
}
