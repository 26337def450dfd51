import Delivery
import Journeys
import Profiles
import RoostCore

extension WorkspaceCounts {
  mutating func add(_ move: JourneyMove) {
    var totals = totals[move.journey] ?? JourneyTotals()
    switch (move.to, move.phase) {
    case (nil, .running): totals.entered += 1
    case (_, .finished): totals.finished += 1
    case (_, .exited): totals.exited += 1
    case (_, .running): break
    }
    self.totals[move.journey] = totals
  }

  mutating func countMessage(of message: MessageRecord, symbols: SymbolTable?) {
    guard let journey = symbols?.find(message.journey) else { return }
    totals[journey, default: JourneyTotals()].messages += 1
  }

  /// Totals since the beginning, for a checkpoint.
  var totalsJSON: JSONValue {
    let journeys = totals.sorted { $0.key < $1.key }.map { journey, totals -> JSONValue in
      [
        "journey": .int(Int64(journey.number)), "entered": .int(Int64(totals.entered)),
        "finished": .int(Int64(totals.finished)), "exited": .int(Int64(totals.exited)),
        "messages": .int(Int64(totals.messages)),
      ]
    }
    return ["events": .int(Int64(events)), "journeys": .array(journeys)]
  }

  mutating func restoreTotals(_ json: JSONValue) {
    events = Int(json["events"]?.int ?? 0)
    for item in json["journeys"]?.array ?? [] {
      guard let journey = item["journey"]?.int else { continue }
      totals[Symbol(UInt32(journey))] = JourneyTotals(
        entered: Int(item["entered"]?.int ?? 0), finished: Int(item["finished"]?.int ?? 0),
        exited: Int(item["exited"]?.int ?? 0), messages: Int(item["messages"]?.int ?? 0))
    }
  }
}
