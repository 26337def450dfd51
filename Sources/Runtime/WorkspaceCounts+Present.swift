import Delivery
import RoostCore

extension WorkspaceCounts {
  /// All that is counted of people as they are at present: what `add` changes.
  struct Present {
    var people = 0
    var members: [Int] = []
    var waiting: [StepKey: Int] = [:]
    var activity = ActivityTotals()
    var segmentActivity: [Int: ActivityTotals] = [:]
    var suppressed: Set<PersonID> = []
  }

  var present: Present {
    get {
      Present(
        people: people, members: members, waiting: waiting, activity: activity, segmentActivity: segmentActivity,
        suppressed: suppressed)
    }
    set {
      people = newValue.people
      members = newValue.members
      waiting = newValue.waiting
      activity = newValue.activity
      segmentActivity = newValue.segmentActivity
      suppressed = newValue.suppressed
    }
  }
}

extension WorkspaceCounts.Present {
  func json(_ workspace: WorkspaceID) -> JSONValue {
    let steps = waiting.sorted {
      ($0.key.journey, $0.key.version, $0.key.step) < ($1.key.journey, $1.key.version, $1.key.step)
    }
    .map { key, count -> JSONValue in
      [
        "journey": .int(Int64(key.journey.number)), "version": .int(Int64(key.version)),
        "step": .int(Int64(key.step)), "count": .int(Int64(count)),
      ]
    }
    return [
      "workspace": .int(Int64(workspace.number)), "people": .int(Int64(people)),
      "members": .array(members.map { .int(Int64($0)) }), "waiting": .array(steps), "activity": activity.json,
      "segments": .array(
        segmentActivity.sorted { $0.key < $1.key }.map { slot, activity -> JSONValue in
          ["slot": .int(Int64(slot)), "activity": activity.json]
        }),
      "suppressed": .array(suppressed.sorted().map { .int(Int64(bitPattern: $0.number)) }),
    ]
  }

  /// `nil` for anything else than `json` gives.
  init?(json: JSONValue) {
    guard let people = json["people"]?.int, let members = json["members"]?.array, let steps = json["waiting"]?.array,
      let activity = json["activity"].flatMap(ActivityTotals.init(json:)), let segments = json["segments"]?.array,
      let suppressed = json["suppressed"]?.array
    else { return nil }
    self.people = Int(people)
    self.activity = activity
    for segment in segments {
      guard let slot = segment["slot"]?.int,
        let activity = segment["activity"].flatMap(ActivityTotals.init(json:))
      else { return nil }
      segmentActivity[Int(slot)] = activity
    }
    for person in suppressed {
      guard let number = person.int else { return nil }
      self.suppressed.insert(PersonID(UInt64(bitPattern: number)))
    }
    for member in members {
      guard let count = member.int else { return nil }
      self.members.append(Int(count))
    }
    for step in steps {
      guard let journey = step["journey"]?.int.flatMap({ UInt32(exactly: $0) }),
        let version = step["version"]?.int.flatMap({ UInt32(exactly: $0) }),
        let place = step["step"]?.int.flatMap({ UInt32(exactly: $0) }), let count = step["count"]?.int
      else { return nil }
      waiting[.init(journey: Symbol(journey), version: version, step: place)] = Int(count)
    }
  }
}
