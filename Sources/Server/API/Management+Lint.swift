import Engine
import Journeys
import Lint
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `POST …/journeys/lint`: the findings about one YAML document or several, none of which is kept.
  func lint(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> HTTPResponse {
    guard let text = String(validating: request.body, as: UTF8.self) else {
      throw .invalid("", "the body is no UTF-8")
    }
    let drafts = try LintDrafts(text)
    let found = try await node.lint(workspace, documents: drafts.documents, drafts: drafts.journeys)
    return .json(["findings": .array(drafts.answer(found).map { $0.finding.json(line: $0.line) })])
  }

  /// Before a journey is published: a proof that it does the wrong thing stands in the way; what else was found is
  /// returned.
  ///
  /// - Parameter isForced: publish all the same.
  func lintBeforePublication(
    _ workspace: WorkspaceID, journey key: String, isForced: Bool
  ) async throws(Problem) -> [LintFinding] {
    let findings = try await node.lint(workspace, newestOf: key)
    let errors = findings.filter(\.forbidsPublication)
    guard errors.isEmpty || isForced else { throw .refusedByLint(errors) }
    return findings
  }
}

extension LintFinding {
  /// Errors, but for those that publishing names itself: what does not exist.
  var forbidsPublication: Bool {
    severity == .error && code != .documentInvalid && code != .referenceMissing
  }
}

extension Problem {
  /// Why a journey is not published.
  static func refusedByLint(_ errors: [LintFinding]) -> Problem {
    Problem(
      .conflict, "the lint has found what goes wrong in this journey; mend it, or publish with ?force=true",
      findings: errors.map { .init(pointer: $0.pointer, detail: "\($0.code.rawValue): \($0.message)") })
  }
}

extension Management {
  /// Looks at the journeys of a bundle that is to be published as a whole.
  func lintBeforePublication(
    _ workspace: WorkspaceID, _ bundle: DefinitionBundle, isForced: Bool
  ) async throws(Problem) {
    guard bundle.publishes, !isForced else { return }
    var journeys: [JourneyDefinition] = []
    var places: [String: Int] = [:]
    var documents: [Document] = []
    for (index, draft) in bundle.drafts.enumerated() {
      guard draft.kind == .journey else {
        documents.append(
          Document(
            kind: draft.kind, key: draft.key, version: 1, body: draft.body, createdAt: Instant(milliseconds: 0)))
        continue
      }
      // What is wrong with a document, applying says in its own words.
      guard let journey = try? JourneyDefinition(json: draft.body), places[journey.key] == nil else { return }
      journeys.append(journey)
      places[journey.key] = index
    }
    let found = try await node.lint(workspace, documents: documents, drafts: journeys)
    let errors = found.filter(\.forbidsPublication)
    guard errors.isEmpty else {
      throw .refusedByLint(
        errors.map { error in
          var error = error
          if let place = error.journey.flatMap({ places[$0] }) {
            error.pointer = "/documents/\(place)/body\(error.pointer)"
          }
          return error
        })
    }
  }
}

extension Node {
  /// Looks at drafts in a workspace as it is now. The work is done beside the partition, which goes on meanwhile.
  func lint(
    _ workspace: WorkspaceID, documents: [Document], drafts: [JourneyDefinition]
  ) async throws(Problem) -> [LintFinding] {
    guard !drafts.isEmpty else { return [] }
    let present = try await lintSources(workspace)
    return await Task.detached {
      Linter.lint(
        LintInput(
          present.sources, documents: documents, drafts: drafts, zones: present.zones, now: present.now,
          knownNames: present.names))
    }.value
  }

  /// Looks at the newest version of a journey, published or not; nothing if there is none.
  func lint(_ workspace: WorkspaceID, newestOf key: String) async throws(Problem) -> [LintFinding] {
    let present = try await lintSources(workspace)
    guard let document = present.sources.latest(.journey, key) else { return [] }
    let draft = try JourneyDefinition(json: document.body)
    return await Task.detached {
      Linter.lint(
        LintInput(present.sources, drafts: [draft], zones: present.zones, now: present.now, knownNames: present.names))
    }.value
  }

  private func lintSources(
    _ workspace: WorkspaceID
  ) async throws(Problem) -> (sources: WorkspaceSources, zones: ZoneTable, now: Instant, names: [String]) {
    try await perform { partition throws(Problem) in try partition.sources(of: workspace) }
  }
}
