import RoostCore

extension PersonState {
  /// The layout that `encode(into:)` writes; states of older ones are read for ever.
  static let formatVersion: UInt8 = 2

  private var parts: Parts {
    var parts = packed.parts
    if redirect != nil { parts.insert(.redirect) }
    if dueAt != .distantFuture { parts.insert(.due) }
    for section in Section.allCases where !lists.isEmpty(section) { parts.insert(.of(section)) }
    return parts
  }

  /// Appends the state as bytes; equal states give equal bytes. Read them with `init(decoding:)`.
  ///
  /// ```
  /// u8 format · u64 id · u32 parts · (workspace, createdAt) · (handledAt, dueAt) · (trackersEpoch, absorbed) · u64 redirect?
  /// varint length of each section that is there · the sections
  /// ```
  /// `( , )` is a pair of packed words; instants are distances from `createdAt`. A section is its row count as a varint,
  /// then rows, but for `seenMessages`.
  public func encode(into bytes: inout [UInt8]) {
    var buffer = StateBuffer()
    encode(into: &buffer)
    bytes.append(contentsOf: buffer.content)
  }

  /// Puts the state as bytes in place of what `buffer` holds.
  public func encode(into buffer: inout StateBuffer) {
    let parts = parts
    let headMax = Self.headBytesMax
    let start = buffer.reserve(headMax &+ sectionBytesMax)
    // How long sections are is known once they are written: they are, then move up to the head.
    var sections = PackedWriter(start + headMax)
    var lengths = InlineArray<16, Int>(repeating: 0)
    parts.forEachSection { section in
      let begin = sections.cursor
      if packed.has(section) {
        sections.raw(packed.bytes(section))
      } else {
        encode(section, into: &sections)
      }
      lengths[section.rawValue] = sections.cursor - begin
    }
    var head = PackedWriter(start)
    encodeHead(parts, into: &head)
    parts.forEachSection { head.length(lengths[$0.rawValue]) }
    let count = sections.cursor - (start + headMax)
    head.cursor.copyMemory(from: start + headMax, byteCount: count)
    buffer.count = head.cursor - start &+ count
  }

  /// Format, id and parts, pairs, redirect, lengths.
  private static let headBytesMax =
    13 + 3 * PackedWriter.pairBytesMax + 8 + PackedWriter.lengthBytesMax * Section.allCases.count

  private func encodeHead(_ parts: Parts, into writer: inout PackedWriter) {
    writer.byte(Self.formatVersion)
    writer.word(id.number)
    writer.word(parts.rawValue)
    writer.pair(UInt64(workspace.number), zigzag(createdAt.milliseconds))
    writer.pair(handledAt.packed(after: createdAt), parts.contains(.due) ? dueAt.packed(after: createdAt) : 0)
    writer.pair(UInt64(trackersEpoch), UInt64(absorbed))
    if let redirect { writer.word(redirect.number) }
  }

  /// No fewer bytes than the sections touch.
  private var sectionBytesMax: Int {
    var bytes = packed.count &+ PackedWriter.pairBytesMax
    for section in Section.allCases where !lists.isEmpty(section) {
      bytes &+= PackedWriter.lengthBytesMax &+ bytesMax(section)
    }
    return bytes
  }

  private func bytesMax(_ section: Section) -> Int {
    let pair = PackedWriter.pairBytesMax
    let length = PackedWriter.lengthBytesMax
    switch section {
    case .identifiers: return lists.identifiers.reduce(0) { $0 &+ 1 &+ length &+ $1.value.utf8.count }
    case .traits: return lists.traits.reduce(0) { $0 &+ pair &+ $1.value.payloadBytesMax }
    case .consents:
      return lists.consents.reduce(0) {
        $0 &+ pair &+ 2 &* length &+ $1.source.utf8.count &+ $1.textVersion.utf8.count
      }
    case .counters: return 2 &* pair &* lists.counters.count
    case .months: return pair &* lists.months.count
    case .orders: return 4 &* pair &* lists.orders.count
    case .seenMessages: return PackedMessages.bytesMax(lists.seenMessages.count)
    case .trackers: return Trackers.bytesMax(lists.trackers.rows.count, lists.trackers.values.count)
    case .memberships: return 8 &* lists.memberships.count
    case .runs:
      // By place, here and below: a run taken out of the list would be counted out and in again.
      var bytes = JourneyRun.encodedBytesMax &* lists.runs.count
      for index in lists.runs.indices { bytes &+= lists.runs[index].trigger.count }
      return bytes
    case .devices: return lists.devices.reduce(0) { $0 &+ $1.encodedBytesMax }
    case .delivery: return lists.delivery.encodedBytesMax
    }
  }

  private func encode(_ section: Section, into writer: inout PackedWriter) {
    switch section {
    case .identifiers:
      writer.length(lists.identifiers.count)
      for identifier in lists.identifiers { identifier.encode(into: &writer) }
    case .traits:
      writer.length(lists.traits.count)
      for trait in lists.traits { trait.encode(base: createdAt, into: &writer) }
    case .consents:
      writer.length(lists.consents.count)
      for consent in lists.consents { consent.encode(base: createdAt, into: &writer) }
    case .counters:
      writer.length(lists.counters.count)
      for row in lists.counters { row.encode(base: createdAt, into: &writer) }
    case .months:
      writer.length(lists.months.count)
      for row in lists.months { row.encode(into: &writer) }
    case .orders:
      writer.length(lists.orders.count)
      for row in lists.orders { row.encode(base: createdAt, into: &writer) }
    case .seenMessages: PackedMessages.encode(lists.seenMessages, into: &writer)
    case .trackers: lists.trackers.encode(base: createdAt, into: &writer)
    case .memberships:
      writer.length(lists.memberships.count)
      for word in lists.memberships { writer.word(word) }
    case .runs:
      writer.length(lists.runs.count)
      for index in lists.runs.indices { lists.runs[index].encode(base: createdAt, into: &writer) }
    case .devices:
      writer.length(lists.devices.count)
      for device in lists.devices { device.encode(base: createdAt, into: &writer) }
    case .delivery: lists.delivery.encode(base: createdAt, into: &writer)
    }
  }
}
