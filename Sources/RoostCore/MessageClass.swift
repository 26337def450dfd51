/// What gives the right to send a message: two classes with different rules, never a flag on one.
@frozen
public enum MessageClass: String, Sendable, Hashable, CaseIterable {
  /// Needs consent; caps, quiet hours and holdouts apply.
  case marketing
  /// Part of what the person asked for (receipt, password); needs no consent and is never held back for others' sake.
  case transactional
}
