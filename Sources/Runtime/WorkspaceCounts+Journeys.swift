import Delivery
import Engine
import Journeys
import Profiles
import RoostCore

extension WorkspaceCounts {
  mutating func add(_ move: JourneyMove) {
    var totals = totals[move.journey] ?? JourneyTotals()
    switch (move.to, move.phase) {
    case (nil, .running): totals.entered += 1
    case (_, .finished): totals.finished += 1
    case (_, .exited):
      totals.exited += 1
      if move.reason == .goal { totals.goals += 1 }
    case (_, .heldOut):
      totals.entered += 1
      totals.heldOut += 1
    case (_, .running): break
    }
    self.totals[move.journey] = totals
    if let place = move.from, move.phase != .exited || move.reason == .step {
      passed[PlaceKey(journey: move.journey, version: move.version, place: place), default: 0] += 1
    }
  }

  /// A message that is held comes again when it is decided.
  mutating func countMessage(of message: MessageRecord, symbols: SymbolTable?) {
    guard message.status != .held, let journey = symbols?.find(message.journey) else { return }
    totals[journey, default: JourneyTotals()].messages += 1
  }

  /// Totals since the beginning, for a checkpoint.
  var totalsJSON: JSONValue {
    let journeys = totals.sorted { $0.key < $1.key }.map { journey, totals -> JSONValue in
      [
        "journey": .int(Int64(journey.number)), "entered": .int(Int64(totals.entered)),
        "finished": .int(Int64(totals.finished)), "exited": .int(Int64(totals.exited)),
        "messages": .int(Int64(totals.messages)), "goals": .int(Int64(totals.goals)),
        "heldOut": .int(Int64(totals.heldOut)),
      ]
    }
    let steps = passed.sorted {
      ($0.key.journey, $0.key.version, $0.key.place) < ($1.key.journey, $1.key.version, $1.key.place)
    }
    .map { key, count -> JSONValue in
      [
        "journey": .int(Int64(key.journey.number)), "version": .int(Int64(key.version)),
        "place": .int(Int64(key.place)), "passed": .int(Int64(count)),
      ]
    }
    let broadcasts = broadcasts.sorted { $0.key < $1.key }.map { journey, tally -> JSONValue in
      ["journey": .int(Int64(journey.number)), "tally": tally.json]
    }
    return [
      "events": .int(Int64(events)), "journeys": .array(journeys), "steps": .array(steps),
      "broadcasts": .array(broadcasts),
    ]
  }

  mutating func restoreTotals(_ json: JSONValue) {
    events = Int(json["events"]?.int ?? 0)
    for item in json["steps"]?.array ?? [] {
      guard let journey = item["journey"]?.int, let version = item["version"]?.int, let place = item["place"]?.int,
        let count = item["passed"]?.int
      else { continue }
      let key = PlaceKey(journey: Symbol(UInt32(journey)), version: UInt32(version), place: UInt32(place))
      passed[key] = Int(count)
    }
    for item in json["broadcasts"]?.array ?? [] {
      guard let journey = item["journey"]?.int, let tally = item["tally"].flatMap(BroadcastTally.init(json:)) else {
        continue
      }
      broadcasts[Symbol(UInt32(journey))] = tally
    }
    for item in json["journeys"]?.array ?? [] {
      guard let journey = item["journey"]?.int else { continue }
      totals[Symbol(UInt32(journey))] = JourneyTotals(
        entered: Int(item["entered"]?.int ?? 0), finished: Int(item["finished"]?.int ?? 0),
        exited: Int(item["exited"]?.int ?? 0), messages: Int(item["messages"]?.int ?? 0),
        goals: Int(item["goals"]?.int ?? 0), heldOut: Int(item["heldOut"]?.int ?? 0))
    }
  }
}
