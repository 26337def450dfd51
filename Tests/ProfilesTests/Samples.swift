import Events
import Profiles
import RoostCore

/// Events and people for the tests of this folder.
enum Sample {
  static let day: Int64 = 86_400_000
  /// 2026-03-01T00:00:00Z: 20,513 days after 1970-01-01 (56 years, 14 of them leap years, 31 + 28 days).
  static let march1 = Instant(milliseconds: 20_513 * day)
  static let rules = ProfileRules(
    defaultCurrency: OrderTotals.currency("EUR")!, consentSource: Symbol(30), consentTextVersion: Symbol(31))

  struct Field {
    var section: FieldSection
    var symbol: Symbol
    var value: Value
    init(_ section: FieldSection, _ symbol: Symbol, _ value: Value) {
      self.section = section
      self.symbol = symbol
      self.value = value
    }
  }

  /// One event record.
  static func record(
    _ kind: EventKind, _ name: Symbol = .none, at timestamp: Instant = march1, receivedAt: Instant? = nil,
    id messageID: String = "m", by identifiers: [Identifier] = [],
    with fields: [Field] = []
  ) -> [UInt8] {
    var writer = EventWriter()
    var messageID = messageID
    messageID.withUTF8 {
      writer.begin(
        kind, name: name, timestamp: timestamp, receivedAt: receivedAt ?? timestamp, isHistorical: false,
        messageID: UnsafeRawBufferPointer($0))
    }
    for identifier in identifiers {
      var value = identifier.value
      value.withUTF8 { writer.identifier(identifier.kind, UnsafeRawBufferPointer($0)) }
    }
    writer.beginFields()
    for field in fields { writer.value(field.section, field.symbol, field.value) }
    writer.end()
    return writer.bytes
  }

  static func nobody(_ id: UInt64 = 1, createdAt: Instant = march1) -> PersonState {
    PersonState(workspace: WorkspaceID(1), id: PersonID(id), createdAt: createdAt)
  }

  /// A person as most are: the sizes that the codec is made for.
  static func typicalPerson() -> PersonState {
    var person = nobody(0x0123_4567_89AB_CDEF)
    person.identifiers = [Identifier(.user, "customer-4711"), Identifier(.email, "ann.smith@example.com")]
    person.traits = [
      Trait(symbol: .email, value: .string("ann.smith@example.com"), changedAt: march1 + TimeSpan(milliseconds: 5)),
      Trait(symbol: .firstName, value: .string("Ann"), changedAt: march1),
      Trait(symbol: .country, value: .string("IT"), changedAt: march1),
      Trait(symbol: Symbol(40), value: .number(12.5), changedAt: march1),
    ]
    for index in 0..<UInt32(3) {
      person.counters.append(
        EventCounter(
          event: Symbol(20 + index), count: 7, first: march1, last: march1 + TimeSpan(milliseconds: 86_400_000)))
    }
    for index in 0..<UInt16(4) { person.months.append(MonthCount(event: Symbol(20), month: 670 + index, count: 3)) }
    person.orders = [
      OrderTotals(
        currency: 0x525545, orders: 3, refunds: 1, revenue: Micros(120.5), refunded: Micros(20), firstAt: march1,
        lastAt: march1)
    ]
    var random = SeededRandom(seed: 7)
    person.seenMessages = (0..<10).map { _ in
      SeenMessage(hash: random.next(), receivedAt: march1).word
    }.sorted()
    for slot in 0..<UInt32(12) {
      person.trackers.replace(slot * 2, with: [march1.milliseconds, march1.milliseconds + 86_400_000, 3])
    }
    person.memberships = [0x1234_5678]
    for index in 0..<UInt32(2) {
      person.runs.append(
        JourneyRun(
          journey: Symbol(60 + index), version: 2, phase: .running, step: 3, entries: 1, enteredAt: march1,
          changedAt: march1, dueAt: march1 + TimeSpan(milliseconds: 86_400_000),
          trigger: index == 0 ? [UInt8](repeating: 9, count: 120) : []))
    }
    return person
  }
}

extension [UInt8] {
  /// The bytes as an event, for as long as `body` runs.
  func asEvent<Result>(_ body: (EventView) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body(EventView(trusted: $0)) }
  }
}

extension PersonState {
  @discardableResult
  mutating func apply(_ record: [UInt8], refused: [Int] = []) -> ProfileChange {
    record.asEvent { apply($0, rules: Sample.rules, refused: refused) }
  }

  mutating func isRepeated(_ record: [UInt8]) -> Bool { record.asEvent { isRepeated($0) } }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    encode(into: &bytes)
    return bytes
  }

  init(decoding bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBytes { try PersonState(decoding: $0) }
  }
}
