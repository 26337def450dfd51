import RoostCore

extension EventParser {
  /// The person's traits: of an identify call its own, then those in its context, then those its batch has in common;
  /// of other calls only the latter two. The first to name a trait decides. Browsers and phones send their time zone with
  /// every call, in `context.timezone`: it becomes a trait too, for whoever travels is to be written to by their clocks.
  mutating func resolveTraits(_ kind: EventKind, _ body: UnsafeRawBufferPointer) throws(Drop) {
    claims.begin()
    if kind == .identify { try traits.resolve(&names, &claims, texts, body, at: "/traits") }
    try context.traits.resolve(&names, &claims, texts, body, at: "/context/traits")
    try common.traits.resolve(&names, &claims, texts, body, at: "/context/traits")
    deviceZone = nil
    if kind != .group, let zone = contextMember("timezone", .string, body), zone.count <= Self.zoneBytesMax,
      let deviceTimezone, claims.claim(deviceTimezone)
    {
      deviceZone = zone
    }
  }

  func writeTraits(_ kind: EventKind, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter) -> Int {
    var count = kind == .identify ? traits.write(.trait, to: &writer, texts, body) : 0
    count += context.traits.write(.trait, to: &writer, texts, body)
    count += common.traits.write(.trait, to: &writer, texts, body)
    if let deviceZone, let deviceTimezone {
      writer.string(.trait, deviceTimezone, texts.text(deviceZone, in: body))
      count += 1
    }
    return count
  }

  /// `properties` of track, page and screen; a group's traits. What Segment puts beside them, a page's name and category
  /// and the group's id, becomes a property too and goes before one of the same name.
  mutating func writeProperties(
    _ kind: EventKind, _ members: EventMembers, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) throws(Drop) -> Int {
    claims.begin()
    var count = 0
    switch kind {
    case .track: break
    case .page, .screen:
      count += write(members.name, as: .name, body, &writer)
      if let category { count += write(members.category, as: category, body, &writer) }
    case .group:
      guard let id = members.groupID, id.count > 0, id.kind == .string || id.kind == .number else {
        throw Drop(.invalidMember, "/groupId", "A group call must name the group.")
      }
      guard let groupID else { throw Drop(.tooManyNames, "/groupId", "The workspace has used all of its names.") }
      count += write(id, as: groupID, body, &writer)
      try traits.resolve(&names, &claims, texts, body, at: "/traits")
      return count + traits.write(.property, to: &writer, texts, body)
    case .identify, .alias, .consent, .suppression: return 0
    }
    try properties.resolve(&names, &claims, texts, body, at: "/properties")
    return count + properties.write(.property, to: &writer, texts, body)
  }

  private mutating func write(
    _ slice: JSONSlice?, as symbol: Symbol, _ body: UnsafeRawBufferPointer, _ writer: inout EventWriter
  ) -> Int {
    guard let slice, claims.claim(symbol) else { return 0 }
    writer.string(.property, symbol, texts.text(slice, in: body))
    return 1
  }

  /// `context.consent.categoryPreferences`: every answer becomes a receipt, so nothing but true and false will do.
  mutating func writeConsents(_ body: UnsafeRawBufferPointer, _ writer: inout EventWriter) throws(Drop) -> Int {
    if context.consents.count == 0, common.consents.count == 0 { return 0 }
    claims.begin()
    let place: StaticString = "/context/consent/categoryPreferences"
    try context.consents.resolve(&names, &claims, texts, body, at: place)
    try common.consents.resolve(&names, &claims, texts, body, at: place)
    var count = 0
    for field in context.consents.fields + common.consents.fields where field.symbol != .none && field.tag != .null {
      guard field.tag == .yes || field.tag == .no else {
        let token = pointerToken(field.name.text(in: body))
        throw Drop(.invalidMember, "\(place)/\(token)", "Write true or false for a consent.")
      }
      writer.bool(.consent, field.symbol, field.tag == .yes)
      count += 1
    }
    return count
  }

  mutating func writeContext(_ body: UnsafeRawBufferPointer, _ writer: inout EventWriter) throws(Drop) -> Int {
    if context.fields.count == 0, common.fields.count == 0 { return 0 }
    claims.begin()
    try context.fields.resolve(&names, &claims, texts, body, at: "/context")
    try common.fields.resolve(&names, &claims, texts, body, at: "/context")
    return context.fields.write(.context, to: &writer, texts, body)
      + common.fields.write(.context, to: &writer, texts, body)
  }
}
