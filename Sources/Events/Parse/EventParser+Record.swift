import RoostCore

extension EventParser {
  /// Checks an event whose members are found, and writes its record. The order within a record is fixed, whatever the
  /// order in the text: identifiers by rank, then properties, traits, consents and context.
  mutating func assemble(_ members: EventMembers, _ raw: Range<Int>, _ reading: inout CallReading) throws(Drop) {
    let body = reading.body
    let kind = try eventKind(members, reading)
    let time = try sentTime(members, reading)
    let name = try eventName(kind, members, body)
    let messageID = try messageID(members, raw, reading)
    try resolveTraits(kind, body)
    reading.writer.begin(
      kind, name: name, timestamp: time.declared ?? reading.receivedAt, receivedAt: reading.receivedAt,
      isHistorical: reading.kind.isHistorical, messageID: messageID)
    do throws(Drop) {
      try writeIdentifiers(kind, members, body, &reading.writer)
      reading.writer.beginFields()
      var count = try writeProperties(kind, members, body, &reading.writer)
      count += writeTraits(kind, body, &reading.writer)
      count += try writeConsents(body, &reading.writer)
      count += try writeContext(body, &reading.writer)
      count += writeDevice(body, &reading.writer)
      guard count <= EventLimits.fieldsMax else {
        throw Drop(.tooManyFields, "", "An event may have at most \(EventLimits.fieldsMax) fields.")
      }
    } catch {
      reading.writer.abandon()
      throw error
    }
    reading.accept(reading.writer.end(), raw, time)
  }

  private func eventKind(_ members: EventMembers, _ reading: CallReading) throws(Drop) -> EventKind {
    if let kind = reading.kind.eventKind { return kind }
    guard let type = members.type, type.kind == .string else {
      throw Drop(.unknownType, "/type", "Write identify, track, page, screen, group or alias.")
    }
    let text = texts.text(type, in: reading.body)
    if text.equals("track") { return .track }
    if text.equals("identify") { return .identify }
    if text.equals("page") { return .page }
    if text.equals("screen") { return .screen }
    if text.equals("group") { return .group }
    if text.equals("alias") { return .alias }
    throw Drop(.unknownType, "/type", "Write identify, track, page, screen, group or alias.")
  }

  /// The symbol of what happened. A page's name may be anything, a product's title too: one that gets no symbol is kept
  /// as the property `name` alone.
  private mutating func eventName(
    _ kind: EventKind, _ members: EventMembers, _ body: UnsafeRawBufferPointer
  ) throws(Drop) -> Symbol {
    switch kind {
    case .track:
      guard let event = members.event else {
        throw Drop(.missingEventName, "/event", "A track call must name what happened.")
      }
      guard event.kind == .string else { throw Drop(.invalidMember, "/event", "Write the event's name as a string.") }
      let name = texts.text(event, in: body)
      guard name.contains(where: { $0 > 0x20 }) else {
        throw Drop(.missingEventName, "/event", "An event's name must not be empty.")
      }
      guard let symbol = names.symbol(name) else {
        throw name.count > SymbolTable.nameBytesMax
          ? Drop(.invalidName, "/event", "An event's name may have at most \(SymbolTable.nameBytesMax) bytes.")
          : Drop(.tooManyNames, "/event", "The workspace has used all of its \(SymbolTable.namesMax) names.")
      }
      return symbol
    case .page, .screen:
      for (member, pointer) in [(members.name, "/name"), (members.category, "/category")] {
        if let member, member.kind != .string { throw Drop(.invalidMember, pointer, "Write a string here.") }
      }
      return members.name.flatMap { names.symbol(texts.text($0, in: body)) } ?? .none
    case .identify, .group, .alias, .consent, .suppression: return .none
    }
  }

  /// As sent, or made for a call that has none.
  private func messageID(
    _ members: EventMembers, _ raw: Range<Int>, _ reading: CallReading
  ) throws(Drop) -> UnsafeRawBufferPointer {
    guard let slice = members.messageID, slice.count > 0 else {
      let seed = mix64(UInt64(bitPattern: reading.receivedAt.milliseconds)) ^ UInt64(reading.count)
      let hash = hash64(UnsafeRawBufferPointer(rebasing: reading.body[raw]), seed: seed)
      let made = Array("auto-\(PersonID(hash).text)".utf8)
      return made.withUnsafeBytes { texts.keep($0) }
    }
    let text = texts.text(slice, in: reading.body)
    guard slice.kind == .string || slice.kind == .number, text.count <= EventLimits.identifierBytesMax else {
      throw Drop(
        .invalidMessageID, "/messageId", "Write a string of at most \(EventLimits.identifierBytesMax) bytes.")
    }
    return text
  }
}
