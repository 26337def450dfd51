/// What a call's body came to.
public struct ParsedCall: Sendable {
  /// The records of the accepted events, back to back, in the order of the body.
  public var events: EventWriter
  /// Where each record lies in `events.bytes`.
  public var ranges: [Range<Int>]
  /// The others, in the order of the body.
  public var rejected: [Rejection]
  /// `writeKey` of the body, if it has one.
  public var writeKey: String?

  public init(events: EventWriter, ranges: [Range<Int>], rejected: [Rejection], writeKey: String?) {
    self.events = events
    self.ranges = ranges
    self.rejected = rejected
    self.writeKey = writeKey
  }
}
