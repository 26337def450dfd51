import Engine
import Journeys
import RoostCore

/// Definitions as they become while the documents of a bundle are put one after another.
struct Planning {
  let workspace: WorkspaceID
  private(set) var trial: DefinitionSet
  let symbols: SymbolTable
  let now: Instant
  private(set) var plan = DefinitionPlan()
  private(set) var findings: [Problem.Finding] = []

  init(workspace: WorkspaceID, trial: DefinitionSet, symbols: SymbolTable, now: Instant) {
    self.workspace = workspace
    self.trial = trial
    self.symbols = symbols
    self.now = now
  }

  private var sources: WorkspaceSources { trial[workspace]! }

  mutating func reportDoubles(_ drafts: [DefinitionDraft]) {
    var places: [String: Int] = [:]
    for (index, draft) in drafts.enumerated() {
      let name = "\(draft.kind.rawValue) \"\(draft.key)\""
      guard let earlier = places.updateValue(index, forKey: name) else { continue }
      findings.append(
        .init(pointer: "/documents/\(index)", detail: "the \(name) is document \(earlier) already; give it once"))
    }
  }

  mutating func put(
    _ draft: DefinitionDraft, _ index: Int,
    check: (DocumentKind, String, JSONValue, WorkspaceSources) throws(Problem) -> Void
  ) {
    guard isDocumentKey(draft.key) else {
      let detail = "a key has 1 to 64 lower-case letters, digits, \"-\" and \"_\", not \"\(draft.key)\""
      return findings.append(.init(pointer: "/documents/\(index)/key", detail: detail))
    }
    let latest = sources.latest(draft.kind, draft.key)
    var change = DefinitionPlan.Change(
      kind: latest == nil ? .new : .changed, document: draft.kind, key: draft.key,
      version: (latest?.version ?? 0) + 1)
    change.draft = index
    if let latest {
      change.differences = JSONDifference.between(Self.shown(latest.body, draft), Self.shown(draft.body, draft))
    }
    if let latest, latest.body == draft.body {
      change.kind = .unchanged
      change.version = latest.version
      return plan.changes.append(change)
    }
    do throws(Problem) {
      try check(draft.kind, draft.key, draft.body, sources)
      let document = Document(
        kind: draft.kind, key: draft.key, version: change.version, body: draft.body, createdAt: now)
      try take(.document(workspace, document))
      plan.changes.append(change)
    } catch { report(error, index) }
  }

  /// Publishes a journey's newest version unless it is that already.
  mutating func publish(
    _ key: String, _ index: Int, check: (WorkspaceSources, String) throws(Problem) -> Void
  ) {
    guard let state = sources.journeys[key], let newest = sources.latest(.journey, key)?.version,
      let place = plan.changes.firstIndex(where: { $0.document == .journey && $0.key == key })
    else { return }
    let status: JourneyStatus = state.status == .paused ? .paused : .published
    guard state.published != newest || state.status != status else { return }
    do throws(Problem) {
      try check(sources, key)
      try take(.journey(workspace, key: key, status: status, published: newest))
      plan.changes[place].action = "publish"
      if plan.changes[place].kind == .unchanged { plan.changes[place].kind = .changed }
    } catch { report(error, index) }
  }

  private mutating func take(_ change: DefinitionChange) throws(Problem) {
    try trial.apply(change, symbols: symbols)
    plan.log.append(change)
  }

  private mutating func report(_ problem: Problem, _ index: Int) {
    let found = problem.findings.isEmpty ? [Problem.Finding(pointer: "", detail: problem.message)] : problem.findings
    findings += found.map { .init(pointer: "/documents/\(index)/body\($0.pointer)", detail: $0.detail) }
  }

  /// What outsiders may see of a document.
  private static func shown(_ body: JSONValue, _ draft: DefinitionDraft) -> JSONValue {
    draft.kind == .channel ? ChannelDefinition.redacted(body) : body
  }
}
