import RoostCore

/// Appends an event's properties as a JSON object: for timelines and exports.
public func writeProperties(of event: EventView, symbols: SymbolTable, into bytes: inout [UInt8]) {
  bytes.append(fieldsOf: event, .property, symbols)
}

extension [UInt8] {
  /// Appends the fields of one section as a JSON object, in the order of the record.
  public mutating func append(fieldsOf event: EventView, _ section: FieldSection, _ symbols: SymbolTable) {
    append(UInt8(ascii: "{"))
    var isFirst = true
    append(membersOf: event, section, symbols, &isFirst)
    append(UInt8(ascii: "}"))
  }

  /// Appends an event as the call in Segment's form that it came from: sending it again gives the same record, but for the
  /// time of receipt. A consent recorded through the management interface has the type `consent`.
  public mutating func append(callOf event: EventView, _ symbols: SymbolTable) {
    append(utf8: "{\"type\":\"\(event.kind.name)\",\"messageId\":")
    append(jsonString: event.messageID)
    append(utf8: ",\"timestamp\":\"")
    append(instant: event.timestamp)
    append(utf8: "\",\"receivedAt\":\"")
    append(instant: event.receivedAt)
    append(UInt8(ascii: "\""))
    if event.name != .none {
      append(utf8: event.kind == .track ? ",\"event\":" : ",\"name\":")
      append(jsonString: symbols.name(event.name))
    }
    appendIdentifiers(event)
    switch event.kind {
    case .track, .page, .screen, .suppression: append(memberOf: event, "properties", .property, symbols)
    case .group:
      if let groupID = symbols.find("group_id"), let field = event.field(.property, groupID) {
        append(utf8: ",\"groupId\":")
        append(valueOf: field)
      }
      append(memberOf: event, "traits", .property, symbols)
    case .identify: append(memberOf: event, "traits", .trait, symbols)
    case .alias, .consent: break
    }
    appendContext(event, symbols)
    append(UInt8(ascii: "}"))
  }

  private mutating func append(
    memberOf event: EventView, _ name: String, _ section: FieldSection, _ symbols: SymbolTable
  ) {
    append(utf8: ",\"\(name)\":")
    append(fieldsOf: event, section, symbols)
  }

  private mutating func append(
    membersOf event: EventView, _ section: FieldSection, _ symbols: SymbolTable, _ isFirst: inout Bool
  ) {
    var cursor = event.fields
    while let field = cursor.next() {
      guard field.section == section else { continue }
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      append(jsonString: symbols.name(field.symbol))
      append(UInt8(ascii: ":"))
      append(valueOf: field)
    }
  }

  /// Appends a field's value as JSON.
  public mutating func append(valueOf field: EventField) {
    switch field.tag {
    case .null: append(utf8: "null")
    case .no: append(utf8: "false")
    case .yes: append(utf8: "true")
    case .number: append(jsonNumber: Double(bitPattern: field.bits))
    case .string: append(jsonString: field.bytes)
    case .json: append(contentsOf: field.bytes)
    }
  }

  /// `userId`, `anonymousId` and `previousId`; the others stand in traits and context.
  private mutating func appendIdentifiers(_ event: EventView) {
    event.forEachIdentifier { kind, value in
      switch kind {
      case .user: append(utf8: ",\"userId\":")
      case .anonymous: append(utf8: ",\"anonymousId\":")
      case .previous: append(utf8: ",\"previousId\":")
      case .email, .phone, .device, .custom: return
      }
      append(jsonString: value)
    }
  }

  private mutating func appendContext(_ event: EventView, _ symbols: SymbolTable) {
    append(utf8: ",\"context\":{")
    var isFirst = true
    append(membersOf: event, .context, symbols, &isFirst)
    if event.kind != .identify, event.has(.trait) {
      append(utf8: isFirst ? "\"traits\":" : ",\"traits\":")
      append(fieldsOf: event, .trait, symbols)
      isFirst = false
    }
    if event.has(.consent) {
      append(utf8: (isFirst ? "" : ",") + "\"consent\":{\"categoryPreferences\":")
      append(fieldsOf: event, .consent, symbols)
      append(UInt8(ascii: "}"))
      isFirst = false
    }
    appendExternalIDs(event, &isFirst)
    append(UInt8(ascii: "}"))
  }

  private mutating func appendExternalIDs(_ event: EventView, _ isFirst: inout Bool) {
    var external: [UInt8] = []
    event.forEachIdentifier { kind, value in
      guard kind == .custom, let colon = value.firstIndex(of: UInt8(ascii: ":")) else { return }
      external.append(utf8: external.isEmpty ? "{\"type\":" : ",{\"type\":")
      external.append(jsonString: UnsafeRawBufferPointer(rebasing: value[..<colon]))
      external.append(utf8: ",\"id\":")
      external.append(jsonString: UnsafeRawBufferPointer(rebasing: value[(colon + 1)...]))
      external.append(utf8: ",\"collection\":\"users\",\"encoding\":\"none\"}")
    }
    guard !external.isEmpty else { return }
    append(utf8: (isFirst ? "" : ",") + "\"externalIds\":[")
    append(contentsOf: external)
    append(UInt8(ascii: "]"))
    isFirst = false
  }
}

extension EventView {
  /// Whether a section has any field.
  func has(_ section: FieldSection) -> Bool {
    var cursor = fields
    while let field = cursor.next() { if field.section == section { return true } }
    return false
  }
}
