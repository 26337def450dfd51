import Profiles
import RoostCore

extension DecisionReasons {
  /// Which parts follow; a part that there is none of takes no byte. The list only grows.
  private struct Parts: OptionSet {
    let rawValue: UInt64
    static let entered = Parts(rawValue: 1 << 0)
    static let trigger = Parts(rawValue: 1 << 1)
    static let memberships = Parts(rawValue: 1 << 2)
    static let policy = Parts(rawValue: 1 << 3)
    static let consent = Parts(rawValue: 1 << 4)
    static let confirmation = Parts(rawValue: 1 << 5)
    static let suppression = Parts(rawValue: 1 << 6)
    static let zone = Parts(rawValue: 1 << 7)
    static let quiet = Parts(rawValue: 1 << 8)
    static let caps = Parts(rawValue: 1 << 9)
    static let policies = Parts(rawValue: 1 << 10)
    static let replaced = Parts(rawValue: 1 << 11)
    static let bestHour = Parts(rawValue: 1 << 12)
    static let bestChannel = Parts(rawValue: 1 << 13)
    static let language = Parts(rawValue: 1 << 14)
    static let holdout = Parts(rawValue: 1 << 15)
    static let heldUntil = Parts(rawValue: 1 << 16)
    static let mailbox = Parts(rawValue: 1 << 17)
    static let known = Parts(rawValue: 1 << 18 - 1)
  }

  private var parts: Parts {
    var parts: Parts = []
    if enteredAt != nil { parts.insert(.entered) }
    if trigger != nil { parts.insert(.trigger) }
    if !memberships.isEmpty { parts.insert(.memberships) }
    if consentPolicy != nil { parts.insert(.policy) }
    if consent != nil { parts.insert(.consent) }
    if confirmation != nil { parts.insert(.confirmation) }
    if suppression != nil { parts.insert(.suppression) }
    if zone != nil { parts.insert(.zone) }
    if quiet != nil { parts.insert(.quiet) }
    if !caps.isEmpty { parts.insert(.caps) }
    if policiesVersion != 0 { parts.insert(.policies) }
    if !replacedChannel.isEmpty { parts.insert(.replaced) }
    if bestHour != nil { parts.insert(.bestHour) }
    if bestChannel != nil { parts.insert(.bestChannel) }
    if !language.isEmpty { parts.insert(.language) }
    if !holdout.isEmpty || !globalHoldout.isEmpty { parts.insert(.holdout) }
    if heldUntil != nil { parts.insert(.heldUntil) }
    if isMailbox { parts.insert(.mailbox) }
    return parts
  }

  /// Appends the reasons; equal ones give equal bytes. Moments are distances from `base`.
  func encode(base: Instant, into bytes: inout [UInt8]) {
    bytes.append(varint: parts.rawValue)
    bytes.append(word: seed)
    if let enteredAt { bytes.append(enteredAt, after: base) }
    if let trigger {
      bytes.append(counted: trigger.event)
      bytes.append(counted: trigger.id)
      bytes.append(trigger.at, after: base)
    }
    if !memberships.isEmpty {
      bytes.append(varint: UInt64(memberships.count))
      for row in memberships {
        bytes.append(row.isMember ? 1 : 0)
        bytes.append(counted: row.segment)
      }
    }
    if let consentPolicy { bytes.append(consentPolicy == .explicit ? 1 : 2) }
    for receipt in [consent, confirmation].compactMap({ $0 }) { receipt.encode(base: base, into: &bytes) }
    if let suppression {
      bytes.append(suppression.cause.rawValue | (suppression.message == nil ? 0 : 0x80))
      bytes.append(suppression.at, after: base)
      if let message = suppression.message {
        bytes.append(word: message.high)
        bytes.append(word: message.low)
      }
    }
    encodeTimes(base: base, into: &bytes)
    if !replacedChannel.isEmpty { bytes.append(counted: replacedChannel) }
    if let bestHour {
      bytes.append(bestHour.at, after: base)
      bytes.append(bestHour.basis.rawValue)
      bytes.append(varint: UInt64(bestHour.permille))
      bytes.append(varint: UInt64(bestHour.seen))
    }
    if let bestChannel { bestChannel.encode(into: &bytes) }
    if !language.isEmpty { bytes.append(counted: language) }
    if !holdout.isEmpty || !globalHoldout.isEmpty {
      bytes.append(counted: holdout)
      bytes.append(counted: globalHoldout)
    }
    if let heldUntil { bytes.append(heldUntil, after: base) }
  }

  private func encodeTimes(base: Instant, into bytes: inout [UInt8]) {
    if let zone {
      bytes.append(UInt8(PersonZone.Source.stored.firstIndex(of: zone.source) ?? 0))
      bytes.append(counted: zone.name)
    }
    if let quiet {
      bytes.append(quiet.start, after: base)
      bytes.append(quiet.end, after: base)
    }
    if !caps.isEmpty {
      bytes.append(varint: UInt64(caps.count))
      for cap in caps {
        bytes.append(varint: UInt64(cap.number) << 1 | (cap.fullUntil == nil ? 0 : 1))
        bytes.append(counted: cap.rule)
        bytes.append(varint: UInt64(cap.count))
        bytes.append(varint: UInt64(cap.max))
        if let until = cap.fullUntil { bytes.append(until, after: base) }
      }
    }
    if policiesVersion != 0 { bytes.append(varint: UInt64(policiesVersion)) }
  }

  /// Reads what `encode` wrote.
  init(decoding reader: inout ByteReader, base: Instant) throws(MalformedBytes) {
    self.init()
    let parts = Parts(rawValue: try reader.varint())
    guard parts.isSubset(of: .known) else { throw MalformedBytes(offset: reader.offset) }
    seed = try reader.word()
    if parts.contains(.entered) { enteredAt = try reader.moment(after: base) }
    if parts.contains(.trigger) {
      trigger = Trigger(event: try reader.text(), id: try reader.text(), at: try reader.moment(after: base))
    }
    if parts.contains(.memberships) {
      for _ in 0..<(try reader.count(of: 2)) {
        let isMember = try reader.word(UInt8.self) == 1
        memberships.append(Membership(segment: try reader.text(), isMember: isMember))
      }
    }
    if parts.contains(.policy) { consentPolicy = try reader.word(UInt8.self) == 1 ? .explicit : .implied }
    if parts.contains(.consent) { consent = try Receipt(decoding: &reader, base: base) }
    if parts.contains(.confirmation) { confirmation = try Receipt(decoding: &reader, base: base) }
    if parts.contains(.suppression) {
      let code: UInt8 = try reader.word()
      guard let cause = AddressSuppression.Cause(rawValue: code & 0x7F) else {
        throw MalformedBytes(offset: reader.offset)
      }
      suppression = Suppression(cause: cause, at: try reader.moment(after: base), message: nil)
      if code & 0x80 != 0 { suppression?.message = IntentID(high: try reader.word(), low: try reader.word()) }
    }
    try decodeTimes(parts.rawValue, &reader, base: base)
    if parts.contains(.replaced) { replacedChannel = try reader.text() }
    if parts.contains(.bestHour) {
      let (at, code) = (try reader.moment(after: base), try reader.word(UInt8.self))
      guard let basis = HourModel.Basis(rawValue: code) else { throw MalformedBytes(offset: reader.offset) }
      bestHour = .init(
        at: at, basis: basis, permille: UInt16(clamping: try reader.varint()),
        seen: UInt32(clamping: try reader.varint())
      )
    }
    if parts.contains(.bestChannel) { bestChannel = try BestChannel(decoding: &reader) }
    if parts.contains(.language) { language = try reader.text() }
    if parts.contains(.holdout) { (holdout, globalHoldout) = (try reader.text(), try reader.text()) }
    if parts.contains(.heldUntil) { heldUntil = try reader.moment(after: base) }
    isMailbox = parts.contains(.mailbox)
  }

  private mutating func decodeTimes(
    _ bits: UInt64, _ reader: inout ByteReader, base: Instant
  ) throws(MalformedBytes) {
    let parts = Parts(rawValue: bits)
    if parts.contains(.zone) {
      let index = Int(try reader.word(UInt8.self))
      guard PersonZone.Source.stored.indices.contains(index) else { throw MalformedBytes(offset: reader.offset) }
      zone = Zone(name: try reader.text(), source: PersonZone.Source.stored[index])
    }
    if parts.contains(.quiet) {
      quiet = QuietStanding(start: try reader.moment(after: base), end: try reader.moment(after: base))
    }
    if parts.contains(.caps) {
      for _ in 0..<(try reader.count(of: 4)) {
        let head = try reader.varint()
        let (rule, count, max) = (try reader.text(), try reader.varint(), try reader.varint())
        let until = head & 1 == 0 ? nil : try reader.moment(after: base)
        caps.append(
          Cap(
            number: Int(clamping: head >> 1), rule: rule, count: Int(clamping: count), max: Int(clamping: max),
            fullUntil: until))
      }
    }
    if parts.contains(.policies) { policiesVersion = UInt32(clamping: try reader.varint()) }
  }
}

extension DecisionReasons.Receipt {
  fileprivate func encode(base: Instant, into bytes: inout [UInt8]) {
    bytes.append(isGranted ? 1 : 0)
    bytes.append(at, after: base)
    for text in [purpose, source, textVersion] { bytes.append(counted: text) }
  }

  fileprivate init(decoding reader: inout ByteReader, base: Instant) throws(MalformedBytes) {
    let isGranted = try reader.word(UInt8.self) == 1
    let at = try reader.moment(after: base)
    self.init(
      purpose: try reader.text(), isGranted: isGranted, at: at, source: try reader.text(),
      textVersion: try reader.text())
  }
}

extension BestChannel {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(varint: UInt64(candidates.count))
    for row in candidates {
      bytes.append(counted: row.channel)
      bytes.append(row.objection.flatMap(SuppressionReason.stored.firstIndex).map { UInt8($0 + 1) } ?? 0)
      bytes.append(row.basis.rawValue)
      for number in [UInt64(row.permille), UInt64(row.sent), UInt64(row.answered)] { bytes.append(varint: number) }
    }
  }

  fileprivate init(decoding reader: inout ByteReader) throws(MalformedBytes) {
    self.init(candidates: [])
    for _ in 0..<(try reader.count(of: 6)) {
      let channel = try reader.text()
      let (reason, code) = (Int(try reader.word(UInt8.self)), try reader.word(UInt8.self))
      guard let basis = HourModel.Basis(rawValue: code), reason <= SuppressionReason.stored.count else {
        throw MalformedBytes(offset: reader.offset)
      }
      candidates.append(
        Candidate(
          channel: channel, objection: reason == 0 ? nil : SuppressionReason.stored[reason - 1], basis: basis,
          permille: UInt16(clamping: try reader.varint()), sent: UInt32(clamping: try reader.varint()),
          answered: UInt32(clamping: try reader.varint())))
    }
  }
}

extension PersonZone.Source {
  /// By their numbers in records: the list only grows at its end.
  fileprivate static let stored: [Self] = [.trait, .country, .phone, .workspace, .device]
}

extension [UInt8] {
  fileprivate mutating func append(_ moment: Instant, after base: Instant) {
    let distance = moment.milliseconds &- base.milliseconds
    append(varint: UInt64(bitPattern: (distance &<< 1) ^ (distance &>> 63)))
  }
}

extension ByteReader {
  fileprivate mutating func moment(after base: Instant) throws(MalformedBytes) -> Instant {
    let word = try varint()
    let distance = Int64(bitPattern: word &>> 1) ^ -Int64(bitPattern: word & 1)
    return Instant(milliseconds: base.milliseconds &+ distance)
  }
}
