import RoostCore

/// One of `context.externalIds`.
struct ExternalID {
  var type: JSONSlice?
  var id: JSONSlice?
  var collection: JSONSlice?
}

/// What an event's `context`, or the one that a batch has in common, says.
struct ContextTapes {
  var fields = FieldTape()
  var traits = FieldTape()
  var consents = FieldTape()
  var externalIDs: [ExternalID] = []
  var deviceID: JSONSlice?

  mutating func clear() {
    fields.clear()
    traits.clear()
    consents.clear()
    if !externalIDs.isEmpty { externalIDs.removeAll(keepingCapacity: true) }
    deviceID = nil
  }

  /// Reads the object. `library` names the sender's software and is left out.
  mutating func read(
    _ scanner: inout JSONScanner, _ texts: TextArena, fault: inout Drop?
  ) throws(JSONError) {
    clear()
    guard try scanner.enterObject() else { return }
    repeat {
      let key = try scanner.key()
      switch ContextName(texts.text(key, in: scanner.bytes)) {
      case .field: try fields.read(key, &scanner)
      case .library: _ = try scanner.value()
      case .traits: try traits.readObject(&scanner, "/context/traits", &fault)
      case .consent: try readConsent(&scanner, texts, &fault)
      case .externalIDs: try readExternalIDs(&scanner, texts, &fault)
      case .device:
        let start = scanner.offset
        try fields.read(key, &scanner)
        deviceID = try Self.deviceID(scanner.bytes, from: start, texts)
      }
    } while try scanner.hasMember()
  }

  /// `{"categoryPreferences": {"marketing": true, …}}`
  private mutating func readConsent(
    _ scanner: inout JSONScanner, _ texts: TextArena, _ fault: inout Drop?
  ) throws(JSONError) {
    guard try scanner.peek() == .object else {
      return try scanner.refuse("/context/consent", "an object", &fault)
    }
    consents.clear()
    guard try scanner.enterObject() else { return }
    repeat {
      if texts.text(try scanner.key(), in: scanner.bytes).equals("categoryPreferences") {
        try consents.readObject(&scanner, "/context/consent/categoryPreferences", &fault)
      } else {
        _ = try scanner.value()
      }
    } while try scanner.hasMember()
  }

  /// `[{"type": …, "id": …, "collection": "users", "encoding": "none"}]`
  private mutating func readExternalIDs(
    _ scanner: inout JSONScanner, _ texts: TextArena, _ fault: inout Drop?
  ) throws(JSONError) {
    guard try scanner.peek() == .array else {
      return try scanner.refuse("/context/externalIds", "a list", &fault)
    }
    externalIDs.removeAll(keepingCapacity: true)
    guard try scanner.enterArray() else { return }
    repeat {
      guard try scanner.peek() == .object else {
        try scanner.refuse("/context/externalIds", "a list of objects", &fault)
        continue
      }
      let found = try Self.externalID(&scanner, texts)
      if externalIDs.count <= EventLimits.externalIDsMax { externalIDs.append(found) }
    } while try scanner.hasElement()
  }

  private static func externalID(_ scanner: inout JSONScanner, _ texts: TextArena) throws(JSONError) -> ExternalID {
    var found = ExternalID()
    guard try scanner.enterObject() else { return found }
    repeat {
      let key = texts.text(try scanner.key(), in: scanner.bytes)
      let value = try scanner.value()
      if key.equals("type") {
        found.type = value
      } else if key.equals("id") {
        found.id = value
      } else if key.equals("collection") {
        found.collection = value
      }
    } while try scanner.hasMember()
    return found
  }

  /// `id` of the `device` object at an offset; the object is also kept whole, as a field.
  private static func deviceID(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, _ texts: TextArena
  ) throws(JSONError) -> JSONSlice? {
    var scanner = JSONScanner(bytes, offset: offset)
    var found: JSONSlice?
    guard try scanner.peek() == .object, try scanner.enterObject() else { return nil }
    repeat {
      let isID = texts.text(try scanner.key(), in: bytes).equals("id")
      let value = try scanner.value()
      if isID { found = value.present }
    } while try scanner.hasMember()
    return found
  }
}

extension JSONSlice {
  /// `nil` for `null`: clients write it for what they do not have.
  @inline(__always)
  var present: JSONSlice? { kind == .null ? nil : self }
}

extension JSONScanner {
  /// Steps over a value of a wrong kind; `null` is as good as absent.
  mutating func refuse(_ pointer: String, _ wanted: String, _ fault: inout Drop?) throws(JSONError) {
    let value = try value()
    if value.kind != .null, fault == nil { fault = Drop(.invalidMember, pointer, "Write \(wanted) here.") }
  }
}

extension FieldTape {
  /// Reads an object, or refuses what is none.
  mutating func readObject(_ scanner: inout JSONScanner, _ pointer: String, _ fault: inout Drop?) throws(JSONError) {
    clear()
    if try scanner.peek() == .object {
      try read(&scanner)
    } else {
      try scanner.refuse(pointer, "an object", &fault)
    }
  }
}
