import Delivery
import Engine
import RoostCore

/// One channel as `/metrics` and the console show it.
package struct ChannelFigures: Sendable {
  /// Keys.
  package var workspace: String
  package var channel: String
  package var type: String
  /// `ok`, `failing`, `paused` or `probing`.
  package var state: String
  package var ratePerSecond: Double?
  package var waiting = 0
  package var underWay = 0
  package var handedOver = 0
  package var sent = 0
  package var refused = 0
  /// Of those refused: the address is dead.
  package var gone = 0
  package var deferred = 0
  package var unknown = 0
  /// How long the message that is due for longest has been waiting, seconds; 0 if none is.
  package var lagSeconds = 0.0
  package var lastSuccessAt: Instant?
  package var lastFailureAt: Instant?
  package var lastFailure = ""
  package var pausedUntil: Instant?
}

extension Node {
  /// All channels of a workspace, or of all, by workspace and key.
  package func channelFigures(_ workspace: WorkspaceID? = nil) async throws(Problem) -> [ChannelFigures] {
    let underWay = courier.underWay
    return try await perform { partition throws(Problem) in partition.channelFigures(workspace, underWay) }
  }

  /// Per-channel gauges and counters in Prometheus' text format.
  package func channelMetrics() async throws(Problem) -> String {
    let all = try await channelFigures()
    var text = ""
    for family in ChannelFigures.families {
      text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.type)\n"
      for figures in all {
        let labels = "workspace=\"\(figures.workspace)\",channel=\"\(figures.channel)\",type=\"\(figures.type)\""
        text += "\(family.name){\(labels)} \(family.value(figures))\n"
      }
    }
    return text
  }
}

extension ChannelFigures {
  fileprivate struct Family: Sendable {
    var name: String
    var type: String
    var help: String
    var value: @Sendable (ChannelFigures) -> Double
  }

  fileprivate static let families: [Family] = [
    Family(name: "roost_channel_waiting", type: "gauge", help: "Messages that wait for a channel") {
      Double($0.waiting)
    },
    Family(name: "roost_channel_under_way", type: "gauge", help: "Hand-offs under way") { Double($0.underWay) },
    Family(name: "roost_channel_lag_seconds", type: "gauge", help: "For how long the oldest due message waits") {
      $0.lagSeconds
    },
    Family(name: "roost_channel_up", type: "gauge", help: "1: works; 0.5: the last hand-offs failed; 0: left alone") {
      $0.state == "ok" ? 1 : $0.state == "failing" ? 0.5 : 0
    },
    Family(name: "roost_channel_handoffs_total", type: "counter", help: "Hand-offs begun since the start") {
      Double($0.handedOver)
    },
    Family(name: "roost_channel_sent_total", type: "counter", help: "Hand-offs that were taken") { Double($0.sent) },
    Family(name: "roost_channel_failed_total", type: "counter", help: "Hand-offs refused for good") {
      Double($0.refused)
    },
    Family(name: "roost_channel_dead_addresses_total", type: "counter", help: "Addresses that turned out dead") {
      Double($0.gone)
    },
    Family(name: "roost_channel_deferred_total", type: "counter", help: "Hand-offs put off by the other side") {
      Double($0.deferred)
    },
    Family(name: "roost_channel_unknown_total", type: "counter", help: "Hand-offs whose outcome nobody knows") {
      Double($0.unknown)
    },
  ]
}

extension Partition {
  fileprivate func channelFigures(
    _ only: WorkspaceID?, _ underWay: [ChannelRef: Int]
  ) -> [ChannelFigures] {
    let now = now()
    var waiting: [ChannelRef: Int] = [:]
    for (lane, count) in outbox.waiting {
      if let ref = channel(of: lane)?.ref { waiting[ref, default: 0] += count }
    }
    var oldest: [ChannelRef: Instant] = [:]
    for lane in outbox.lanes {
      guard let at = outbox.next(in: lane), at < now, let ref = channel(of: lane)?.ref else { continue }
      oldest[ref] = min(oldest[ref] ?? at, at)
    }
    var all: [ChannelFigures] = []
    for sources in definitions.workspaces where only == nil || sources.workspace.id == only {
      for (key, definition) in compiled[sources.workspace.id]?.definitions.channels ?? [:] {
        let ref = ChannelRef(workspace: sources.workspace.id, key: key)
        let pace = paces[ref] ?? ChannelPace(definition)
        var row = ChannelFigures(
          workspace: sources.workspace.key, channel: key, type: definition.kind.rawValue, state: pace.state)
        row.ratePerSecond = definition.ratePerSecond
        (row.waiting, row.underWay) = (waiting[ref] ?? 0, underWay[ref] ?? 0)
        let figures = pace.figures
        (row.handedOver, row.sent, row.refused) = (figures.claimed, figures.sent, figures.refused)
        row.gone = figures.gone
        (row.deferred, row.unknown) = (figures.deferred, figures.unknown)
        (row.lastSuccessAt, row.lastFailureAt) = (figures.lastSuccessAt, figures.lastFailureAt)
        row.lastFailure = figures.lastFailure
        if let at = oldest[ref] { row.lagSeconds = Double((now - at).milliseconds) / 1_000 }
        if let until = pace.breaker.opensAgain, until > now { row.pausedUntil = until }
        all.append(row)
      }
    }
    return all.sorted { ($0.workspace, $0.channel) < ($1.workspace, $1.channel) }
  }
}
