import Events
import RoostCore

extension PersonState {
  /// Takes in what an event says about the person: traits, consents, counters, orders and identifiers.
  ///
  /// The result does not depend on the order in which events are applied. Two fields do, and no decision rests on them:
  /// `handledAt` (the engine's clock) and `absorbed` (how many merges it took).
  ///
  /// * Traits come from every call but `group`, whose traits describe the group.
  /// * Consents may come with any call and become receipts.
  /// * Only `track` calls are counted; pages and screens stay in the timeline.
  /// - Parameter refused: positions of identifiers that identity resolution did not give to this person.
  public mutating func apply(_ event: EventView, rules: ProfileRules, refused: [Int] = []) -> ProfileChange {
    var change: ProfileChange = []
    let kind = event.kind
    let timestamp = event.timestamp
    if timestamp < createdAt { createdAt = timestamp }
    if noteIdentifiers(of: event, refused: refused) { change.insert(.identifiers) }
    change.formUnion(applyFields(of: event, kind: kind, timestamp: timestamp, rules: rules))
    guard kind == .track, event.name != .none else { return change }
    count(event.name, at: timestamp)
    change.insert(.counters)
    if event.name == .orderCompleted || event.name == .orderRefunded {
      applyOrder(event, isRefund: event.name == .orderRefunded, defaultCurrency: rules.defaultCurrency)
      change.insert(.orders)
    }
    return change
  }

  private mutating func applyFields(
    of event: EventView, kind: EventKind, timestamp: Instant, rules: ProfileRules
  ) -> ProfileChange {
    var change: ProfileChange = []
    var fields = event.fields
    // An event's properties say nothing about the person.
    while let field = fields.next(besides: .property) {
      switch field.section {
      case .trait where kind != .group:
        if applyTrait(field, at: timestamp) { change.insert(.traits) }
      case .consent where field.tag == .yes || field.tag == .no:
        let receipt = Self.receipt(of: field, in: event, kind: kind, timestamp: timestamp, rules: rules)
        if setConsent(receipt) { change.insert(.consents) }
        if !receipt.isGranted { unconfirm(receipt, rules) }
      case .device where field.tag == .string:
        if let notice = DeviceNotice(reading: field.bytes), note(notice, at: timestamp) { change.insert(.devices) }
      default: break
      }
    }
    return change
  }

  /// Who refuses has to confirm anew when they consent again.
  private mutating func unconfirm(_ refusal: Consent, _ rules: ProfileRules) {
    for row in rules.confirmations where row.purpose == refusal.purpose {
      setConsent(
        Consent(
          purpose: row.confirmation, isGranted: false, at: refusal.at, source: refusal.source,
          textVersion: refusal.textVersion))
    }
  }

  /// Sets a trait, or removes it with `.null`, unless a later value is there; whether it changed.
  ///
  /// A removed trait stays as a row with `.null`, so that an older value arriving later does not bring it back.
  @discardableResult
  public mutating func setTrait(_ symbol: Symbol, _ value: Value, at time: Instant) -> Bool {
    load(.traits)
    let index = lists.traits.index(of: symbol)
    guard index < lists.traits.count, lists.traits[index].symbol == symbol else {
      lists.traits.insert(Trait(symbol: symbol, value: value, changedAt: time), at: index)
      return value != .null
    }
    let present = lists.traits[index]
    guard
      time > present.changedAt || (time == present.changedAt && Value.isOrdered(present.value, before: value))
    else { return false }
    lists.traits[index].changedAt = time
    guard present.value != value else { return false }
    lists.traits[index].value = value
    return true
  }

  private mutating func applyTrait(_ field: EventField, at time: Instant) -> Bool {
    load(.traits)
    let index = lists.traits.index(of: field.symbol)
    // Clients send all traits with every call: most are older or no news, and copying their text would be for nothing.
    if index < lists.traits.count, lists.traits[index].symbol == field.symbol, time < lists.traits[index].changedAt {
      return false
    }
    return setTrait(field.symbol, field.value, at: time)
  }

  /// A trait's value; `nil` if there is none, or if it was removed.
  public func trait(_ symbol: Symbol) -> Value? {
    withTrait(symbol) { $0.flatMap { $0.tag == .null ? nil : $0.value } }
  }

  /// Calls `body` with a trait's value in place, as a field of an event would be; with `nil` if there is none.
  @inline(__always)
  public func withTrait<Answer>(_ symbol: Symbol, _ body: (EventField?) -> Answer) -> Answer {
    if packed.has(.traits) { return packed.withTrait(symbol, body) }
    let index = lists.traits.index(of: symbol)
    guard index < lists.traits.count, lists.traits[index].symbol == symbol else { return body(nil) }
    return lists.traits[index].value.withField(symbol, body)
  }

  /// Remembers the event's identifiers, except the refused; whether one was new.
  private mutating func noteIdentifiers(of event: EventView, refused: [Int]) -> Bool {
    var position = 0
    var isNew = false
    event.forEachIdentifier { kind, value in
      if refused.isEmpty || !refused.contains(position), note(kind, value) { isNew = true }
      position += 1
    }
    return isNew
  }

  @inline(__always)
  private mutating func note(_ kind: IdentifierKind, _ value: UnsafeRawBufferPointer) -> Bool {
    if packed.has(.identifiers) {
      if packed.holds(kind, value) { return false }
      load(.identifiers)
    }
    return lists.identifiers.insert(kind, value)
  }
}

extension [Trait] {
  /// Where a trait is, or would be. Few enough for a walk to beat bisection.
  @inline(__always)
  func index(of symbol: Symbol) -> Int {
    var index = 0
    while index < count, self[index].symbol < symbol { index &+= 1 }
    return index
  }
}

extension Value {
  /// Calls `body` with the value as a field.
  @inline(__always)
  func withField<Answer>(_ symbol: Symbol, _ body: (EventField?) -> Answer) -> Answer {
    var bits: UInt64 = 0
    switch self {
    case .string(var text), .json(var text):
      return text.withUTF8 {
        body(
          EventField(section: .trait, tag: tag, symbol: symbol, bits: 0, bytes: UnsafeRawBufferPointer($0)))
      }
    case .number(let number): bits = number.bitPattern
    case .null, .bool: break
    }
    return body(
      EventField(
        section: .trait, tag: tag, symbol: symbol, bits: bits, bytes: UnsafeRawBufferPointer(start: nil, count: 0)))
  }
}
