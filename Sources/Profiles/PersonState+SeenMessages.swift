import Events
import RoostCore

/// A message id that was seen, in one word: the day it was received (days since 1970) in the upper 16 bits, 48 bits of its
/// hash below. So sorted words are sorted by day, and what is too old is a prefix.
///
/// Two of a person's n messages share 48 bits with a probability of about n² / 2⁴⁹: 2 × 10⁻⁹ for a thousand.
@frozen
public struct SeenMessage: Sendable {
  public static let hashMask: UInt64 = 1 &<< 48 &- 1
  public static let daysKept: UInt64 = 31

  public var word: UInt64

  @inlinable
  public init(hash: UInt64, receivedAt: Instant) {
    let day = min(max(0, receivedAt.milliseconds / 86_400_000), 0xFFFF)
    word = UInt64(day) &<< 48 | hash & Self.hashMask
  }
}

extension PersonState {
  /// Whether the event's message id was seen before, within 31 days of receiving; if not it is remembered.
  public mutating func isRepeated(_ event: EventView) -> Bool {
    let seen = SeenMessage(hash: event.messageHash, receivedAt: event.receivedAt)
    if packed.has(.seenMessages) {
      switch packed.see(seen) {
      case .known: return true
      case .noted: return false
      case .undecided: load(.seenMessages)
      }
    }
    if isKnown(seen) { return true }
    var index = lists.seenMessages.count
    while index > 0, lists.seenMessages[index - 1] > seen.word { index -= 1 }
    lists.seenMessages.insert(seen.word, at: index)
    forgetOldMessages()
    return false
  }

  private func isKnown(_ seen: SeenMessage) -> Bool {
    lists.seenMessages.withUnsafeBufferPointer { words in
      var found = false
      // No early exit: the loop becomes vector code, and nearly every message is new.
      for word in words { found = found || (word ^ seen.word) & SeenMessage.hashMask == 0 }
      return found
    }
  }

  /// Drops what lies more than 31 days before the last message.
  mutating func forgetOldMessages() {
    load(.seenMessages)
    guard let first = lists.seenMessages.first, let last = lists.seenMessages.last else { return }
    let lastDay = last &>> 48
    guard first &>> 48 &+ SeenMessage.daysKept < lastDay else { return }
    let kept = lists.seenMessages.firstIndex { $0 &>> 48 &+ SeenMessage.daysKept >= lastDay } ?? 0
    lists.seenMessages.removeFirst(kept)
  }
}
