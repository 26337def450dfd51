import Profiles
import RoostCore

extension PreviewPlan {
  /// Whether a `PreviewTally` can decide: no event's properties, no order of events and nobody without events matter. Where
  /// states matter, too, they are asked in any case.
  public var isTally: Bool { !gauges.isEmpty && !needsRecords && !needsState && !includesPeopleWithoutEvents }

  /// Nothing that is no later than this matters to a `PreviewTally`.
  public var after: Int64 {
    gauges.allSatisfy { $0.kind == .count } ? gauges.map(\.cutoff).min() ?? .min : .min
  }

  /// One question on the way to a verdict.
  struct Step: Sendable {
    /// Which reading is asked; −1: none, the answer is always `ifFalse`.
    var gauge: Int
    var least: Int64
    var most: Int64
    var ifTrue: Int
    var ifFalse: Int
  }

  /// The way to a verdict for people of whom nothing matters but readings, the first question first.
  var steps: [Step] {
    var bits = [UInt64](repeating: 0, count: max(1, set.wordCount))
    var flip = Int64.max
    bits.withUnsafeMutableBufferPointer {
      set.evaluateTrackers(Trackers(), now: now.milliseconds, bits: $0, flip: &flip)
    }
    // The nodes in their order, behind one that leads to the root.
    let start = Step(gauge: -1, least: 0, most: 0, ifTrue: 0, ifFalse: Self.step(root))
    return [start]
      + set.nodes.map { node in
        let (ifTrue, ifFalse) = (Self.step(node.ifTrue), Self.step(node.ifFalse))
        guard let gauge = gauges.firstIndex(where: { $0.bit == node.bit }) else {
          let holds = bits[Int(node.bit >> 6)] &>> UInt64(node.bit & 63) & 1 != 0
          return Step(gauge: -1, least: 0, most: 0, ifTrue: ifTrue, ifFalse: holds ? ifTrue : ifFalse)
        }
        return Step(
          gauge: gauge, least: gauges[gauge].least, most: gauges[gauge].most, ifTrue: ifTrue, ifFalse: ifFalse)
      }
  }

  /// A node's place among the steps; the two ends stay as they are.
  private static func step(_ node: Int32) -> Int { node >= 0 ? Int(node) + 1 : Int(node) }

  /// Whether somebody is meant whose readings lie from a place on.
  @inline(__always)
  static func means(
    _ steps: UnsafeBufferPointer<Step>, _ readings: UnsafeBufferPointer<Int64>, at first: Int
  ) -> Bool {
    var place = 0
    while place >= 0 {
      let step = steps[place]
      guard step.gauge >= 0 else {
        place = step.ifFalse
        continue
      }
      let reading = readings[first &+ step.gauge]
      place = reading >= step.least && reading <= step.most ? step.ifTrue : step.ifFalse
    }
    return place == Int(ConditionSet.Node.yes)
  }
}
