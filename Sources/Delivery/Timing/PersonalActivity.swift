import Events
import Profiles
import RoostCore

/// Which events show that somebody is there.
///
/// Pages, screens and tracked events do, and so do openings and clicks. What machines report does not: messages that came
/// back or were fetched ahead, refunds, calls of the interface; nor does imported history, whose times are often those of
/// the night in which it was exported; nor what the workspace lists, such as subscriptions that renew themselves.
public struct PersonalActivity: Sendable, Equatable {
  private static let machines: Set<String> = {
    var names: Set<String> = [
      "Journey Requested", "Order Refunded", "Push Notification Bounced", "Push Notification Received",
    ]
    for kind in ChannelKind.allCases {
      for verb in ["Bounced", "Complained", "Delivered", "Prefetched", "Received", "Shown", "Unsubscribed"] {
        names.insert("\(kind.eventWord) \(verb)")
      }
    }
    return names
  }()
  private static let answers: [String: ChannelKind] = {
    var answers: [String: ChannelKind] = [:]
    for kind in ChannelKind.allCases {
      for verb in ["Opened", "Clicked"] { answers["\(kind.eventWord) \(verb)"] = kind }
    }
    return answers
  }()
  private let ignored: Set<String>

  /// - Parameter ignored: names of events that are not the person's doing.
  public init(ignoring ignored: Set<String> = []) { self.ignored = ignored.union(Self.machines) }

  /// - Parameter names: the workspace's.
  public func isPersonal(_ event: EventView, names: SymbolTable) -> Bool {
    guard !event.isHistorical else { return false }
    switch event.kind {
    case .page, .screen: return true
    case .track: return event.name != .none && !ignored.contains(names.name(event.name))
    case .identify, .group, .alias, .consent, .suppression: return false
    }
  }

  /// The kind of channel by whose message the person is heard of; `nil` if it is no answer, or not the first one to that
  /// message.
  public static func answer(_ event: EventView, names: SymbolTable) -> ChannelKind? {
    guard event.kind == .track, event.name != .none, !event.isHistorical else { return nil }
    let name = names.name(event.name)
    if name == "Push Notification Tapped" { return .push }
    guard let kind = answers[name], flag("first", of: event, names) else { return nil }
    return kind
  }

  private static func flag(_ name: String, of event: EventView, _ names: SymbolTable) -> Bool {
    guard let symbol = names.find(name), let field = event.field(.property, symbol) else { return false }
    return field.tag == .yes
  }
}
