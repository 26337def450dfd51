import Events
import Profiles
import RoostCore

extension EventPlans {
  /// Brings the trackers up to date with an event; whether any might have changed.
  func record(_ event: EventView, in trackers: inout Trackers) -> Bool {
    guard let index = index(of: event.name), event.kind == .track else { return false }
    let plan = plans[index]
    let time = event.timestamp.milliseconds
    var properties = EventProperties(event)
    var isRecorded = false
    streams.withUnsafeBufferPointer { streams in
      updates.withUnsafeBufferPointer { updates in
        for number in plan.streams {
          let stream = streams[Int(number)]
          guard passes(stream.filters, &properties) else { continue }
          isRecorded = true
          for update in stream.updates { updates[Int(update)].apply(&properties, time, in: &trackers) }
        }
      }
    }
    for number in plan.sequences {
      let sequence = sequences[Int(number)]
      let mask = mask(sequence, &properties)
      guard mask != 0 else { continue }
      isRecorded = true
      SequenceTracker.add(time, mask, to: sequence.slot, sequence.search, in: &trackers)
    }
    return isRecorded
  }

  @inline(__always)
  private func passes(_ index: Int32, _ properties: inout EventProperties) -> Bool {
    index < 0 || filters[Int(index)].pass(&properties)
  }

  @inline(__always)
  private func mask(_ sequence: Sequence, _ properties: inout EventProperties) -> Int64 {
    var mask: Int64 = 0
    for part in sequence.parts where passes(parts[Int(part)].filters, &properties) { mask |= parts[Int(part)].mask }
    return mask
  }
}

extension EventPlans.Update {
  @inline(__always)
  func apply(_ properties: inout EventProperties, _ time: Int64, in trackers: inout Trackers) {
    switch kind {
    case .count: CountTracker.add(1, to: slot, in: &trackers)
    case .first: FirstTracker.add(time, to: slot, in: &trackers)
    case .times: RecentTracker.add(time, to: slot, capacity: capacity, in: &trackers)
    case .total, .amounts:
      guard let micros = AmountTracker.micros(properties.operand(property).number) else { return }
      if kind == .total {
        TotalTracker.add(micros, to: slot, in: &trackers)
      } else {
        AmountTracker.add(time, micros, to: slot, in: &trackers)
      }
    }
  }
}

extension SequenceSearch {
  init(_ sequence: SequenceCondition) {
    self.init(
      stepCount: sequence.steps.count, window: sequence.window?.milliseconds ?? .max,
      hasWithout: sequence.without != nil)
  }
}
