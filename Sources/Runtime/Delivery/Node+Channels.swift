import Channels
import Delivery
import Engine
import RoostCore

extension Node {
  /// How a channel is doing: its breaker, what waits, what has become of hand-offs since the start.
  ///
  /// - Parameter probing: whether the channel is tried too, as far as that goes without sending anything.
  public func channelHealth(
    _ workspace: WorkspaceID, _ key: String, probing: Bool
  ) async throws(Problem) -> JSONValue {
    let ref = ChannelRef(workspace: workspace, key: key)
    let underWay = courier.underWay(ref)
    let (channel, health) = try await perform { partition throws(Problem) in
      try partition.health(of: ref, underWay: underWay)
    }
    var members = health.members ?? []
    if channel.definition.takesReports, let url = letterLinks?.callbackURL(ref) {
      members.append(.init("callbackUrl", .string(url)))
    }
    guard probing else { return .object(members) }
    let probe = await courier.probe(channel)
    members.append(
      .init(
        "probe",
        ["ready": .bool(probe.isReady), "cause": .string(probe.cause), "remedy": .string(probe.remedy)]))
    return .object(members)
  }

  /// The key to which a workspace's browsers subscribe; `nil` if it has no channel for web push.
  public func pushKey(_ workspace: WorkspaceID) async throws(Problem) -> String? {
    try await perform { partition throws(Problem) in try partition.pushKey(workspace) }
  }
}

extension Partition {
  fileprivate func health(of ref: ChannelRef, underWay: Int) throws(Problem) -> (ClaimedChannel, JSONValue) {
    guard let definitions = compiled[ref.workspace]?.definitions, let definition = definitions.channels[ref.key],
      let document = self.definitions[ref.workspace]?.latest(.channel, ref.key)
    else { throw Problem(.notFound, "there is no channel \"\(ref.key)\"") }
    let channel = ClaimedChannel(
      ref: ref, document: document, definition: definition, workspace: definitions.workspace.key)
    let waiting = outbox.waiting.reduce(0) { sum, lane in
      self.channel(of: lane.key)?.ref == ref ? sum + lane.value : sum
    }
    let pace = paces[ref] ?? ChannelPace(definition)
    var members: [JSONValue.Member] = [
      .init("channel", .string(ref.key)), .init("type", .string(definition.kind.rawValue)),
      .init("state", .string(pace.state)), .init("waiting", .int(Int64(waiting))),
      .init("underWay", .int(Int64(underWay))),
    ]
    members += pace.figures.members
    if let until = pace.breaker.opensAgain, until > now() { members.append(.init("pausedUntil", .string(until.text))) }
    return (channel, .object(members))
  }

  /// Of several channels for browsers the first by key.
  fileprivate func pushKey(_ workspace: WorkspaceID) throws(Problem) -> String? {
    guard let sources = definitions[workspace] else { return nil }
    for document in sources.all(.channel)
    where document.body["type"]?.string == ChannelDefinition.Kind.webPush.rawValue {
      let definition = try ChannelDefinition(
        try secretBox.opened(document.body, workspace, document.key), key: document.key)
      if case .webPush(let channel) = definition.settings { return try channel.vapid().publicKey }
    }
    return nil
  }
}

extension ChannelPace {
  /// `ok`, `failing` (the last hand-offs failed), `paused` (left alone for a while) or `probing`.
  var state: String {
    switch breaker.state {
    case .closed: breaker.failures == 0 ? "ok" : "failing"
    case .open: "paused"
    case .probing: "probing"
    }
  }
}

extension ChannelPace.Figures {
  var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("handedOver", .int(Int64(claimed))), .init("sent", .int(Int64(sent))),
      .init("refused", .int(Int64(refused))), .init("deferred", .int(Int64(deferred))),
      .init("unknown", .int(Int64(unknown))),
    ]
    if let lastSuccessAt { members.append(.init("lastSuccessAt", .string(lastSuccessAt.text))) }
    if let lastFailureAt {
      members.append(.init("lastFailure", ["at": .string(lastFailureAt.text), "detail": .string(lastFailure)]))
    }
    return members
  }
}
