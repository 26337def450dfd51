import RoostCore

/// Turns the bodies of Segment's calls into event records, in one pass over the bytes and without a tree.
///
/// One parser per event loop and workspace: it caches the workspace's names without locking. A body that is no JSON, or
/// no call, is a `Problem`; an event that is bad on its own is a `Rejection`, and the others of its batch are kept.
///
/// ```
/// var parser = EventParser(symbols: symbols)
/// let call = try parser.parse(body, as: .batch, receivedAt: now)
/// ```
///
/// Where Segment's specification is silent: of members with one name the last counts, as in `JSON.parse`; `null` is the same
/// as absent; unknown members are ignored; a call without `messageId` is a new event each time, its id made from its bytes,
/// its place and the time of receipt.
public struct EventParser: Sendable {
  var names: SymbolCache
  var texts = TextArena()
  var properties = FieldTape()
  var traits = FieldTape()
  var context = ContextTapes()
  var common = ContextTapes()
  var claims = NameClaims()
  var normalized: [UInt8] = []
  let rules = IdentifierRules.current
  let category: Symbol?
  let groupID: Symbol?
  let deviceTimezone: Symbol?
  /// The time zone of the device that the event in hand comes from.
  var deviceZone: JSONSlice?

  public init(symbols: SymbolTable) {
    names = SymbolCache(symbols)
    category = symbols.intern("category")
    groupID = symbols.intern("group_id")
    deviceTimezone = symbols.intern(EventParser.deviceTimezoneTrait)
  }

  /// Reads a call's body. `receivedAt` is the server's time and part of every record.
  ///
  /// Throws `.invalid` for a body that is no JSON (with the byte's offset), no object, or a batch without `batch`, and
  /// `.tooLarge` for one of too many events.
  public mutating func parse(
    _ body: UnsafeRawBufferPointer, as kind: CallKind, receivedAt: Instant
  ) throws(Problem) -> ParsedCall {
    if !isKnownUniquelyReferenced(&texts) { texts = TextArena() }
    guard body.count <= JSONScanner.bytesMax else { throw Problem(.tooLarge, "The body is larger than 4 GiB.") }
    var reading = CallReading(body, kind, receivedAt)
    texts.clear()
    common.clear()
    var scanner = JSONScanner(body)
    do throws(JSONError) {
      try read(&scanner, &reading)
      if reading.problem == nil { try scanner.finish() }
    } catch {
      throw Problem(.invalid, error.message)
    }
    if let problem = reading.problem { throw problem }
    return reading.finish()
  }

  private mutating func read(_ scanner: inout JSONScanner, _ reading: inout CallReading) throws(JSONError) {
    guard try scanner.peek() == .object else {
      reading.problem = Problem.invalid("", "The body must be a JSON object.")
      return
    }
    if reading.kind.eventKind == nil {
      try readBatch(&scanner, &reading)
    } else {
      try readSingle(&scanner, &reading)
    }
  }

  /// The body is one event.
  private mutating func readSingle(_ scanner: inout JSONScanner, _ reading: inout CallReading) throws(JSONError) {
    let start = scanner.offset
    let members = try members(&scanner)
    reading.writeKey = members.writeKey?.text(in: scanner.bytes)
    take(members, start..<scanner.offset, &reading)
  }

  /// The body is `{"batch": […], "sentAt": …, "writeKey": …, "context": {…}}`, its members in any order.
  private mutating func readBatch(_ scanner: inout JSONScanner, _ reading: inout CallReading) throws(JSONError) {
    var batchOffset: Int?
    var isCommonLate = false
    var fault: Drop?
    reading.problem = CallReading.missingBatch
    guard try scanner.enterObject() else { return }
    repeat {
      switch MemberName(texts.text(try scanner.key(), in: scanner.bytes)) {
      case .batch:
        guard try scanner.peek() == .array else { return }
        batchOffset = scanner.offset
        reading.problem = nil
        isCommonLate = false
        try readEvents(&scanner, &reading)
        if reading.problem != nil { return }
      case .context:
        if try scanner.peek() == .object {
          try common.read(&scanner, texts, fault: &fault)
        } else {
          common.clear()
          try scanner.refuse("/context", "an object", &fault)
        }
        isCommonLate = batchOffset != nil
      case .sentAt: reading.sentAt = reading.time(try scanner.value(), texts)
      case .writeKey:
        let value = try scanner.value()
        reading.writeKey = value.kind == .string ? value.text(in: scanner.bytes) : nil
      default: _ = try scanner.value()
      }
    } while try scanner.hasMember()
    if let fault { reading.problem = .invalid(fault.pointer, fault.detail) }
    if let batchOffset, isCommonLate {
      // Rare: the common context stands behind the events that it belongs to, so they are read again.
      var again = JSONScanner(scanner.bytes, offset: batchOffset)
      try readEvents(&again, &reading)
    }
  }

  /// The elements of `batch`.
  private mutating func readEvents(_ scanner: inout JSONScanner, _ reading: inout CallReading) throws(JSONError) {
    reading.restart()
    guard try scanner.enterArray() else { return }
    repeat {
      guard reading.count < EventLimits.eventsMax else {
        reading.problem = Problem(.tooLarge, "A call may bring at most \(EventLimits.eventsMax) events.")
        return
      }
      let kind = try scanner.peek()
      let start = scanner.offset
      if kind == .object {
        let members = try members(&scanner)
        take(members, start..<scanner.offset, &reading)
      } else {
        let raw = try scanner.value()
        reading.reject(Drop(.notAnObject, "", "An event must be an object."), start..<max(raw.end, scanner.offset))
      }
    } while try scanner.hasElement()
  }

  /// Makes a record of an event or says why not.
  private mutating func take(_ members: EventMembers, _ raw: Range<Int>, _ reading: inout CallReading) {
    do throws(Drop) {
      if raw.count > EventLimits.eventBytesMax {
        throw Drop(
          .eventTooLarge, "", "An event may have at most \(EventLimits.eventBytesMax) bytes, not \(raw.count).")
      }
      if let fault = members.fault { throw fault }
      try assemble(members, raw, &reading)
    } catch {
      reading.reject(error, raw)
    }
    texts.clear()
  }
}
