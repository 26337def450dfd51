import Engine
import RoostCore

/// Where in the log a commit begins: from here on it has to be read to get at the commit and all after it.
struct CheckpointPosition: Equatable {
  var commit: UInt64
  var logPosition: UInt64
}

/// Where the replay of a workspace's history begins.
struct HistoryStart: Equatable {
  var commit: UInt64
  /// Files that are missing later were lost, and the history is made anew from the log's beginning.
  var hasFiles: Bool
}

/// What the store's checkpoint says: states in the store are at least as new as `commit`; what is younger is in the log.
/// Everything here is as of that commit.
struct Checkpoint {
  var commit: UInt64
  var logPosition: UInt64
  var now: Instant
  var positions: [CheckpointPosition]
  var definitions: DefinitionSet
  var names: [(workspace: WorkspaceID, names: [String])]
  var quarantineNumber: UInt64
  var totals: JSONValue
  var audit: JSONValue
  var isSandbox: Bool
  /// From which commit on each history has to be replayed at most.
  var histories: [WorkspaceID: HistoryStart]
  /// How many people and identifiers there were, so that a start makes room for them at once; 0 if unknown.
  var people = 0
  var identifiers = 0

  var json: JSONValue {
    [
      "format": 1, "people": .int(Int64(people)), "identifiers": .int(Int64(identifiers)),
      "commit": .int(Int64(commit)), "logPosition": .int(Int64(logPosition)),
      "now": .int(now.milliseconds),
      "positions": .array(
        positions.map { ["commit": .int(Int64($0.commit)), "logPosition": .int(Int64($0.logPosition))] }),
      "definitions": definitions.json,
      "names": .array(
        names.map { ["workspace": .int(Int64($0.workspace.number)), "names": .array($0.names.map(JSONValue.string))] }),
      "quarantineNumber": .int(Int64(quarantineNumber)), "totals": totals, "audit": audit,
      "sandbox": .bool(isSandbox),
      "histories": .object(
        histories.sorted { $0.key < $1.key }.map {
          .init(
            String($0.key.number), ["commit": .int(Int64($0.value.commit)), "hasFiles": .bool($0.value.hasFiles)])
        }),
    ]
  }

  /// `nil` for what no version of Roost wrote.
  init?(json: JSONValue) {
    guard json["format"]?.int == 1, let commit = json["commit"]?.int, let logPosition = json["logPosition"]?.int,
      let now = json["now"]?.int, let positions = json["positions"]?.array,
      let definitions = json["definitions"].flatMap(DefinitionSet.init(json:)), let names = json["names"]?.array,
      let quarantineNumber = json["quarantineNumber"]?.int, let totals = json["totals"], let audit = json["audit"],
      let isSandbox = json["sandbox"]?.bool
    else { return nil }
    self.commit = UInt64(commit)
    self.logPosition = UInt64(logPosition)
    self.now = Instant(milliseconds: now)
    self.positions = positions.compactMap { item in
      guard let commit = item["commit"]?.int, let position = item["logPosition"]?.int else { return nil }
      return CheckpointPosition(commit: UInt64(commit), logPosition: UInt64(position))
    }
    self.definitions = definitions
    self.names = names.compactMap { item in
      guard let workspace = item["workspace"]?.int, let names = item["names"]?.array else { return nil }
      return (WorkspaceID(UInt32(workspace)), names.compactMap(\.string))
    }
    self.quarantineNumber = UInt64(quarantineNumber)
    self.totals = totals
    self.audit = audit
    self.isSandbox = isSandbox
    people = json["people"]?.int.flatMap { Int(exactly: $0) } ?? 0
    identifiers = json["identifiers"]?.int.flatMap { Int(exactly: $0) } ?? 0
    histories = [:]
    for member in json["histories"]?.members ?? [] {
      guard let workspace = UInt32(member.key), let commit = member.value["commit"]?.int,
        let hasFiles = member.value["hasFiles"]?.bool
      else { continue }
      histories[WorkspaceID(workspace)] = HistoryStart(commit: UInt64(commit), hasFiles: hasFiles)
    }
  }

  init(
    commit: UInt64, logPosition: UInt64, now: Instant, positions: [CheckpointPosition], definitions: DefinitionSet,
    names: [(workspace: WorkspaceID, names: [String])], quarantineNumber: UInt64, totals: JSONValue,
    audit: JSONValue, isSandbox: Bool, histories: [WorkspaceID: HistoryStart], people: Int, identifiers: Int
  ) {
    self.commit = commit
    self.logPosition = logPosition
    self.now = now
    self.positions = positions
    self.definitions = definitions
    self.names = names
    self.quarantineNumber = quarantineNumber
    self.totals = totals
    self.audit = audit
    self.isSandbox = isSandbox
    self.histories = histories
    self.people = people
    self.identifiers = identifiers
  }
}

/// A checkpoint under way: people and open messages that were changed since the last one move to the store between two
/// batches.
struct CheckpointRun {
  var checkpoint: Checkpoint
  var slots: [Int32]
  var done = 0
  /// Messages of the outbox that the store does not have as they are.
  var messages: [IntentID]
  var messagesDone = 0

  var isDone: Bool { done == slots.count && messagesDone == messages.count }
}
