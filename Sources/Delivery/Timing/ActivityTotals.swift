import Profiles
import RoostCore

/// When many people are there, and how they answer: what is expected of those of whom little is known.
public struct ActivityTotals: Sendable, Equatable {
  /// What was seen by local hour: 24 counts, or none.
  public var hours: [Int] = []
  /// Sorted by the kinds' numbers.
  public var channels: [ChannelAnswersTotal] = []

  public init() {}

  public var isEmpty: Bool { hours.allSatisfy { $0 == 0 } && channels.allSatisfy { $0.sent == 0 && $0.answered == 0 } }

  /// Adds what is known of one person, or takes it away.
  ///
  /// - Parameter sign: 1 or −1.
  public mutating func add(_ seen: ActivityHours, _ answers: [ChannelAnswers], sign: Int = 1) {
    if !seen.isEmpty {
      if hours.isEmpty { hours = [Int](repeating: 0, count: 24) }
      for hour in 0..<24 { hours[hour] += sign * Int(seen[hour]) }
    }
    for row in answers {
      guard let kind = ChannelKind(number: row.channelKind) else { continue }
      let index = channels.firstIndex { $0.kind.number >= kind.number } ?? channels.count
      if index == channels.count || channels[index].kind != kind {
        channels.insert(ChannelAnswersTotal(kind: kind, sent: 0, answered: 0), at: index)
      }
      channels[index].sent += sign * Int(row.sent)
      channels[index].answered += sign * Int(row.answered)
    }
  }

  /// For a record: where nothing was noted for a while, a difference may have been missed.
  public var clamped: ActivityTotals {
    var copy = self
    copy.hours = hours.map { max(0, $0) }
    copy.channels = channels.map { row in
      ChannelAnswersTotal(kind: row.kind, sent: max(0, row.sent), answered: min(max(0, row.answered), max(0, row.sent)))
    }
    return copy
  }

  public var json: JSONValue {
    [
      "hours": .array(hours.map { .int(Int64($0)) }),
      "channels": .array(
        channels.map { row in
          ["kind": .string(row.kind.rawValue), "sent": .int(Int64(row.sent)), "answered": .int(Int64(row.answered))]
        }),
    ]
  }

  public init?(json: JSONValue) {
    let counts = json["hours"]?.array ?? []
    hours = counts.compactMap { $0.int.map { Int($0) } }
    guard hours.count == counts.count, hours.isEmpty || hours.count == 24 else { return nil }
    for item in json["channels"]?.array ?? [] {
      guard let kind = item["kind"]?.string.flatMap(ChannelKind.init(rawValue:)), let sent = item["sent"]?.int,
        let answered = item["answered"]?.int
      else { return nil }
      channels.append(ChannelAnswersTotal(kind: kind, sent: Int(sent), answered: Int(answered)))
    }
  }
}

/// What a workspace's people are like, as it was last written down: on a day of use, at most once.
public struct ActivityRecord: Sendable, Equatable {
  public var at: Instant
  public var workspace: ActivityTotals
  /// Of the segments that journeys are for, by their slots.
  public var segments: [Int: ActivityTotals]

  public init(at: Instant = .distantPast, workspace: ActivityTotals = .init(), segments: [Int: ActivityTotals] = [:]) {
    self.at = at
    self.workspace = workspace
    self.segments = segments
  }

  /// - Parameter segment: the slot of the segment that a journey is for.
  public func hours(segment: Int?) -> HourModel {
    HourModel(workspaceCounts: workspace.hours, segmentCounts: segment.flatMap { segments[$0]?.hours } ?? [])
  }

  /// - Parameter segment: the slot of the segment that a journey is for.
  public func channels(segment: Int?) -> ChannelModel {
    ChannelModel(workspace: workspace.channels, segment: segment.flatMap { segments[$0]?.channels } ?? [])
  }

  public var json: JSONValue {
    [
      "at": .int(at.milliseconds), "workspace": workspace.json,
      "segments": .object(segments.sorted { $0.key < $1.key }.map { .init(String($0.key), $0.value.json) }),
    ]
  }

  public init?(json: JSONValue) {
    guard let at = json["at"]?.int, let totals = json["workspace"].flatMap(ActivityTotals.init(json:)) else {
      return nil
    }
    self.init(at: Instant(milliseconds: at), workspace: totals)
    for member in json["segments"]?.members ?? [] {
      guard let slot = Int(member.key), let totals = ActivityTotals(json: member.value) else { return nil }
      segments[slot] = totals
    }
  }
}
