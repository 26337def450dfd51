import Delivery
import Events
import Journeys
import Profiles
import RoostCore
import Segments

/// What handling one person's inputs of a batch led to, in order. Reused from person to person.
public struct PersonEffects: Sendable {
  public var memberships: [MembershipChange] = []
  public var moves: [JourneyMove] = []
  /// Intents, each as it was decided: to be handed over, suppressed, or put into the built-in mailbox.
  public var messages: [MessageRecord] = []
  /// Addresses of devices that became known as theirs.
  public var gainedDevices: [String] = []

  /// While the log is replayed: which messages it says were refused for missing values, for what they were made of may be
  /// another by now; `nil`: that is decided.
  public var recordedRefusals: Set<IntentID>?

  // Kept to reuse their memory.
  var changes: [MembershipChange] = []
  var journeyEffects: [JourneyEffect] = []

  public init() {}

  public mutating func removeAll() {
    // Most are empty, and emptying a list that is takes as long as emptying one that is not.
    if !memberships.isEmpty { memberships.removeAll(keepingCapacity: true) }
    if !moves.isEmpty { moves.removeAll(keepingCapacity: true) }
    if !messages.isEmpty { messages.removeAll(keepingCapacity: true) }
    if !gainedDevices.isEmpty { gainedDevices.removeAll(keepingCapacity: true) }
  }

  /// Before another look at the segments and journeys.
  mutating func beginRound() {
    if !changes.isEmpty { changes.removeAll(keepingCapacity: true) }
    if !journeyEffects.isEmpty { journeyEffects.removeAll(keepingCapacity: true) }
  }

  /// Which devices an event says to be its person's.
  mutating func noteDevices(of event: EventView) {
    var fields = event.fields
    while let field = fields.next() {
      guard field.section == .device, field.tag == .string, let notice = DeviceNotice(reading: field.bytes),
        !notice.isGone
      else { continue }
      gainedDevices.append("\(notice.service.name):\(notice.token)")
    }
  }

  /// Appends the effects as entries of the person's record.
  public func write(into bytes: inout [UInt8]) {
    if !memberships.isEmpty {
      var list: [UInt8] = []
      for change in memberships { list.append(varint: UInt64(change.slot) << 1 | (change.isMember ? 1 : 0)) }
      bytes.append(.memberships, counted: list)
    }
    for move in moves { bytes.append(.move, counted: move.encoded) }
    for message in messages {
      var record: [UInt8] = []
      message.encode(into: &record)
      bytes.append(.message, counted: record)
    }
  }
}

extension JourneyMove {
  /// Reads a `RecordEntry.move`.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    func number() throws(MalformedBytes) -> UInt32 {
      guard let number = UInt32(exactly: try reader.varint()) else { throw MalformedBytes(offset: reader.offset) }
      return number
    }
    let (journey, version, entry) = (Symbol(try number()), try number(), try number())
    let (from, to) = (try number(), try number())
    guard let phase = JourneyRun.Phase(rawValue: try reader.word()) else { throw MalformedBytes(offset: reader.offset) }
    self.init(
      journey: journey, version: version, entry: entry, from: from == 0 ? nil : from - 1, to: to == 0 ? nil : to - 1,
      phase: phase, reason: ExitReason(stored: try reader.word()))
  }

  /// Journey, version, entry, from + 1, to + 1, phase, reason.
  fileprivate var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(varint: UInt64(journey.number))
    bytes.append(varint: UInt64(version))
    bytes.append(varint: UInt64(entry))
    bytes.append(varint: from.map { UInt64($0) + 1 } ?? 0)
    bytes.append(varint: to.map { UInt64($0) + 1 } ?? 0)
    bytes.append(phase.rawValue)
    bytes.append(reason?.stored ?? 0)
    return bytes
  }
}

extension ExitReason {
  /// The first of the numbers that stand for exit rules.
  private static let firstRule: UInt8 = 128

  /// As records have it; records of older versions say 0 for all but `step`.
  fileprivate var stored: UInt8 {
    switch self {
    case .step: 1
    case .goal: 2
    case .archived: 3
    case .edited: 4
    case .versionGone: 5
    case .merged: 6
    case .rule(let index): Self.firstRule + UInt8(min(index, 127))
    }
  }

  fileprivate init?(stored: UInt8) {
    switch stored {
    case 1: self = .step
    case 2: self = .goal
    case 3: self = .archived
    case 4: self = .edited
    case 5: self = .versionGone
    case 6: self = .merged
    case Self.firstRule...: self = .rule(Int(stored - Self.firstRule))
    default: return nil
    }
  }
}
