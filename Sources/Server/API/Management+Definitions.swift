import Engine
import Lint
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/templates` and `…/channels`: list, read, put.
  func documents(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ kind: DocumentKind, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.count) {
    case (.GET, 0):
      let items = try await node.perform { partition throws(Problem) in
        try partition.describeDocuments(workspace, kind)
      }
      return page(items, next: nil)
    case (.GET, 1):
      let document = try await node.perform { partition throws(Problem) in
        try partition.describeDocument(workspace, kind, path[0])
      }
      return .json(document)
    case (.PUT, 1):
      let body = try request.definition()
      let document = try await node.perform { partition throws(Problem) in
        _ = try partition.putDocument(workspace, kind, key: path[0], body)
        return try partition.describeDocument(workspace, kind, path[0])
      }
      return .json(document)
    default: throw .noSuchPath(request)
    }
  }

  /// `…/templates`: definitions, previews and tests.
  func templates(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    guard request.method == .POST, path.count == 2, path[1] == "preview" || path[1] == "test" else {
      return try await documents(request, workspace, .template, path)
    }
    if path[1] == "test" {
      let test = try TemplateTestRequest(try request.json())
      return .json(
        try await node.perform { partition throws(Problem) in try partition.sendTest(workspace, path[0], test) },
        status: .accepted)
    }
    let body = try request.definition()
    return .json(
      try await node.perform { partition throws(Problem) in
        try partition.previewTemplate(workspace, path[0], TemplatePreviewRequest(body))
      })
  }

  /// `…/segments`: definitions, preview, the people inside.
  func segments(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    if request.method == .POST, path == ["preview"] {
      return .json(try await node.previewSegment(workspace, try request.definition()))
    }
    if request.method == .GET, path.count == 2, path[1] == "people" {
      let limit = try request.limit()
      let found = try await node.segmentPeople(workspace, path[0], cursor: request.query("cursor"), limit: limit)
      return page(found.items, next: found.next)
    }
    return try await documents(request, workspace, .segment, path)
  }

  /// `…/journeys`: definitions and what may be done with them.
  func journeys(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    if request.method == .POST, path == ["rehearse"] { return try await beginRehearsal(request, workspace) }
    if request.method == .POST, path.count == 1, path[0] == "plan" || path[0] == "apply" {
      let bundle = try DefinitionBundle(json: try request.definition())
      if path[0] == "apply" {
        try await lintBeforePublication(workspace, bundle, isForced: request.query("force") == "true")
      }
      return .json(
        path[0] == "plan"
          ? try await node.planDefinitions(workspace, bundle) : try await node.applyDefinitions(workspace, bundle))
    }
    if request.method == .POST, path == ["lint"] { return try await lint(request, workspace) }
    guard request.method == .POST, path.count == 2 else {
      return try await documents(request, workspace, .journey, path)
    }
    if path[1] == "enter" {
      let entry = try JourneyEntryRequest(json: try request.json())
      return .json(
        try await node.perform { partition throws(Problem) in
          try partition.enter(workspace, journey: path[0], entry)
        })
    }
    guard let action = JourneyAction(rawValue: path[1]) else {
      throw Problem(.notFound, "a journey knows publish, pause, resume, archive and enter, not \(path[1])")
    }
    var findings: [LintFinding] = []
    if action == .publish {
      findings = try await lintBeforePublication(
        workspace, journey: path[0], isForced: request.query("force") == "true")
    }
    let document = try await node.perform { partition throws(Problem) in
      try partition.act(workspace, journey: path[0], action)
      return try partition.describeDocument(workspace, .journey, path[0])
    }
    guard action == .publish else { return .json(document) }
    let list = JSONValue.array(findings.map { $0.json(line: nil) })
    return .json(.object((document.members ?? []) + [.init("findings", list)]))
  }
}
