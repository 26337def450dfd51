import Console
import RoostCore
import Runtime

extension Pages {
  func showWorkspaces(_ visit: Visit) async throws(Problem) -> HTTPResponse {
    let room = try await lobby(visit)
    let views = try await node.perform { partition throws(Problem) in try partition.overviewViews() }
    let page = WorkspacesPage(
      rows: views.map {
        .init(
          key: $0.workspace.key, name: $0.workspace.name, people: $0.people, events: $0.events,
          publishedJourneys: $0.publishedJourneys)
      }, serverAddress: visit.serverAddress)
    return answer(page, room)
  }

  func showOverview(_ room: Room) async throws(Problem) -> HTTPResponse {
    let (view, latest) = try await node.perform { partition throws(Problem) in
      (
        try partition.overviewView(room.id),
        try partition.messageViews(room.id, MessageFilter(), cursor: nil, limit: 8).rows
      )
    }
    let messages = try await figures(of: room)
    let starts = dayStarts(room)
    let activity = try await activity(of: room, starts)
    let page = OverviewPage(
      events: view.events, people: view.people, segments: view.segments, fillingSegments: view.fillingSegments,
      journeys: view.journeys, publishedJourneys: view.publishedJourneys, sentMessages: messages.sent,
      suppressedMessages: messages.suppressed,
      ingest: .init(
        lastEventAt: activity.lastEventAt, perMinute: activity.lastMinute, quarantined: room.view.quarantined,
        isOverloaded: !node.reasonsNotReady.isEmpty),
      days: zip(starts, activity.days).map { .init(start: $0, events: $1) }, messages: latest.map(MessageRow.init),
      serverAddress: room.visit.serverAddress)
    return answer(page, room)
  }

  func figures(of room: Room) async throws(Problem) -> MessageFigures {
    let node = self.node
    let id = room.id
    return try await messageFigures.value(room.key) { () throws(Problem) in try await node.messageFigures(id) }
  }

  private func activity(of room: Room, _ starts: [Instant]) async throws(Problem) -> ActivityView {
    let node = self.node
    let (id, now) = (room.id, room.view.now)
    // Another day, another time zone: other figures.
    let key = "\(room.key) \(starts.last?.milliseconds ?? 0)"
    return try await activities.value(key) { () throws(Problem) in
      try await node.activityView(id, dayStarts: starts, now: now)
    }
  }

  /// The beginnings of the last thirty days in the workspace's time zone.
  private func dayStarts(_ room: Room) -> [Instant] {
    let zone = zone(of: room.workspace)
    let today = zone.local(room.view.now).date.daysSince1970
    return (today - 29...today).map { zone.start(of: CivilDate(daysSince1970: $0)) }
  }

  /// `POST /console/clock`: moves the sandbox's clock and goes back.
  func moveClock(_ visit: Visit) async throws(Problem) -> HTTPResponse {
    guard let span = TimeSpan(text: visit.field("advance")) else {
      throw .invalid("/advance", "write a duration such as 1h or 7d")
    }
    _ = try await node.advanceClock(.by(span))
    await forgetFigures()
    return seeOther(
      Link(requested: visit.field("return")).removing("notice").adding("notice", Notice.Done.clockMoved.rawValue))
  }

  /// After a change by hand the next page shows what came of it.
  func forgetFigures() async {
    await messageFigures.forgetAll()
    await activities.forgetAll()
  }
}
