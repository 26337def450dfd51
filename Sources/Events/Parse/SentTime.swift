import RoostCore

/// When an event happened, as its sender's clock said.
///
/// Segment's rule: `timestamp = receivedAt − (sentAt − originalTimestamp)`; what a library calls `timestamp` is
/// `originalTimestamp` there. Both present means that somebody has corrected it before us, and `timestamp` stands. Nor
/// is a clock corrected that differs by more than a day from ours: it is simulated or broken, and the difference says
/// nothing about the event.
struct SentTime {
  /// `nil`: when it was received.
  var declared: Instant?
  /// The event's own `sentAt`, which goes before the batch's.
  var sentAt: Instant?
  var isFinal = false
  var pointer = "/timestamp"

  func corrected(receivedAt: Instant, sentAt batchSentAt: Instant?, isHistorical: Bool) -> Instant {
    guard let declared else { return receivedAt }
    guard !isHistorical, !isFinal, let sentAt = sentAt ?? batchSentAt else { return declared }
    let skew = receivedAt - sentAt
    guard abs(skew.milliseconds) <= EventLimits.skewMax.milliseconds else { return declared }
    return max(declared + skew, Instant(milliseconds: 0))
  }
}

extension EventParser {
  /// The times of an event. An unreadable `sentAt` counts as absent: it only corrects.
  func sentTime(_ members: EventMembers, _ reading: CallReading) throws(Drop) -> SentTime {
    var time = SentTime()
    if let timestamp = members.timestamp {
      time.declared = try instant(timestamp, "/timestamp", reading)
      time.isFinal = members.originalTimestamp != nil
    } else if let original = members.originalTimestamp {
      time.declared = try instant(original, "/originalTimestamp", reading)
      time.pointer = "/originalTimestamp"
    }
    time.sentAt = members.sentAt.flatMap { reading.time($0, texts) }
    return time
  }

  private func instant(_ slice: JSONSlice, _ pointer: String, _ reading: CallReading) throws(Drop) -> Instant {
    guard let instant = reading.time(slice, texts) else {
      throw Drop(.invalidTimestamp, pointer, "Write a time by ISO 8601, such as 2026-03-01T10:00:00.000Z.")
    }
    guard instant.milliseconds >= 0 else {
      throw Drop(.invalidTimestamp, pointer, "Nothing before 1970 can be taken, and this is \(instant.text).")
    }
    return instant
  }
}
