extension Machine {
  /// What a name means: the first of these that is there.
  struct Binding {
    /// What a loop or a snippet's arguments give for a while.
    var scoped: LiquidValue? { didSet { scopedMembers = Members(scoped) } }
    /// What `assign` and `capture` gave.
    var assigned: LiquidValue?
    let outer: LiquidValue?

    private var scopedMembers: Members?
    private let outerMembers: Members?

    init(outer: LiquidValue?) {
      self.outer = outer
      outerMembers = Members(outer)
    }

    /// Nothing in the template took the name for something of its own.
    var isOuter: Bool { scoped == nil && assigned == nil }

    /// The members of the object that the name means now; `nil` if it means none, or an empty one.
    @inline(__always)
    var members: Members? {
      if let scopedMembers { return scopedMembers }
      return isOuter ? outerMembers : nil
    }
  }
}

/// The members of an object, looked at without counting references: most of what letters say is a member of one.
///
/// Whoever holds one holds the object too, which nobody changes meanwhile, so that its members stay where they are.
struct Members {
  private let base: UnsafePointer<LiquidValue.Member>
  private let count: Int

  /// `nil` for what is no object or has no members.
  init?(_ value: LiquidValue?) {
    guard case .object(let members)? = value, !members.isEmpty else { return nil }
    (base, count) = members.withUnsafeBufferPointer { ($0.baseAddress!, $0.count) }
  }

  /// Where a member's value is; the path's hint is tried first.
  @inline(__always)
  func find(_ name: UnsafePointer<String>, _ hints: MemberHints, _ path: Int) -> UnsafePointer<LiquidValue>? {
    let hint = hints[path]
    if hint < count, key(hint).isEqual(name) { return value(hint) }
    for index in 0..<count where key(index).isEqual(name) {
      hints[path] = index
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
