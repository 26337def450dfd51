import RoostCore

/// For whom and when a page is written.
public struct Reader: Sendable {
  public var language: Language
  public var zone: ZoneOffsets
  /// The server's clock, or the sandbox's.
  public var now: Instant

  public init(language: Language, zone: ZoneOffsets, now: Instant) {
    self.language = language
    self.zone = zone
    self.now = now
  }
}

/// A time zone as a list of its changes: what the pages need of the zone database.
public struct ZoneOffsets: Sendable {
  /// From a moment on, local time is UTC plus so many seconds.
  public struct Change: Sendable {
    public var since: Instant
    public var seconds: Int

    public init(since: Instant, seconds: Int) {
      self.since = since
      self.seconds = seconds
    }
  }

  /// What people call it: `Europe/Rome`.
  public var name: String
  private let changes: [Change]

  public static let utc = ZoneOffsets(name: "UTC", changes: [])

  /// `changes` in order of time; before the first of them UTC holds.
  public init(name: String, changes: [Change]) {
    self.name = name
    self.changes = changes
  }

  /// The offset from UTC at a moment, in seconds.
  public func seconds(at moment: Instant) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].since <= moment { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 0 : changes[low - 1].seconds
  }
}
