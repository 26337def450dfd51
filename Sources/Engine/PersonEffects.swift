import Delivery
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

  // Kept to reuse their memory.
  var changes: [MembershipChange] = []
  var journeyEffects: [JourneyEffect] = []

  public init() {}

  public mutating func removeAll() {
    memberships.removeAll(keepingCapacity: true)
    moves.removeAll(keepingCapacity: true)
    messages.removeAll(keepingCapacity: true)
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
  /// Reads a `RecordEntry.move`; of the reasons only whether it was an exit step is in it.
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
      phase: phase, reason: try reader.word(UInt8.self) == 1 ? .step : nil)
  }

  /// Journey, version, entry, from + 1, to + 1, phase, whether by an exit step.
  fileprivate var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(varint: UInt64(journey.number))
    bytes.append(varint: UInt64(version))
    bytes.append(varint: UInt64(entry))
    bytes.append(varint: from.map { UInt64($0) + 1 } ?? 0)
    bytes.append(varint: to.map { UInt64($0) + 1 } ?? 0)
    bytes.append(phase.rawValue)
    bytes.append(reason == .step ? 1 : 0)
    return bytes
  }
}
