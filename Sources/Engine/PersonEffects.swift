import Delivery
import Journeys
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
  /// Journey, version, entry, from + 1, to + 1, phase.
  fileprivate var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(varint: UInt64(journey.number))
    bytes.append(varint: UInt64(version))
    bytes.append(varint: UInt64(entry))
    bytes.append(varint: from.map { UInt64($0) + 1 } ?? 0)
    bytes.append(varint: to.map { UInt64($0) + 1 } ?? 0)
    bytes.append(phase.rawValue)
    return bytes
  }
}
