import Delivery
import Engine
import RoostCore

/// One broadcast: what it is and how it stands.
package struct BroadcastView: Sendable {
  /// A variant of the test; or the whole broadcast where there is none.
  package struct Variant: Sendable {
    /// The subject or the template that tells it apart.
    package var label: String
    package var figures: VariantFigures
    /// Of these, in the trial.
    package var trial: VariantFigures
  }

  package var definition: BroadcastDefinition
  package var document: Document
  package var run: BroadcastRun
  /// The journey that its messages name.
  package var journey: String
  /// People who had their turn, those who are held out among them.
  package var turns: Int
  package var heldOut: Int
  /// Messages of people who were erased since.
  package var erased: Int
  package var counts: [MessageStatus: Int]
  package var variants: [Variant]
}

extension Partition {
  package func broadcastViews(_ workspace: WorkspaceID) throws(Problem) -> [BroadcastView] {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var views: [BroadcastView] = []
    for key in sources.broadcasts.keys.sorted() where sources.broadcast(key) != nil {
      views.append(try view(sources, key))
    }
    return views
  }

  package func broadcastView(_ workspace: WorkspaceID, _ key: String) throws(Problem) -> BroadcastView {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return try view(sources, key)
  }

  private func view(_ sources: WorkspaceSources, _ key: String) throws(Problem) -> BroadcastView {
    guard let run = sources.broadcast(key), let definition = try sources.broadcastDefinition(key),
      let document = sources.latest(.broadcast, key)
    else { throw Problem(.notFound, "there is no broadcast \"\(key)\"") }
    let journey = BroadcastDefinition.journeyKey(key, number: run.number)
    let workspace = sources.workspace.id
    let totals = symbols[workspace]?.find(journey).flatMap { counts[workspace]?.totals[$0] }
    let tally = tally(JourneyRef(workspace: workspace, journey: journey))
    let variants = definition.test.map { test in
      (1...test.variants.count).map { number in
        BroadcastView.Variant(
          label: test.variants[number], figures: tally.figures(ofVariant: number, trialOnly: false),
          trial: tally.figures(ofVariant: number, trialOnly: true))
      }
    }
    return BroadcastView(
      definition: definition, document: document, run: run, journey: journey, turns: totals?.entered ?? 0,
      heldOut: totals?.heldOut ?? 0, erased: tally.sum(.erased), counts: tally.byStatus, variants: variants ?? [])
  }
}

extension BroadcastView {
  /// As the interface shows it: what there is none of is absent.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("key", .string(definition.key)), .init("version", .int(Int64(document.version))),
      .init("updatedAt", .string(document.createdAt.text)), .init("definition", document.body),
      .init("name", .string(definition.name)), .init("state", .string(run.state)),
      .init("journey", .string(journey)), .init("audience", .int(Int64(run.audience))),
      .init("turns", .int(Int64(turns))), .init("heldOut", .int(Int64(heldOut))), .init("counts", counts.countsJSON),
    ]
    if erased > 0 { members.append(.init("erased", .int(Int64(erased)))) }
    if run.stage == .stopping { members.append(.init("settling", true)) }
    let moments = [
      ("at", run.at), ("startedAt", run.startedAt), ("sampledAt", run.sampledAt), ("endedAt", run.endedAt),
    ]
    for (name, moment) in moments {
      if let moment { members.append(.init(name, .string(moment.text))) }
    }
    if let decideAt { members.append(.init("decideAt", .string(decideAt.text))) }
    if !variants.isEmpty { members.append(.init("variants", .array(variants.map(\.json)))) }
    if let decision = run.decision { members.append(.init("decision", decision.json)) }
    if let proof = run.proof { members.append(.init("proof", proof.json)) }
    return .object(members)
  }

  /// When the variants are decided about; `nil` while that is not known, and once it is done.
  package var decideAt: Instant? {
    guard run.decision == nil, let test = definition.test else { return nil }
    return run.sampledAt.map { $0 + test.decideAfter }
  }
}

extension BroadcastView.Variant {
  fileprivate var json: JSONValue {
    [
      "variant": .int(Int64(figures.variant)), "label": .string(label), "sent": .int(Int64(figures.sent)),
      "opened": .int(Int64(figures.opened)), "clicked": .int(Int64(figures.clicked)),
      "trial": [
        "sent": .int(Int64(trial.sent)), "opened": .int(Int64(trial.opened)), "clicked": .int(Int64(trial.clicked)),
      ],
    ]
  }
}
