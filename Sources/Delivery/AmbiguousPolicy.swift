import RoostCore

/// What is done about a message of which nobody knows whether it arrived.
public enum AmbiguousPolicy: Sendable, Hashable {
  /// Nothing: a person may miss it, nobody gets it twice.
  case leave
  /// It is handed over once more, under the same `Message-ID`: a person may get it twice, hardly anybody misses it.
  case resendOnce

  /// A doubled advertisement annoys more than a missing one; a missing receipt or password hurts more than a second.
  public init(for messageClass: MessageClass) {
    self =
      switch messageClass {
      case .marketing: .leave
      case .transactional: .resendOnce
      }
  }
}
