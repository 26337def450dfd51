import RoostCore

extension BroadcastRun {
  /// As the log and checkpoints have it.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("stage", .string(stage.rawValue)), .init("paused", .bool(isPaused)), .init("number", .int(Int64(number))),
      .init("version", .int(Int64(version))), .init("audience", .int(Int64(audience))),
      .init("lists", .int(Int64(lists))), .init("removed", .bool(isRemoved)),
    ]
    for (name, moment) in [("at", at), ("startedAt", startedAt), ("sampledAt", sampledAt), ("endedAt", endedAt)] {
      if let moment { members.append(.init(name, .int(moment.milliseconds))) }
    }
    if let decision { members.append(.init("decision", decision.json)) }
    if let proof { members.append(.init("proof", proof.json)) }
    return .object(members)
  }

  public init?(json: JSONValue) {
    guard let stage = json["stage"]?.string.flatMap(Stage.init), let number = json["number"]?.int,
      let version = json["version"]?.int
    else { return nil }
    self.init(number: UInt32(number))
    self.stage = stage
    self.version = UInt32(version)
    isPaused = json["paused"]?.bool ?? false
    isRemoved = json["removed"]?.bool ?? false
    audience = Int(json["audience"]?.int ?? 0)
    lists = Int(json["lists"]?.int ?? 0)
    at = json["at"]?.int.map { Instant(milliseconds: $0) }
    startedAt = json["startedAt"]?.int.map { Instant(milliseconds: $0) }
    sampledAt = json["sampledAt"]?.int.map { Instant(milliseconds: $0) }
    endedAt = json["endedAt"]?.int.map { Instant(milliseconds: $0) }
    decision = json["decision"].flatMap(BroadcastDecision.init(json:))
    proof = json["proof"].flatMap(BroadcastProof.init(json:))
  }
}
