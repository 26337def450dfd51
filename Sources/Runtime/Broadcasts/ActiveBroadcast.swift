import Delivery
import Engine
import Journeys
import RoostCore

/// A broadcast that has something to do, with what is asked of it again and again.
struct ActiveBroadcast: Sendable {
  var workspace: WorkspaceID
  var key: String
  var definition: BroadcastDefinition
  /// Of the journey that it is made of.
  var journey: String

  var ref: JourneyRef { JourneyRef(workspace: workspace, journey: journey) }
}

/// How far whoever drives a broadcast has come; made anew after a restart, since people know whether they had their turn.
struct BroadcastWalk {
  /// The stage that it belongs to.
  var stage: BroadcastRun.Stage
  var gathering: Gathering?
  var people = AudienceCursor()
  var isWalked = false
  var proving: Proving?
  /// A proof failed: it is not tried again before then.
  var retryAt: Instant?

  /// Who is in the audience is being written down.
  struct Gathering {
    var next = 0
    /// Whoever has come since it began is not in it.
    var end: Int
    var people = 0
    var lists = 0
  }

  struct Proving {
    var proof = BroadcastProof()
    var people = AudienceCursor()
    var areMessagesNext = false
    /// The last message that was counted.
    var after: [UInt8]?
  }
}

/// A place in a broadcast's lists of people.
struct AudienceCursor {
  private(set) var list = 0
  private(set) var place = 0
  private var people: [PersonID] = []

  /// The next ones, at most `count`, all of one list; empty at the end.
  ///
  /// - Parameter load: a list by its number.
  mutating func take(
    _ count: Int, of lists: Int, load: (Int) throws(Problem) -> [PersonID]
  ) throws(Problem) -> ArraySlice<PersonID> {
    while list < lists {
      if place == 0 { people = try load(list) }
      guard place < people.count else {
        list += 1
        place = 0
        continue
      }
      let taken = people[place..<min(place + count, people.count)]
      place = taken.endIndex
      return taken
    }
    people = []
    return []
  }
}
