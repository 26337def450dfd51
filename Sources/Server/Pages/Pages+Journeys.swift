import Console
import Engine
import Journeys
import Lint
import RoostCore
import Runtime

extension Pages {
  func showJourneys(_ room: Room) async throws(Problem) -> HTTPResponse {
    let views = try await node.perform { partition throws(Problem) in try partition.journeyViews(room.id) }
    let page = JourneysPage(
      rows: views.map {
        .init(key: $0.key, name: $0.name, status: .init($0.status), figures: JourneyFigures($0.figures))
      })
    return answer(page, room)
  }

  func showJourney(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let version = room.visit.request.query("version").flatMap { UInt32($0) }
    return answer(try await journeyPage(key, version: version, room), room)
  }

  /// `POST …/journeys/KEY/ACTION`: what stands in the way is shown on the journey's page.
  func change(_ key: String, _ action: Route.JourneyAction, _ room: Room) async throws(Problem) -> HTTPResponse {
    do throws(Problem) {
      try await perform(action, key, room)
    } catch {
      guard error.code != .notFound else { throw error }
      var room = room
      room.visit.request.query = []
      room.visit.request.rawPath = Route.journey(workspace: room.key, key: key).link.text
      return answer(
        try await journeyPage(key, version: nil, room), room, notice: .problem(error), status: error.code.status)
    }
    await forgetFigures()
    await lints.forgetAll()
    return seeOther(
      Route.journey(workspace: room.key, key: key).link.adding("notice", action.done.rawValue))
  }

  /// Of the newest version, with the journeys that are published beside it.
  private func lintFindings(_ key: String, _ room: Room) async throws(Problem) -> [LintFinding] {
    let (node, workspace) = (node, room.id)
    return try await lints.value("\(workspace.number)/\(key)") { () async throws(Problem) in
      try await node.lint(workspace, newestOf: key)
    }
  }

  private func perform(_ action: Route.JourneyAction, _ key: String, _ room: Room) async throws(Problem) {
    let version = UInt32(room.visit.field("version"))
    if action == .publish {
      let errors = try await node.lint(room.id, newestOf: key).filter(\.forbidsPublication)
      guard errors.isEmpty else { throw .refusedByLint(errors) }
    }
    try await node.perform { partition throws(Problem) in
      switch action {
      case .publish:
        guard let version else { throw .invalid("/version", "which version is to be published?") }
        try partition.publish(room.id, journey: key, version: version)
      case .pause: try partition.act(room.id, journey: key, .pause)
      case .resume: try partition.act(room.id, journey: key, .resume)
      case .archive: try partition.act(room.id, journey: key, .archive)
      }
    }
  }

  private func journeyPage(_ key: String, version: UInt32?, _ room: Room) async throws(Problem) -> JourneyPage {
    let view = try await node.perform { partition throws(Problem) in
      try partition.journeyView(room.id, key, version: version)
    }
    let definition = view.definition
    let findings = view.row.status == .archived ? nil : try await lintFindings(key, room)
    let steps = JourneyStepCounts(
      document: definition.json, waiting: view.waiting, passed: view.passed)
    return JourneyPage(
      key: key, name: definition.name, status: .init(view.row.status), messageClass: definition.messageClass,
      entry: .init(definition.entry), reEntry: .init(definition.again),
      exits: definition.json["exit"]?.array?.map(\.authorWords) ?? [],
      figures: JourneyFigures(view.row.figures), publishedVersion: view.published.map(Int.init),
      draftVersion: view.draft.map(Int.init), findings: view.findings,
      lint: findings?.map(JourneyPage.LintFinding.init), shownVersion: Int(view.shownVersion),
      steps: steps.count(definition.steps),
      versions: view.versions.map {
        .init(number: Int($0.number), createdAt: $0.createdAt, publishedAt: $0.publishedAt, inside: $0.inside)
      }, definition: definition.json.yaml)
  }
}

extension Route.JourneyAction {
  var done: Notice.Done {
    switch self {
    case .publish: .published
    case .pause: .paused
    case .resume: .resumed
    case .archive: .archived
    }
  }
}

extension JourneysPage.Status {
  init(_ status: JourneyStatus) {
    switch status {
    case .draft: self = .draft
    case .published: self = .published
    case .paused: self = .paused
    case .archived: self = .archived
    }
  }
}

extension JourneyFigures {
  init(_ view: JourneyFiguresView) {
    self.init(
      entered: view.entered, inside: view.inside, finished: view.finished, exited: view.exited, goals: view.goals,
      heldOut: view.heldOut,
      messages: view.messages)
  }
}

extension JourneyPage.Entry {
  init(_ entry: JourneyDefinition.Entry) {
    switch entry {
    case .event(let pattern): self = .event(pattern.event)
    case .segment(let key): self = .segment(key)
    case .schedule(let schedule, let segment): self = .other(schedule.text + (segment.map { " · \($0)" } ?? ""))
    case .api: self = .other("api")
    }
  }
}

extension JourneyPage.ReEntry {
  init(_ again: JourneyDefinition.Again) {
    switch again {
    case .never: self = .never
    case .always: self = .always
    case .after(let span): self = .after(span)
    }
  }
}
