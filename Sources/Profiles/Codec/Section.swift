/// The lists of a `PersonState`, each packed by itself. The order is that of the bytes; numbers are durable.
///
/// To add one: a case at the end, the list in `SectionLists`, its property in `PersonState+Sections`; the compiler then names
/// the switches that want a line (`load`, `isEmpty`, `bytesMax`, `encode`), and `CodecTests` wants an example. States
/// written before simply lack it.
@usableFromInline
enum Section: Int, CaseIterable {
  case identifiers = 0
  case traits, consents, counters, months, orders, seenMessages, trackers, memberships, runs, devices, delivery
}

/// A set of sections, or of what a state's head says it has.
@usableFromInline
struct Parts: OptionSet, Sendable {
  @usableFromInline
  var rawValue: UInt32

  @inlinable
  init(rawValue: UInt32) { self.rawValue = rawValue }

  static let redirect = Parts(rawValue: 1 << 0)
  static let due = Parts(rawValue: 1 << 1)
  static let known = Parts(rawValue: 1 << UInt32(2 + Section.allCases.count) - 1)

  @inlinable
  @inline(__always)
  static func of(_ section: Section) -> Parts { Parts(rawValue: 4 << UInt32(section.rawValue)) }

  /// Calls `body` for each section in the set, in order.
  @inline(__always)
  func forEachSection(_ body: (Section) -> Void) {
    var rest = rawValue &>> 2
    while rest != 0 {
      if let section = Section(rawValue: rest.trailingZeroBitCount) { body(section) }
      rest &= rest &- 1
    }
  }
}

/// The sections as lists.
@usableFromInline
struct SectionLists: Sendable {
  @usableFromInline var identifiers: [Identifier] = []
  @usableFromInline var traits: [Trait] = []
  @usableFromInline var consents: [Consent] = []
  @usableFromInline var counters: [EventCounter] = []
  @usableFromInline var months: [MonthCount] = []
  @usableFromInline var orders: [OrderTotals] = []
  @usableFromInline var seenMessages: [UInt64] = []
  @usableFromInline var trackers = Trackers()
  @usableFromInline var memberships: [UInt64] = []
  @usableFromInline var runs: [JourneyRun] = []
  @usableFromInline var devices: [Device] = []
  @usableFromInline var delivery = DeliveryMemory()

  func isEmpty(_ section: Section) -> Bool {
    switch section {
    case .identifiers: identifiers.isEmpty
    case .traits: traits.isEmpty
    case .consents: consents.isEmpty
    case .counters: counters.isEmpty
    case .months: months.isEmpty
    case .orders: orders.isEmpty
    case .seenMessages: seenMessages.isEmpty
    case .trackers: trackers.rows.isEmpty
    case .memberships: memberships.isEmpty
    case .runs: runs.isEmpty
    case .devices: devices.isEmpty
    case .delivery: delivery.isEmpty
    }
  }

  /// Empties all lists, keeping their memory for the next person.
  mutating func removeAll() {
    if !identifiers.isEmpty { identifiers.removeAll(keepingCapacity: true) }
    if !traits.isEmpty { traits.removeAll(keepingCapacity: true) }
    if !consents.isEmpty { consents.removeAll(keepingCapacity: true) }
    if !counters.isEmpty { counters.removeAll(keepingCapacity: true) }
    if !months.isEmpty { months.removeAll(keepingCapacity: true) }
    if !orders.isEmpty { orders.removeAll(keepingCapacity: true) }
    if !seenMessages.isEmpty { seenMessages.removeAll(keepingCapacity: true) }
    if !trackers.rows.isEmpty {
      trackers.rows.removeAll(keepingCapacity: true)
      trackers.values.removeAll(keepingCapacity: true)
    }
    if !memberships.isEmpty { memberships.removeAll(keepingCapacity: true) }
    if !runs.isEmpty { runs.removeAll(keepingCapacity: true) }
    if !devices.isEmpty { devices.removeAll(keepingCapacity: true) }
    if !delivery.isEmpty { delivery = DeliveryMemory() }
  }
}
