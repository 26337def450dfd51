import RoostCore

extension PersonState {
  /// Counts one occurrence of an event, over all time and in its month.
  mutating func count(_ event: Symbol, at time: Instant) {
    if !packed.has(.counters) || !packed.count(event, at: time, base: createdAt) {
      load(.counters)
      lists.counters.add(EventCounter(event: event, count: 1, first: time, last: time))
    }
    let month = time.monthSince1970
    if !packed.has(.months) || !packed.count(event, month: month) {
      load(.months)
      lists.months.add(MonthCount(event: event, month: month, count: 1))
    }
  }

  /// How often an event happened, when first and last; `nil` if never.
  public func counter(of event: Symbol) -> EventCounter? {
    let index = counters.index(of: event)
    return index < counters.count && counters[index].event == event ? counters[index] : nil
  }
}

extension [EventCounter] {
  @inline(__always)
  func index(of event: Symbol) -> Int {
    var index = 0
    while index < count, self[index].event < event { index &+= 1 }
    return index
  }

  mutating func add(_ row: EventCounter) {
    let index = index(of: row.event)
    guard index < count, self[index].event == row.event else { return insert(row, at: index) }
    self[index].count &+= row.count
    self[index].first = Swift.min(self[index].first, row.first)
    self[index].last = Swift.max(self[index].last, row.last)
  }
}

extension [MonthCount] {
  mutating func add(_ row: MonthCount) {
    var index = 0
    while index < count, (self[index].event, self[index].month) < (row.event, row.month) { index &+= 1 }
    guard index < count, self[index].event == row.event, self[index].month == row.month else {
      return insert(row, at: index)
    }
    self[index].count &+= row.count
  }
}

extension Instant {
  /// The calendar month of UTC it lies in, as months since January 1970, kept within `UInt16`.
  @inlinable
  public var monthSince1970: UInt16 {
    let date = date
    return UInt16(clamping: (date.year - 1_970) * 12 + date.month - 1)
  }
}
