import Delivery
import Engine
import Journeys
import Profiles
import RoostCore

/// What would become of a broadcast if everybody had their turn now.
public struct BroadcastEstimate: Sendable, Equatable {
  public internal(set) var audience = 0
  /// Who would get it at once.
  public internal(set) var reachable = 0
  /// Who would get it later, by what holds it up.
  public internal(set) var held: [SuppressionReason: Int] = [:]
  /// Who would not get it, by the reason.
  public internal(set) var suppressed: [SuppressionReason: Int] = [:]
  public internal(set) var heldOut = 0
  /// With whom the variants would be tried.
  public internal(set) var sample = 0
  /// Messages a second, if the broadcast or its channel has a rate.
  public internal(set) var perSecond: Double?

  /// How long it takes at its rate; `nil` if nothing limits it.
  public var seconds: Int? {
    perSecond.map { Int((Double(reachable + held.values.reduce(0, +)) / $0).rounded(.up)) }
  }

  public var json: JSONValue {
    func object(_ counts: [SuppressionReason: Int]) -> JSONValue {
      .object(
        counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init($0.key.rawValue, .int(Int64($0.value))) })
    }
    return [
      "audience": .int(Int64(audience)), "reachable": .int(Int64(reachable)), "held": object(held),
      "suppressed": object(suppressed), "heldOut": .int(Int64(heldOut)), "sample": .int(Int64(sample)),
      "perSecond": perSecond.map(JSONValue.double) ?? .null, "seconds": seconds.map { .int(Int64($0)) } ?? .null,
    ]
  }
}

extension Node {
  /// Asks the gate about everybody in the audience, changing nothing. Exact as of now; work goes on between the steps.
  public func estimateBroadcast(_ workspace: WorkspaceID, _ key: String) async throws(Problem) -> BroadcastEstimate {
    var estimate = BroadcastEstimate()
    var next: Int? = 0
    while let from = next {
      let given = estimate
      (estimate, next) = try await perform { partition throws(Problem) in
        try partition.estimate(workspace, key, given, from: from)
      }
    }
    return estimate
  }
}

extension Partition {
  private static let estimatedPerStep = 2_000

  /// Some more people; where to go on, `nil` at the end.
  fileprivate func estimate(
    _ workspace: WorkspaceID, _ key: String, _ before: BroadcastEstimate, from: Int
  ) throws(Problem) -> (BroadcastEstimate, Int?) {
    guard let sources = definitions[workspace], let run = sources.broadcast(key), let engine = compiled[workspace],
      let definition = try sources.broadcastDefinition(key)
    else { throw Problem(.notFound, "there is no broadcast \"\(key)\"") }
    if from == 0 { try check(sources, definition) }
    var estimate = before
    estimate.perSecond = perSecond(definition, engine)
    let end = min(table.count, from + Self.estimatedPerStep)
    let slots = (from..<end).filter { table.slots[$0].workspace == workspace }
    try fetchMissing(slots)
    let filter = AudienceFilter(definition, sources)
    let journey = BroadcastDefinition.journeyKey(key, number: run.number)
    let request = engine.definitions.request(of: definition, journey)
    let now = now()
    var state = PersonState(workspace: workspace, id: PersonID(0), createdAt: now)
    for slot in slots {
      guard loadState(slot, into: &state), state.redirect == nil, filter.accepts(state) else { continue }
      estimate.add(state, definition, request, journey, engine.definitions, now)
    }
    evictFetched()
    return (estimate, end < table.count ? end : nil)
  }

  private func perSecond(_ definition: BroadcastDefinition, _ engine: Engine) -> Double? {
    let own = definition.rate.map { Double($0.messages) * 1_000 / Double($0.per.milliseconds) }
    let channel = engine.definitions.channel(for: definition.channel)?.ratePerSecond
    return [own, channel].compactMap { $0 }.min()
  }
}

extension BroadcastEstimate {
  fileprivate mutating func add(
    _ state: PersonState, _ definition: BroadcastDefinition, _ request: SendRequest, _ journey: String,
    _ definitions: WorkspaceDefinitions, _ now: Instant
  ) {
    audience += 1
    if let test = definition.test,
      Lot(sampleOf: journey, workspace: state.workspace, person: state.id).isWithin(test.share)
    {
      sample += 1
    }
    guard !definitions.isHeldOut(state, of: definition, journey) else {
      heldOut += 1
      return
    }
    var copy = state
    switch definitions.gate.decide(request, &copy, now: now) {
    case .deliver: reachable += 1
    case .hold(_, let reason, _): held[reason.published, default: 0] += 1
    case .suppress(let reason, _): suppressed[reason, default: 0] += 1
    }
  }
}
