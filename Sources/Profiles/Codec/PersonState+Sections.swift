import Events
import RoostCore

/// The lists. Reading one that is still packed decodes it for this once; changing one, or `load`, keeps it.
extension PersonState {
  /// Sorted by kind, then value.
  @inlinable
  public var identifiers: [Identifier] {
    get { packed.has(.identifiers) ? unpacked(.identifiers).identifiers : lists.identifiers }
    _modify {
      load(.identifiers)
      yield &lists.identifiers
    }
  }

  /// Sorted by symbol. One that was removed stays, with `.null`.
  @inlinable
  public var traits: [Trait] {
    get { packed.has(.traits) ? unpacked(.traits).traits : lists.traits }
    _modify {
      load(.traits)
      yield &lists.traits
    }
  }

  /// Sorted by purpose.
  @inlinable
  public var consents: [Consent] {
    get { packed.has(.consents) ? unpacked(.consents).consents : lists.consents }
    _modify {
      load(.consents)
      yield &lists.consents
    }
  }

  /// Sorted by event.
  @inlinable
  public var counters: [EventCounter] {
    get { packed.has(.counters) ? unpacked(.counters).counters : lists.counters }
    _modify {
      load(.counters)
      yield &lists.counters
    }
  }

  /// Sorted by event, then month.
  @inlinable
  public var months: [MonthCount] {
    get { packed.has(.months) ? unpacked(.months).months : lists.months }
    _modify {
      load(.months)
      yield &lists.months
    }
  }

  /// Sorted by currency.
  @inlinable
  public var orders: [OrderTotals] {
    get { packed.has(.orders) ? unpacked(.orders).orders : lists.orders }
    _modify {
      load(.orders)
      yield &lists.orders
    }
  }

  /// Message ids received in the last 31 days, as `SeenMessage` packs them; ascending.
  @inlinable
  public var seenMessages: [UInt64] {
    get { packed.has(.seenMessages) ? unpacked(.seenMessages).seenMessages : lists.seenMessages }
    _modify {
      load(.seenMessages)
      yield &lists.seenMessages
    }
  }

  /// What segments remember.
  @inlinable
  public var trackers: Trackers {
    get { packed.has(.trackers) ? unpacked(.trackers).trackers : lists.trackers }
    _modify {
      load(.trackers)
      yield &lists.trackers
    }
  }

  /// Segments the person is in, by slot: bit n of word n / 64.
  @inlinable
  public var memberships: [UInt64] {
    get { packed.has(.memberships) ? unpacked(.memberships).memberships : lists.memberships }
    _modify {
      load(.memberships)
      yield &lists.memberships
    }
  }

  /// Journeys the person is or was in, sorted by journey, then instance.
  @inlinable
  public var runs: [JourneyRun] {
    get { packed.has(.runs) ? unpacked(.runs).runs : lists.runs }
    _modify {
      load(.runs)
      yield &lists.runs
    }
  }

  /// Where push messages reach the person, sorted by service, then token; at most `Device.countMax`.
  @inlinable
  public var devices: [Device] {
    get { packed.has(.devices) ? unpacked(.devices).devices : lists.devices }
    _modify {
      load(.devices)
      yield &lists.devices
    }
  }

  /// What decisions about messages remember.
  @inlinable
  public var delivery: DeliveryMemory {
    get { packed.has(.delivery) ? unpacked(.delivery).delivery : lists.delivery }
    _modify {
      load(.delivery)
      yield &lists.delivery
    }
  }

  /// Whether anything is remembered for decisions about messages; decodes nothing.
  public var hasDelivery: Bool { packed.has(.delivery) || !lists.delivery.isEmpty }

  /// Addresses that get nothing any more, if these were decoded since the state was read; else they are as they were.
  public var changedSuppressions: [AddressSuppression]? { packed.has(.delivery) ? nil : lists.delivery.suppressions }

  /// Decodes what decisions about messages remember, which handling looks at more than once.
  public mutating func loadDelivery() { load(.delivery) }

  /// Decodes the journeys, which handling looks at more than once.
  @inlinable
  public mutating func loadRuns() { load(.runs) }

  /// Decodes the trackers and memberships, which handling looks at more than once.
  @inlinable
  public mutating func loadSegments() {
    load(.trackers)
    load(.memberships)
  }

  /// Calls `body` with a tracker's numbers in place; with none if there is no such tracker.
  @inlinable
  @inline(__always)
  public func withTracker<Answer>(_ slot: UInt32, _ body: (UnsafeBufferPointer<Int64>) -> Answer) -> Answer {
    if packed.has(.trackers) { return trackers.withNumbers(of: slot, body) }
    return lists.trackers.withNumbers(of: slot, body)
  }

  /// Calls `body` with the journeys in place.
  @inlinable
  @inline(__always)
  public func withRuns<Answer>(_ body: (UnsafeBufferPointer<JourneyRun>) -> Answer) -> Answer {
    if packed.has(.runs) { return runs.withUnsafeBufferPointer(body) }
    return lists.runs.withUnsafeBufferPointer(body)
  }

  /// Whether the person is in the segment with this slot.
  @inlinable
  @inline(__always)
  public func isMember(_ slot: Int) -> Bool {
    if packed.has(.memberships) { return Self.isMember(slot, memberships) }
    return Self.isMember(slot, lists.memberships)
  }

  @inlinable
  @inline(__always)
  static func isMember(_ slot: Int, _ words: [UInt64]) -> Bool {
    slot >> 6 < words.count && words[slot >> 6] &>> UInt64(slot & 63) & 1 != 0
  }

  /// Calls `body` for each identifier, in place where it can.
  public func forEachIdentifier(_ body: (IdentifierKind, UnsafeRawBufferPointer) -> Void) {
    if packed.has(.identifiers) { return packed.forEachIdentifier(body) }
    for identifier in lists.identifiers {
      var value = identifier.value
      value.withUTF8 { body(identifier.kind, UnsafeRawBufferPointer($0)) }
    }
  }

  /// Whether a section that was loaded was not what had been written: the state cannot be trusted.
  public var isDamaged: Bool { packed.isDamaged }

  /// One section as it was read.
  @usableFromInline
  @inline(never)
  func unpacked(_ section: Section) -> SectionLists {
    var lists = SectionLists()
    _ = lists.read(section, packed.reader(section), base: createdAt)
    return lists
  }

  /// Decodes a section, unless that was done.
  @inlinable
  @inline(__always)
  mutating func load(_ section: Section) {
    if packed.has(section) { unpack(section) }
  }

  @usableFromInline
  @inline(never)
  mutating func unpack(_ section: Section) {
    ownStorage()
    let content = storage.content
    content.pointee.packed.parts.subtract(.of(section))
    if !content.pointee.lists.read(section, content.pointee.packed.reader(section), base: createdAt) {
      content.pointee.packed.isDamaged = true
    }
  }

  /// Decodes all that is packed.
  mutating func unpack() {
    let parts = packed.parts
    parts.forEachSection { unpack($0) }
  }
}

extension SectionLists {
  /// Appends what a section holds; whether it was what had been written.
  fileprivate mutating func read(_ section: Section, _ packed: PackedReader, base: Instant) -> Bool {
    var reader = packed
    guard reader.remaining > 0 else { return true }
    switch section {
    case .identifiers: return reader.section(into: &identifiers, bytesMin: 2) { Identifier(decoding: &$0) }
    case .traits: return reader.section(into: &traits, bytesMin: 1) { Trait(decoding: &$0, base: base) }
    case .consents: return reader.section(into: &consents, bytesMin: 3) { Consent(decoding: &$0, base: base) }
    case .counters:
      return reader.section(into: &counters, bytesMin: 2) { EventCounter(decoding: &$0, base: base) }
    case .months: return reader.section(into: &months, bytesMin: 1) { MonthCount(decoding: &$0) }
    case .orders: return reader.section(into: &orders, bytesMin: 4) { OrderTotals(decoding: &$0, base: base) }
    case .seenMessages:
      return reader.seenMessages(into: &seenMessages)
    case .trackers:
      return trackers.decode(&reader, base: base)
    case .memberships: return reader.section(into: &memberships, bytesMin: 8) { $0.word() }
    case .runs: return reader.section(into: &runs, bytesMin: 4) { JourneyRun(decoding: &$0, base: base) }
    case .devices: return reader.section(into: &devices, bytesMin: 4) { Device(decoding: &$0, base: base) }
    case .delivery:
      delivery = DeliveryMemory(decoding: &reader, base: base)
      return reader.isFinished
    }
  }
}

extension PersonState: Equatable {
  public static func == (a: PersonState, b: PersonState) -> Bool {
    a.workspace == b.workspace && a.id == b.id && a.createdAt == b.createdAt && a.handledAt == b.handledAt
      && a.trackersEpoch == b.trackersEpoch && a.absorbed == b.absorbed && a.redirect == b.redirect
      && a.dueAt == b.dueAt
      && a.identifiers == b.identifiers && a.traits == b.traits && a.consents == b.consents
      && a.counters == b.counters && a.months == b.months && a.orders == b.orders
      && a.seenMessages == b.seenMessages && a.trackers == b.trackers && a.memberships == b.memberships
      && a.runs == b.runs && a.devices == b.devices && a.delivery == b.delivery
  }
}
