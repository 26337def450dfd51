import Console
import RoostCore
import Runtime

extension Pages {
  private static let deadRows = 20

  func showChannels(_ room: Room) async throws(Problem) -> HTTPResponse { answer(try await channelsPage(room), room) }

  /// `POST …/channels/KEY/try`: as far as that goes without sending anything.
  func tryChannel(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let health = try await node.channelHealth(room.id, key, probing: true)
    var page = try await channelsPage(room)
    page.trial = ChannelsPage.Trial(
      channel: key, isReady: health["probe"]?["ready"]?.bool ?? false,
      cause: health["probe"]?["cause"]?.string ?? "", remedy: health["probe"]?["remedy"]?.string ?? "")
    var room = room
    room.visit.request.query = []
    room.visit.request.rawPath = Route.channels(workspace: room.key).link.text
    return answer(page, room)
  }

  /// `POST …/channels/redrive`: those that the page listed.
  func redrive(_ room: Room) async throws(Problem) -> HTTPResponse {
    let ids = (formFields(String(decoding: room.visit.request.body, as: UTF8.self)) ?? []).filter { $0.name == "id" }
    _ = try await node.redrive(room.id, ids: ids.map(\.value), all: nil, limit: Self.deadRows)
    return seeOther(Route.channels(workspace: room.key).link.adding("notice", Notice.Done.redriven.rawValue))
  }

  private func channelsPage(_ room: Room) async throws(Problem) -> ChannelsPage {
    let figures = try await node.channelFigures(room.id)
    let dead = try await node.perform { partition throws(Problem) in
      try partition.deadLetters(room.id, DeadLetterFilter(), cursor: nil, limit: Self.deadRows)
    }
    return ChannelsPage(
      rows: figures.map(ChannelsPage.Row.init), dead: dead.items.map(ChannelsPage.DeadLetter.init),
      hasMore: dead.next != nil)
  }
}

extension ChannelsPage.Row {
  fileprivate init(_ figures: ChannelFigures) {
    self.init(
      key: figures.channel, type: figures.type, state: State(rawValue: figures.state) ?? .ok,
      pausedUntil: figures.pausedUntil, waiting: figures.waiting, underWay: figures.underWay,
      lag: TimeSpan(milliseconds: Int64(figures.lagSeconds * 1_000)), sent: figures.sent, refused: figures.refused,
      gone: figures.gone, ratePerSecond: figures.ratePerSecond, lastFailure: figures.lastFailure,
      lastFailureAt: figures.lastFailureAt)
  }
}

extension ChannelsPage.DeadLetter {
  fileprivate init(_ item: JSONValue) {
    func text(_ name: String) -> String { item[name]?.string ?? "" }
    self.init(
      id: text("id"), channel: text("channel"), to: text("to"), subject: text("subject"), detail: text("detail"),
      failedAt: Instant(iso8601: text("failedAt")) ?? .distantPast)
  }
}
