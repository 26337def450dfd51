import Engine
import Events
import Profiles
import RoostCore

/// The engine's step alone, on one core and without storage: parsed events against people's decoded states, then with
/// decoding and encoding of each state, beside a dictionary that only finds the person and counts.
struct EngineBench {
  let sizes: BenchSizes
  let sheet: FigureSheet

  func run() throws {
    sheet.say("engine: \(grouped(sizes.engineEvents)) events of \(grouped(sizes.enginePeople)) people")
    var workload = try EngineWorkload(people: sizes.enginePeople)
    try workload.identify()
    let plain = try workload.measure(events: sizes.engineEvents, isCoded: false)
    let coded = try workload.measure(events: sizes.engineEvents / 4, isCoded: true)
    sheet.add(
      Figure(
        name: "engine step, one core", value: plain.eventsPerSecond, unit: "events/s", target: .atLeast(800_000),
        details: [
          .init(name: "each", value: 1e9 / plain.eventsPerSecond, unit: "ns"),
          .init(name: "of a bare find and count", value: plain.eventsPerSecond / plain.bareEventsPerSecond),
          .init(name: "segment changes an event", value: plain.changesPerEvent),
          .init(name: "journey moves an event", value: plain.movesPerEvent),
        ]))
    sheet.add(
      Figure(
        name: "engine step with decoding and encoding", value: coded.eventsPerSecond, unit: "events/s",
        details: [
          .init(name: "each", value: 1e9 / coded.eventsPerSecond, unit: "ns"),
          .init(name: "state", value: workload.bytesPerState, unit: "bytes"),
        ]))
  }
}
