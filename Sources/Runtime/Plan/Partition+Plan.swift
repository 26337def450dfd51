import Engine
import Journeys
import RoostCore
import Segments

extension Partition {
  /// Says what a bundle would change, on a copy of the definitions.
  ///
  /// - Throws: a problem whose pointers lead to the wrong places of all documents: `/documents/3/body/steps/0/wait`.
  package func plan(_ workspace: WorkspaceID, _ bundle: DefinitionBundle) throws(Problem) -> DefinitionPlan {
    guard let table = symbols[workspace], definitions[workspace] != nil else {
      throw Problem(.notFound, "there is no such workspace")
    }
    var planning = Planning(workspace: workspace, trial: definitions, symbols: table, now: now())
    planning.reportDoubles(bundle.drafts)
    let order = bundle.drafts.indices.sorted { (bundle.drafts[$0].rank, $0) < (bundle.drafts[$1].rank, $1) }
    for index in order { planning.put(bundle.drafts[index], index, check: check) }
    if planning.findings.isEmpty, bundle.publishes {
      for index in order where bundle.drafts[index].kind == .journey {
        planning.publish(bundle.drafts[index].key, index, check: checkPublication)
      }
    }
    guard planning.findings.isEmpty else {
      throw Problem(.invalid, "nothing was changed", findings: planning.findings)
    }
    var plan = planning.plan
    planMissing(workspace, bundle, &plan)
    countPeople(workspace, &plan)
    return plan
  }

  /// Puts and publishes a bundle in one commit.
  package func apply(_ workspace: WorkspaceID, _ bundle: DefinitionBundle) throws(Problem) -> DefinitionPlan {
    let plan = try plan(workspace, bundle)
    if let seen = bundle.plan, seen != plan.token {
      throw Problem(.conflict, "the definitions have changed since that plan; make and look at a new one")
    }
    let decisions = plan.changes.compactMap(\.decision)
    guard decisions.isEmpty else {
      throw Problem(.conflict, "nothing was changed: something has to be decided first", findings: decisions)
    }
    if !plan.log.isEmpty { try change(plan.log) }
    return plan
  }

  /// Journeys of the bundle's tag that it no longer has.
  private func planMissing(_ workspace: WorkspaceID, _ bundle: DefinitionBundle, _ plan: inout DefinitionPlan) {
    guard let tag = bundle.tag, let sources = definitions[workspace] else { return }
    let present = Set(bundle.drafts.filter { $0.kind == .journey }.map(\.key))
    for document in sources.all(.journey) where !present.contains(document.key) {
      guard document.body["tags"]?.array?.contains(.string(tag)) == true, let state = sources.journeys[document.key],
        state.status == .published || state.status == .paused
      else { continue }
      var change = DefinitionPlan.Change(
        kind: .missing, document: .journey, key: document.key, version: state.published)
      change.action = bundle.missing?.rawValue
      switch bundle.missing {
      case .keep: change.kind = .unchanged
      case .pause where state.status == .paused: change.kind = .unchanged
      case .pause:
        plan.log.append(.journey(workspace, key: document.key, status: .paused, published: state.published))
      case .archive:
        plan.log.append(.journey(workspace, key: document.key, status: .archived, published: state.published))
      case nil:
        change.decision = .init(
          pointer: "/missing",
          detail: "the journey \"\(document.key)\" has the tag \(tag) and is not among the documents; say with missing "
            + "what becomes of it: keep, pause or archive")
      }
      plan.changes.append(change)
    }
  }

  /// Who is inside the journeys that change, and where they go; who is in the segments that change.
  private func countPeople(_ workspace: WorkspaceID, _ plan: inout DefinitionPlan) {
    guard let sources = definitions[workspace] else { return }
    for index in plan.changes.indices where plan.changes[index].kind != .unchanged {
      let change = plan.changes[index]
      switch change.document {
      case .segment:
        guard let slot = sources.segments[change.key]?.slot else { continue }
        let members = counts[workspace]?.members ?? []
        plan.changes[index].members = slot < members.count ? members[slot] : 0
      case .journey where change.kind == .missing || change.action == "publish":
        countInside(workspace, &plan.changes[index], plan)
      default: break
      }
    }
  }

  private func countInside(_ workspace: WorkspaceID, _ change: inout DefinitionPlan.Change, _ plan: DefinitionPlan) {
    let published = definitions[workspace]?.journeys[change.key]?.published ?? 0
    let waiting = steps(change.key, published, workspace).filter { $0.waiting > 0 }
    change.people = waiting.reduce(0) { $0 + $1.waiting }
    guard change.people > 0 else { return }
    let next = change.kind == .missing ? nil : nextVersion(change, workspace, plan)
    let fate = InsideFate(change, next)
    change.groups = waiting.map { step in
      DefinitionPlan.Group(
        step: step.id, version: step.version, people: step.waiting, goes: fate.words(step.id, version: step.version))
    }
    guard change.decision == nil else { return }
    let pointer = change.draft.map { "/documents/\($0)/body" } ?? ""
    change.decision = fate.decision(of: change.groups, at: pointer)
    guard change.decision == nil, let next, let sources = definitions[workspace] else { return }
    change.decision = repetition(sources, next, change.version, change.groups, at: pointer)
  }

  /// The version that a plan publishes.
  private func nextVersion(
    _ change: DefinitionPlan.Change, _ workspace: WorkspaceID, _ plan: DefinitionPlan
  ) -> JourneyDefinition? {
    var body = definitions[workspace]?.document(.journey, change.key, version: change.version)?.body
    for case .document(_, let document) in plan.log where document.kind == .journey && document.key == change.key {
      body = document.body
    }
    // It was checked when it was put.
    return body.flatMap { try? JourneyDefinition(json: $0) }
  }
}
