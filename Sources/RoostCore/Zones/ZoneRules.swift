/// The rules of one time zone: when its clocks differed from UTC by how much, and how they will.
///
/// Made of a TZif file (`init(name:tzif:)`, RFC 9636). Leap seconds do not exist here, as `Instant` knows none.
public final class ZoneRules: Sendable {
  /// A stretch of time in which the clocks differed from UTC by the same amount.
  public struct Period: Sendable, Equatable {
    /// `.distantPast` if it has none.
    public var start: Instant
    /// The first moment after it; `.distantFuture` if it has none.
    public var end: Instant
    /// East of UTC.
    public var offsetSeconds: Int

    var offset: TimeSpan { .seconds(Int64(offsetSeconds)) }
  }

  /// `Europe/Rome`
  public let name: String
  /// Seconds since 1970 in which a period begins; ascending.
  private let changes: [Int64]
  /// One more than there are changes: the first one's holds before the first change.
  private let offsets: [Int32]
  /// What goes on after the last change.
  private let footer: ZoneFooter?

  init(name: String, changes: [Int64], offsets: [Int32], footer: ZoneFooter?) {
    precondition(offsets.count == changes.count + 1)
    self.name = name
    self.changes = changes
    self.offsets = offsets
    self.footer = footer
  }

  /// A zone whose clocks never change.
  public convenience init(name: String, offsetSeconds: Int) {
    self.init(name: name, changes: [], offsets: [Int32(clamping: offsetSeconds)], footer: nil)
  }

  /// A zone by a rule in the words of POSIX's `TZ`, without a past: `CET-1CEST,M3.5.0,M10.5.0/3`. `nil` for anything else.
  public convenience init?(name: String, posixRule: String) {
    var text = posixRule
    guard let footer = text.withUTF8({ ZoneFooter(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.init(name: name, changes: [], offsets: [footer.standardOffset], footer: footer)
  }

  public static let utc = ZoneRules(name: "UTC", offsetSeconds: 0)

  /// How far the clocks are ahead of UTC, in seconds.
  public func offsetSeconds(at moment: Instant) -> Int {
    let seconds = moment.secondsSince1970
    let index = changes(until: seconds)
    if index == changes.count, let footer { return Int(footer.period(at: seconds).offset) }
    return Int(offsets[index])
  }

  /// The period in which a moment lies. Two in a row may have the same offset.
  public func period(at moment: Instant) -> Period {
    let seconds = moment.secondsSince1970
    let index = changes(until: seconds)
    let start = index == 0 ? Int64.min : changes[index - 1]
    guard index == changes.count else {
      return Period(
        start: Instant(seconds: start), end: Instant(seconds: changes[index]), offsetSeconds: Int(offsets[index]))
    }
    guard let footer else {
      return Period(start: Instant(seconds: start), end: .distantFuture, offsetSeconds: Int(offsets[index]))
    }
    let period = footer.period(at: seconds)
    return Period(
      start: Instant(seconds: max(start, period.start)), end: Instant(seconds: period.end),
      offsetSeconds: Int(period.offset))
  }

  /// How many changes there were up to a second.
  private func changes(until seconds: Int64) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ZoneRules {
  /// No zone is further from UTC (RFC 9636, 3.2 asks for less than 26 hours).
  static let offsetSecondsMax = 26 * 3_600

  /// What the clocks show.
  public func local(_ moment: Instant) -> LocalTime {
    LocalTime(asUTC: moment + .seconds(Int64(offsetSeconds(at: moment))))
  }

  /// When the clocks show a local time: the first time they do, where they are set back; the first moment after the
  /// gap, where they are set forward over it.
  public func instant(_ local: LocalTime) -> Instant {
    let shown = local.asUTC
    var period = period(at: shown - .seconds(Int64(Self.offsetSecondsMax)))
    while true {
      let candidate = shown - period.offset
      if candidate < period.start { return period.start }
      if candidate < period.end || period.end == .distantFuture { return candidate }
      period = self.period(at: period.end)
    }
  }

  /// The day's first moment: midnight, unless clocks skip it.
  public func start(of date: CivilDate) -> Instant { instant(LocalTime(date)) }
}

extension Instant {
  /// Whole seconds, rounded down.
  @inlinable
  var secondsSince1970: Int64 {
    let seconds = milliseconds / 1_000
    return milliseconds % 1_000 < 0 ? seconds - 1 : seconds
  }

  /// Saturates.
  init(seconds: Int64) {
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : milliseconds)
  }
}
