import Console
import Delivery
import Engine
import RoostCore
import Runtime

extension Pages {
  func showBroadcasts(_ room: Room) async throws(Problem) -> HTTPResponse {
    let views = try await node.perform { partition throws(Problem) in try partition.broadcastViews(room.id) }
    return answer(BroadcastsPage(rows: views.map(BroadcastsPage.Row.init)), room)
  }

  func showBroadcast(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    guard room.visit.request.query("estimate") != nil else { return answer(try await page(key, nil, room), room) }
    do throws(Problem) {
      let estimate = try await node.estimateBroadcast(room.id, key)
      return answer(try await page(key, estimate, room), room)
    } catch {
      guard error.code != .notFound else { throw error }
      return answer(try await page(key, nil, room), room, notice: .problem(error), status: error.code.status)
    }
  }

  /// `POST …/broadcasts/KEY/ACTION`: what stands in the way is shown on the broadcast's page.
  func change(_ key: String, _ action: Route.BroadcastAction, _ room: Room) async throws(Problem) -> HTTPResponse {
    let route = Route.broadcast(workspace: room.key, key: key)
    do throws(Problem) {
      try await node.perform { partition throws(Problem) in
        try partition.act(room.id, broadcast: key, action.action)
      }
    } catch {
      guard error.code != .notFound else { throw error }
      var room = room
      room.visit.request.query = []
      room.visit.request.rawPath = route.link.text
      return answer(try await page(key, nil, room), room, notice: .problem(error), status: error.code.status)
    }
    await forgetFigures()
    return seeOther(route.link.adding("notice", action.done.rawValue))
  }

  private func page(_ key: String, _ estimate: BroadcastEstimate?, _ room: Room) async throws(Problem) -> BroadcastPage
  {
    let view = try await node.perform { partition throws(Problem) in try partition.broadcastView(room.id, key) }
    let run = view.run
    return BroadcastPage(
      row: .init(view), journey: view.journey,
      counts: MessageStatus.allCases.compactMap { status in
        guard let count = view.counts[status], let row = MessageRow.Status(rawValue: status.rawValue) else {
          return nil
        }
        return (row, count)
      }, heldOut: view.heldOut,
      variants: view.variants.map { variant in
        .init(
          label: variant.label, sent: variant.trial.sent, opened: variant.trial.opened, clicked: variant.trial.clicked,
          isWinner: run.decision?.winner == variant.figures.variant)
      }, beginsAt: run.at ?? view.definition.at, decidesAt: view.decideAt ?? run.decision?.at, endedAt: run.endedAt,
      isProved: run.proof?.isComplete ?? false, definition: view.document.body.yaml, estimate: estimate.map(\.shown))
  }
}

extension Route.BroadcastAction {
  fileprivate var action: Runtime.BroadcastAction {
    switch self {
    case .start: .start
    case .pause: .pause
    case .resume: .resume
    case .stop: .stop
    }
  }

  fileprivate var done: Notice.Done {
    switch self {
    case .start: .started
    case .pause: .paused
    case .resume: .resumed
    case .stop: .stopped
    }
  }
}

extension BroadcastsPage.Row {
  init(_ view: BroadcastView) {
    let handedOver: [MessageStatus] = [.sent, .delivered, .opened, .clicked, .bounced, .complained, .ambiguous]
    self.init(
      key: view.definition.key, name: view.definition.name,
      status: BroadcastsPage.Status(rawValue: view.run.state) ?? .draft, audience: view.run.audience,
      turns: view.turns, sent: handedOver.reduce(0) { $0 + view.counts[$1, default: 0] }, startedAt: view.run.startedAt)
  }
}

extension BroadcastEstimate {
  fileprivate var shown: BroadcastPage.Estimate {
    func list(_ counts: [SuppressionReason: Int]) -> [(reason: String, count: Int)] {
      counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map { ($0.key.rawValue, $0.value) }
    }
    return .init(
      audience: audience, reachable: reachable, held: list(held), suppressed: list(suppressed), heldOut: heldOut,
      duration: seconds.map { .seconds(Int64($0)) })
  }
}
