import RoostCore

extension EventParser {
  /// Writes whom the event is about, in the order in which one identifier outranks another; refuses an event about nobody.
  /// Needs the traits' names.
  mutating func writeIdentifiers(
    _ kind: EventKind, _ members: EventMembers, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) throws(Drop) {
    var count = try write(.user, members.userID, "/userId", body, &writer)
    if kind == .alias {
      guard count == 1 else { throw Drop(.missingIdentifier, "/userId", "An alias call must have a userId.") }
      guard try write(.previous, members.previousID, "/previousId", body, &writer) == 1 else {
        throw Drop(.missingIdentifier, "/previousId", "An alias call must have a previousId.")
      }
    }
    count += contact(.email, kind, body, &writer)
    count += contact(.phone, kind, body, &writer)
    let device = context.deviceID ?? common.deviceID
    count += try write(.device, device, "/context/device/id", body, &writer)
    count += try write(.anonymous, members.anonymousID, "/anonymousId", body, &writer)
    count += try writeExternalIDs(body, &writer)
    guard count > 0 else {
      throw Drop(.missingIdentifier, "/userId", "An event must have a userId, an anonymousId or another identifier.")
    }
  }

  /// One identifier, normalised. An empty one is as good as none; a whole number is its digits.
  private mutating func write(
    _ kind: IdentifierKind, _ slice: JSONSlice?, _ pointer: StaticString, _ body: UnsafeRawBufferPointer,
    _ writer: inout EventWriter
  ) throws(Drop) -> Int {
    guard let slice else { return 0 }
    let text = texts.text(slice, in: body)
    guard slice.kind == .string || (slice.kind == .number && text.allSatisfy { $0 < 0x3A && $0 != 0x2E }) else {
      throw Drop(.invalidIdentifier, "\(pointer)", "Write a string or a whole number.")
    }
    let trimmed = IdentifierRules.trimmed(text)
    guard trimmed.count <= EventLimits.identifierBytesMax else {
      throw Drop(
        .invalidIdentifier, "\(pointer)",
        "An identifier may have at most \(EventLimits.identifierBytesMax) bytes, not \(trimmed.count).")
    }
    if trimmed.isEmpty { return 0 }
    writer.identifier(kind, trimmed)
    return 1
  }

  /// The trait `email` or `phone`, if it is a valid address or number; any other text is a trait and no more.
  private mutating func contact(
    _ contact: IdentifierKind, _ kind: EventKind, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) -> Int {
    let symbol: Symbol = contact == .email ? .email : .phone
    let own = kind == .identify ? traits.field(symbol) : nil
    guard let field = own ?? context.traits.field(symbol) ?? common.traits.field(symbol), field.tag == .string else {
      return 0
    }
    normalized.removeAll(keepingCapacity: true)
    guard rules.normalize(contact, texts.text(field.slice, in: body), into: &normalized) else { return 0 }
    normalized.withUnsafeBytes { writer.identifier(contact, $0) }
    return 1
  }

  /// `context.externalIds` of people, as `type:id`.
  private mutating func writeExternalIDs(
    _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) throws(Drop) -> Int {
    if context.externalIDs.isEmpty, common.externalIDs.isEmpty { return 0 }
    let found = context.externalIDs.isEmpty ? common.externalIDs : context.externalIDs
    guard found.count <= EventLimits.externalIDsMax else {
      throw Drop(
        .tooManyIdentifiers, "/context/externalIds", "An event may have at most \(EventLimits.externalIDsMax).")
    }
    var count = 0
    for (index, external) in found.enumerated() {
      if let collection = external.collection?.present, !texts.text(collection, in: body).equals("users") { continue }
      try writeExternalID(external, "/context/externalIds/\(index)", body, &writer)
      count += 1
    }
    return count
  }

  private mutating func writeExternalID(
    _ external: ExternalID, _ pointer: String, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) throws(Drop) {
    guard let type = external.type, type.kind == .string, let id = external.id,
      id.kind == .string || id.kind == .number
    else { throw Drop(.invalidIdentifier, pointer, "Write an object with a type and an id.") }
    let colon = UInt8(ascii: ":")
    let name = IdentifierRules.trimmed(texts.text(type, in: body))
    let value = IdentifierRules.trimmed(texts.text(id, in: body))
    guard !name.isEmpty, !name.contains(colon), !value.isEmpty else {
      throw Drop(.invalidIdentifier, pointer, "Write a type without a colon and an id that is not empty.")
    }
    guard name.count + 1 + value.count <= EventLimits.identifierBytesMax else {
      throw Drop(
        .invalidIdentifier, pointer,
        "Type and id together may have at most \(EventLimits.identifierBytesMax - 1) bytes.")
    }
    normalized.removeAll(keepingCapacity: true)
    normalized.append(contentsOf: name)
    normalized.append(colon)
    normalized.append(contentsOf: value)
    normalized.withUnsafeBytes { writer.identifier(.custom, $0) }
  }
}
