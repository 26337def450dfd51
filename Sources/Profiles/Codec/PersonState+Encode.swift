import RoostCore

extension PersonState {
  /// The layout that `encode(into:)` writes; states of older ones are read for ever.
  static let formatVersion: UInt8 = 1

  /// Which parts follow the head; a part that is empty takes no byte.
  struct Parts: OptionSet {
    let rawValue: UInt16
    static let redirect = Parts(rawValue: 1 << 0)
    static let due = Parts(rawValue: 1 << 1)
    static let identifiers = Parts(rawValue: 1 << 2)
    static let traits = Parts(rawValue: 1 << 3)
    static let consents = Parts(rawValue: 1 << 4)
    static let counters = Parts(rawValue: 1 << 5)
    static let months = Parts(rawValue: 1 << 6)
    static let orders = Parts(rawValue: 1 << 7)
    static let seenMessages = Parts(rawValue: 1 << 8)
    static let trackers = Parts(rawValue: 1 << 9)
    static let memberships = Parts(rawValue: 1 << 10)
    static let runs = Parts(rawValue: 1 << 11)
    static let devices = Parts(rawValue: 1 << 12)
    static let delivery = Parts(rawValue: 1 << 13)
    static let known = Parts(rawValue: (1 << 14) - 1)
  }

  var parts: Parts {
    var parts: Parts = []
    if redirect != nil { parts.insert(.redirect) }
    if dueAt != .distantFuture { parts.insert(.due) }
    if !identifiers.isEmpty { parts.insert(.identifiers) }
    if !traits.isEmpty { parts.insert(.traits) }
    if !consents.isEmpty { parts.insert(.consents) }
    if !counters.isEmpty { parts.insert(.counters) }
    if !months.isEmpty { parts.insert(.months) }
    if !orders.isEmpty { parts.insert(.orders) }
    if !seenMessages.isEmpty { parts.insert(.seenMessages) }
    if !trackers.rows.isEmpty { parts.insert(.trackers) }
    if !memberships.isEmpty { parts.insert(.memberships) }
    if !runs.isEmpty { parts.insert(.runs) }
    if !devices.isEmpty { parts.insert(.devices) }
    if !delivery.isEmpty { parts.insert(.delivery) }
    return parts
  }

  /// Appends the state as bytes; equal states give equal bytes. Read them with `init(decoding:)`.
  ///
  /// ```
  /// u8 format · u64 id · u16 parts · (workspace, createdAt) · (handledAt, dueAt) · (trackersEpoch, absorbed) · u64 redirect?
  /// then each part that is there: varint row count, rows
  /// ```
  /// `( , )` is a pair of packed words; instants are distances from `createdAt`.
  public func encode(into bytes: inout [UInt8]) {
    // A closure with a temporary allocation would copy the whole state first, and every list's reference count with it.
    let capacity = encodedBytesMax
    let start = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    defer { start.deallocate() }
    var writer = PackedWriter(start)
    let parts = parts
    encodeHead(parts, into: &writer)
    encodeProfile(parts, into: &writer)
    encodeMemory(parts, into: &writer)
    let count = writer.cursor - start
    precondition(count <= capacity)
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
  }

  /// No fewer bytes than `encode(into:)` touches.
  private var encodedBytesMax: Int {
    let pair = PackedWriter.pairBytesMax
    let length = PackedWriter.lengthBytesMax
    var bytes = 32 + 3 * pair + 11 * length + delivery.encodedBytesMax
    for identifier in identifiers { bytes &+= 1 &+ length &+ identifier.value.utf8.count }
    for trait in traits { bytes &+= pair &+ trait.value.payloadBytesMax }
    for consent in consents {
      bytes &+= pair &+ 2 &* length &+ consent.source.utf8.count &+ consent.textVersion.utf8.count
    }
    bytes &+= 2 &* pair &* counters.count &+ pair &* months.count &+ 4 &* pair &* orders.count
    bytes &+= 8 &* (seenMessages.count &+ memberships.count)
    bytes &+= pair &* trackers.rows.count &+ pair &* (trackers.values.count &+ 1)
    for run in runs { bytes &+= JourneyRun.encodedBytesMax &+ run.trigger.count }
    for device in devices { bytes &+= device.encodedBytesMax }
    return bytes
  }

  private func encodeHead(_ parts: Parts, into writer: inout PackedWriter) {
    writer.byte(Self.formatVersion)
    writer.word(id.number)
    writer.word(parts.rawValue)
    writer.pair(UInt64(workspace.number), zigzag(createdAt.milliseconds))
    writer.pair(handledAt.packed(after: createdAt), parts.contains(.due) ? dueAt.packed(after: createdAt) : 0)
    writer.pair(UInt64(trackersEpoch), UInt64(absorbed))
    if let redirect { writer.word(redirect.number) }
  }

  private func encodeProfile(_ parts: Parts, into writer: inout PackedWriter) {
    if parts.contains(.identifiers) {
      writer.length(identifiers.count)
      for identifier in identifiers {
        writer.byte(identifier.kind.rawValue)
        writer.text(identifier.value)
      }
    }
    if parts.contains(.traits) {
      writer.length(traits.count)
      for trait in traits {
        writer.pair(
          UInt64(trait.symbol.number) &<< 3 | UInt64(trait.value.tag.rawValue), trait.changedAt.packed(after: createdAt)
        )
        trait.value.encodePayload(into: &writer)
      }
    }
    if parts.contains(.consents) {
      writer.length(consents.count)
      for consent in consents {
        writer.pair(
          UInt64(consent.purpose.number) &<< 1 | (consent.isGranted ? 1 : 0), consent.at.packed(after: createdAt))
        writer.text(consent.source)
        writer.text(consent.textVersion)
      }
    }
    if parts.contains(.counters) {
      writer.length(counters.count)
      for row in counters {
        writer.pair(UInt64(row.event.number), UInt64(row.count))
        writer.pair(row.first.packed(after: createdAt), row.last.packed(after: row.first))
      }
    }
    if parts.contains(.months) {
      writer.length(months.count)
      for row in months { writer.pair(UInt64(row.event.number), UInt64(row.count) &<< 16 | UInt64(row.month)) }
    }
    if parts.contains(.orders) {
      writer.length(orders.count)
      for row in orders {
        writer.pair(UInt64(row.currency), UInt64(row.orders))
        writer.pair(UInt64(row.refunds), row.firstAt.packed(after: createdAt))
        writer.pair(zigzag(row.revenue.count), zigzag(row.refunded.count))
        writer.pair(row.lastAt.packed(after: row.firstAt), 0)
      }
    }
  }

  private func encodeMemory(_ parts: Parts, into writer: inout PackedWriter) {
    if parts.contains(.seenMessages) {
      writer.length(seenMessages.count)
      writer.words(seenMessages)
    }
    if parts.contains(.trackers) { trackers.encode(into: &writer) }
    if parts.contains(.memberships) {
      writer.length(memberships.count)
      writer.words(memberships)
    }
    if parts.contains(.runs) {
      writer.length(runs.count)
      for run in runs { run.encode(base: createdAt, into: &writer) }
    }
    if parts.contains(.devices) {
      writer.length(devices.count)
      for device in devices { device.encode(base: createdAt, into: &writer) }
    }
    if parts.contains(.delivery) { delivery.encode(base: createdAt, into: &writer) }
  }
}
