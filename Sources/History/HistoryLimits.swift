/// Where the history is cut into segments. Part of the format: the same items under the same limits give the same bytes,
/// so a store keeps the limits that it was created with.
public struct HistoryLimits: Hashable, Sendable {
  /// The recent part becomes a segment after this many items (events, redirects, erasures)…
  public var recentItemsMax: Int
  /// …or after this many bytes of event records, whichever comes first.
  public var recentBytesMax: Int
  /// So many segments of one level become one of the next.
  public var fanIn: Int

  public init(recentItemsMax: Int = 200_000, recentBytesMax: Int = 32 << 20, fanIn: Int = 8) {
    precondition(recentItemsMax > 0 && recentItemsMax < 1 << 24 && recentBytesMax > 0 && fanIn > 1)
    self.recentItemsMax = recentItemsMax
    self.recentBytesMax = recentBytesMax
    self.fanIn = fanIn
  }

  /// An event record longer than this is refused: offsets within a block of rows are 32 bits.
  public static let recordBytesMax = 8 << 20
}
