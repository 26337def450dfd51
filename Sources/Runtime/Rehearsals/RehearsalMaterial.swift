import Engine
import History
import Profiles
import Rehearsal
import RoostCore
import Segments

/// Everything that a rehearsal takes from the running installation: definitions and names as of its beginning. Kept with
/// the result, so that a person's story can be told later as it was counted.
struct RehearsalMaterial: Sendable {
  var request: RehearsalRequest
  var sources: WorkspaceSources
  var past: [JourneyChange]
  /// The workspace's own names.
  var names: [String]
  /// What arrived in the history from here on is not in it.
  var endArrival: UInt64

  func plan(_ zones: ZoneTable) throws(Problem) -> RehearsalPlan {
    try RehearsalPlan(request, sources: sources, past: past, symbols: SymbolTable(names: names), zones: zones)
  }

  var json: JSONValue {
    [
      "format": 1, "request": request.json, "definitions": sources.json,
      "past": .array(
        past.map {
          [
            "at": .int($0.at.milliseconds), "key": .string($0.key), "status": .string($0.status.rawValue),
            "version": .int(Int64($0.version)),
          ]
        }),
      "names": .array(names.map(JSONValue.string)), "endArrival": .int(Int64(endArrival)),
    ]
  }

  init?(json: JSONValue) throws(Problem) {
    guard json["format"]?.int == 1, let request = json["request"], let definitions = json["definitions"],
      let sources = WorkspaceSources(json: definitions), let past = json["past"]?.array,
      let names = json["names"]?.array, let end = json["endArrival"]?.int
    else { return nil }
    self.request = try RehearsalRequest(json: request)
    self.sources = sources
    self.past = past.compactMap { item in
      guard let at = item["at"]?.int, let key = item["key"]?.string,
        let status = item["status"]?.string.flatMap(JourneyChange.Status.init), let version = item["version"]?.int
      else { return nil }
      return JourneyChange(at: Instant(milliseconds: at), key: key, status: status, version: UInt32(version))
    }
    self.names = names.compactMap(\.string)
    endArrival = UInt64(end)
  }

  init(
    request: RehearsalRequest, sources: WorkspaceSources, past: [JourneyChange], names: [String], endArrival: UInt64
  ) {
    self.request = request
    self.sources = sources
    self.past = past
    self.names = names
    self.endArrival = endArrival
  }
}

extension Partition {
  /// Gathers a rehearsal's material. A few milliseconds; the history itself is read beside the running service.
  func rehearsalMaterial(_ workspace: WorkspaceID, _ request: RehearsalRequest) throws(Problem) -> RehearsalMaterial {
    guard let sources = definitions[workspace], let table = symbols[workspace], histories[workspace] != nil else {
      throw Problem(.notFound, "there is no such workspace")
    }
    var kept = sources
    // No password belongs into a result.
    kept.documents[.channel] = kept.documents[.channel]?.mapValues { versions in
      versions.map { version in
        var version = version
        version.body = ChannelDefinition.redacted(version.body)
        return version
      }
    }
    return RehearsalMaterial(
      request: request, sources: kept, past: journeyChanges(workspace, sources),
      names: table.names(from: SymbolTable.firstOwnNumber), endArrival: 0)
  }

  /// What became of the published journeys, oldest first. The trail is bounded: of a journey that was published before it
  /// begins, the versions' own times stand in.
  private func journeyChanges(_ workspace: WorkspaceID, _ sources: WorkspaceSources) -> [JourneyChange] {
    var changes: [JourneyChange] = []
    var known: Set<String> = []
    for entry in audit[workspace] ?? [] {
      guard entry.action.hasPrefix("journey."),
        let status = JourneyChange.Status(rawValue: String(entry.action.dropFirst("journey.".count)))
      else { continue }
      known.insert(entry.key)
      changes.append(JourneyChange(at: entry.at, key: entry.key, status: status, version: entry.version))
    }
    for (key, state) in sources.journeys where state.published > 0 && !known.contains(key) {
      for document in sources.documents[.journey]?[key] ?? [] where document.version <= state.published {
        changes.append(
          JourneyChange(at: document.createdAt, key: key, status: .published, version: document.version))
      }
    }
    return changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// Which of some identifiers belong to others than the people whose events name them.
  func foreignKeys(_ workspace: WorkspaceID, _ asked: [NamedKey]) -> [Bool] {
    asked.map { named in
      guard let slot = index[named.key] else { return true }
      let owner = table.slots[slot].person
      if owner == named.person { return false }
      // The person may have been merged since the history was looked at.
      var person = named.person
      for _ in 0..<64 {
        guard let slot = table.find(workspace, person), let next = loadState(slot)?.redirect else { break }
        person = next
      }
      return owner != person
    }
  }
}

/// An identifier that a person's events name.
struct NamedKey: Sendable {
  var person: PersonID
  var key: IdentifierKey
}
