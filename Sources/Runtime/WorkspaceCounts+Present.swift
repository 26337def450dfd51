import RoostCore

extension WorkspaceCounts {
  /// How many there are, and where, at present.
  struct Present: Equatable {
    var people = 0
    var members: [Int] = []
    var waiting: [StepKey: Int] = [:]
  }

  var present: Present {
    get { Present(people: people, members: members, waiting: waiting) }
    set {
      people = newValue.people
      members = newValue.members
      waiting = newValue.waiting
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
      "members": .array(members.map { .int(Int64($0)) }), "waiting": .array(steps),
    ]
  }

  /// `nil` for anything else than `json` gives.
  init?(json: JSONValue) {
    guard let people = json["people"]?.int, let members = json["members"]?.array, let steps = json["waiting"]?.array
    else { return nil }
    self.people = Int(people)
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
