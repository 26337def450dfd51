import Events
import Profiles
import RoostCore

/// Decides for one person after another whether a `PreviewPlan` means them. For each: `begin`, `feed` everything,
/// `verdict`. It allocates nothing per person except for conditions with `where`, sums and sequences.
public struct PreviewAccumulator: Sendable {
  private let plan: PreviewPlan
  private var readings: [Int64]
  private var initialReadings: [Int64]
  private var bits: [UInt64]
  private var trackers = Trackers()

  public init(_ plan: PreviewPlan) {
    self.plan = plan
    initialReadings = plan.gauges.map(\.initial)
    readings = initialReadings
    bits = Array(repeating: 0, count: max(1, plan.set.wordCount))
  }

  /// Starts with the next person.
  public mutating func begin() {
    for index in readings.indices { readings[index] = initialReadings[index] }
    trackers.rows.removeAll(keepingCapacity: true)
    trackers.values.removeAll(keepingCapacity: true)
  }

  /// Takes the person's events as columns: the rows `rows` of names, kinds (`EventKind`'s raw values) and times. Those
  /// that `plan.needsRecord` must also be fed as records.
  public mutating func feed(
    _ rows: Range<Int>, symbols: UnsafeBufferPointer<UInt16>, kinds: UnsafeBufferPointer<UInt8>,
    times: UnsafeBufferPointer<Int64>
  ) {
    guard !plan.gauges.isEmpty else { return }
    let names = plan.gaugeStarts.count &- 1
    plan.gaugeStarts.withUnsafeBufferPointer { starts in
      plan.gaugeOrder.withUnsafeBufferPointer { order in
        plan.gauges.withUnsafeBufferPointer { gauges in
          readings.withUnsafeMutableBufferPointer { readings in
            for row in rows {
              let symbol = Int(symbols[row])
              guard symbol < names, kinds[row] == EventKind.track.rawValue else { continue }
              let time = times[row]
              for place in Int(starts[symbol])..<Int(starts[symbol &+ 1]) {
                let index = Int(order[place])
                readings[index] = gauges[index].reading(readings[index], time)
              }
            }
          }
        }
      }
    }
  }

  /// Takes an event's record, for what needs more than its name and time.
  public mutating func feed(_ event: EventView) { _ = plan.plans.record(event, in: &trackers) }

  /// Whether the person is meant; `nil` if that depends on their state: then ask `verdict(for:)`.
  public mutating func verdict() -> Bool? {
    readEvents()
    return walk(isStateKnown: false)
  }

  /// Whether the person is meant, after `verdict` said that it depends on their state.
  public mutating func verdict(for state: PersonState) -> Bool {
    readEvents()
    var flip = Int64.max
    bits.withUnsafeMutableBufferPointer {
      plan.set.evaluateState(state, trigger: nil, now: plan.now, bits: $0, flip: &flip)
    }
    return walk(isStateKnown: true) ?? false
  }

  private mutating func readEvents() {
    var flip = Int64.max
    bits.withUnsafeMutableBufferPointer { bits in
      plan.set.evaluateTrackers(trackers, now: plan.now.milliseconds, bits: bits, flip: &flip)
      for index in plan.gauges.indices {
        let gauge = plan.gauges[index]
        let mask: UInt64 = 1 &<< UInt64(gauge.bit & 63)
        let word = Int(gauge.bit >> 6)
        let holds = readings[index] >= gauge.least && readings[index] <= gauge.most
        bits[word] = holds ? bits[word] | mask : bits[word] & ~mask
      }
    }
  }

  private func walk(isStateKnown: Bool) -> Bool? {
    var place = plan.root
    while place >= 0 {
      let node = plan.set.nodes[Int(place)]
      let word = Int(node.bit >> 6)
      let shift = UInt64(node.bit & 63)
      if !isStateKnown, plan.stateBits[word] &>> shift & 1 != 0 { return nil }
      place = bits[word] &>> shift & 1 != 0 ? node.ifTrue : node.ifFalse
    }
    return place == ConditionSet.Node.yes
  }
}

extension PreviewPlan.Gauge {
  @inline(__always)
  func reading(_ old: Int64, _ time: Int64) -> Int64 {
    switch kind {
    case .count: old &+ (time > cutoff ? 1 : 0)
    case .first: min(old, time)
    case .last: max(old, time)
    }
  }
}
