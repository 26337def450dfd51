/// The console's addresses: read from a request's path, written into links. One list for both directions.
public enum Route: Hashable, Sendable {
  case home
  case signIn
  case signOut
  case clock
  case workspaces
  case overview(workspace: String)
  case people(workspace: String)
  case person(workspace: String, id: String)
  case segments(workspace: String)
  case segment(workspace: String, key: String)
  case journeys(workspace: String)
  case journey(workspace: String, key: String)
  /// A form's target: does `action` to the journey.
  case journeyAction(workspace: String, key: String, action: JourneyAction)
  case broadcasts(workspace: String)
  case broadcast(workspace: String, key: String)
  /// A form's target: does `action` to the broadcast.
  case broadcastAction(workspace: String, key: String, action: BroadcastAction)
  case rehearsals(workspace: String)
  case rehearsal(workspace: String, id: String)
  /// A form's target: stops a rehearsal.
  case rehearsalCancel(workspace: String, id: String)
  case templates(workspace: String)
  /// With a preview.
  case template(workspace: String, key: String)
  /// The HTML of a preview, for a sandboxed frame.
  case templateBody(workspace: String, key: String)
  /// A form's target: sends the template to an address.
  case templateTest(workspace: String, key: String)
  /// The pools of vouchers.
  case vouchers(workspace: String)
  case messages(workspace: String)
  case message(workspace: String, id: String)
  /// The HTML of a message, for a sandboxed frame.
  case messageBody(workspace: String, id: String)
  /// The ways out, and what failed on them.
  case channels(workspace: String)
  /// A form's target: tries a channel.
  case channelTrial(workspace: String, key: String)
  /// A form's target: hands failed messages over again.
  case redrive(workspace: String)
  /// The rules for marketing messages; also the form's target.
  case policies(workspace: String)
  /// The addresses that get nothing; also the target of the form that puts one there.
  case suppressions(workspace: String)
  /// A form's target: takes an address off the list.
  case suppressionLift(workspace: String)
  case mailbox
  case letter(id: String)
  /// The HTML of a letter, for a sandboxed frame.
  case letterBody(id: String)
  case quarantine(workspace: String)
  case quarantined(workspace: String, id: String)
  /// A form's target: mends and replays.
  case quarantineReplay(workspace: String, id: String)

  public enum JourneyAction: String, CaseIterable, Sendable {
    case publish, pause, resume, archive
  }

  public enum BroadcastAction: String, CaseIterable, Sendable {
    case start, pause, resume, stop
  }

  /// The route of a path without query, as it stands in the request; `nil` if no page is there.
  public init?(path: String) {
    var segments: [String] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      guard let segment = Link.decode(part), !segment.isEmpty else { return nil }
      segments.append(segment)
    }
    switch segments.first {
    case nil: self = .home
    case "mailbox": self.init(mailbox: segments)
    case "console": self.init(console: segments)
    default: return nil
    }
  }

  private init?(mailbox segments: [String]) {
    switch segments.count {
    case 1: self = .mailbox
    case 2: self = .letter(id: segments[1])
    case 3 where segments[2] == "body": self = .letterBody(id: segments[1])
    default: return nil
    }
  }

  private init?(console segments: [String]) {
    switch segments.count {
    case 1: self = .workspaces
    case 2: self = Self.reserved[segments[1]] ?? .overview(workspace: segments[1])
    case 3: self.init(list: segments[2], workspace: segments[1])
    case 4: self.init(item: segments[3], of: segments[2], workspace: segments[1])
    case 5: self.init(part: segments[4], of: segments[3], in: segments[2], workspace: segments[1])
    default: return nil
    }
  }

  private static let reserved: [String: Route] = ["sign-in": .signIn, "sign-out": .signOut, "clock": .clock]

  private init?(list: String, workspace: String) {
    switch list {
    case "people": self = .people(workspace: workspace)
    case "segments": self = .segments(workspace: workspace)
    case "journeys": self = .journeys(workspace: workspace)
    case "broadcasts": self = .broadcasts(workspace: workspace)
    case "rehearsals": self = .rehearsals(workspace: workspace)
    case "templates": self = .templates(workspace: workspace)
    case "vouchers": self = .vouchers(workspace: workspace)
    case "messages": self = .messages(workspace: workspace)
    case "channels": self = .channels(workspace: workspace)
    case "policies": self = .policies(workspace: workspace)
    case "suppressions": self = .suppressions(workspace: workspace)
    case "quarantine": self = .quarantine(workspace: workspace)
    default: return nil
    }
  }

  private init?(item: String, of list: String, workspace: String) {
    switch list {
    case "people": self = .person(workspace: workspace, id: item)
    case "segments": self = .segment(workspace: workspace, key: item)
    case "journeys": self = .journey(workspace: workspace, key: item)
    case "broadcasts": self = .broadcast(workspace: workspace, key: item)
    case "rehearsals": self = .rehearsal(workspace: workspace, id: item)
    case "templates": self = .template(workspace: workspace, key: item)
    case "messages": self = .message(workspace: workspace, id: item)
    case "dead-letters" where item == "redrive": self = .redrive(workspace: workspace)
    case "quarantine": self = .quarantined(workspace: workspace, id: item)
    case "suppressions" where item == "lift": self = .suppressionLift(workspace: workspace)
    default: return nil
    }
  }

  private init?(part: String, of item: String, in list: String, workspace: String) {
    switch (list, part) {
    case ("rehearsals", "cancel"): self = .rehearsalCancel(workspace: workspace, id: item)
    case ("channels", "try"): self = .channelTrial(workspace: workspace, key: item)
    case ("templates", "body"): self = .templateBody(workspace: workspace, key: item)
    case ("templates", "test"): self = .templateTest(workspace: workspace, key: item)
    case ("messages", "body"): self = .messageBody(workspace: workspace, id: item)
    case ("quarantine", "replay"): self = .quarantineReplay(workspace: workspace, id: item)
    case ("broadcasts", _):
      guard let action = BroadcastAction(rawValue: part) else { return nil }
      self = .broadcastAction(workspace: workspace, key: item, action: action)
    case ("journeys", _):
      guard let action = JourneyAction(rawValue: part) else { return nil }
      self = .journeyAction(workspace: workspace, key: item, action: action)
    default: return nil
    }
  }

  /// Where what sent a message is shown: a journey, or the broadcast that `broadcast:KEY` stands for.
  static func sender(workspace: String, journey: String) -> Route {
    let parts = journey.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "broadcast" else { return .journey(workspace: workspace, key: journey) }
    return .broadcast(workspace: workspace, key: String(parts[1]))
  }

  /// The address.
  public var link: Link {
    switch self {
    case .home: Link()
    case .signIn: Link("console", "sign-in")
    case .signOut: Link("console", "sign-out")
    case .clock: Link("console", "clock")
    case .workspaces: Link("console")
    case .overview(let workspace): Link("console", workspace)
    case .people(let workspace): Link("console", workspace, "people")
    case .person(let workspace, let id): Link("console", workspace, "people", id)
    case .segments(let workspace): Link("console", workspace, "segments")
    case .segment(let workspace, let key): Link("console", workspace, "segments", key)
    case .journeys(let workspace): Link("console", workspace, "journeys")
    case .journey(let workspace, let key): Link("console", workspace, "journeys", key)
    case .journeyAction(let workspace, let key, let action):
      Link("console", workspace, "journeys", key, action.rawValue)
    case .broadcasts(let workspace): Link("console", workspace, "broadcasts")
    case .broadcast(let workspace, let key): Link("console", workspace, "broadcasts", key)
    case .broadcastAction(let workspace, let key, let action):
      Link("console", workspace, "broadcasts", key, action.rawValue)
    case .rehearsals(let workspace): Link("console", workspace, "rehearsals")
    case .rehearsal(let workspace, let id): Link("console", workspace, "rehearsals", id)
    case .rehearsalCancel(let workspace, let id): Link("console", workspace, "rehearsals", id, "cancel")
    case .templates(let workspace): Link("console", workspace, "templates")
    case .template(let workspace, let key): Link("console", workspace, "templates", key)
    case .templateBody(let workspace, let key): Link("console", workspace, "templates", key, "body")
    case .templateTest(let workspace, let key): Link("console", workspace, "templates", key, "test")
    case .vouchers(let workspace): Link("console", workspace, "vouchers")
    case .messages(let workspace): Link("console", workspace, "messages")
    case .message(let workspace, let id): Link("console", workspace, "messages", id)
    case .messageBody(let workspace, let id): Link("console", workspace, "messages", id, "body")
    case .channels(let workspace): Link("console", workspace, "channels")
    case .channelTrial(let workspace, let key): Link("console", workspace, "channels", key, "try")
    case .redrive(let workspace): Link("console", workspace, "dead-letters", "redrive")
    case .policies(let workspace): Link("console", workspace, "policies")
    case .suppressions(let workspace): Link("console", workspace, "suppressions")
    case .suppressionLift(let workspace): Link("console", workspace, "suppressions", "lift")
    case .mailbox: Link("mailbox")
    case .letter(let id): Link("mailbox", id)
    case .letterBody(let id): Link("mailbox", id, "body")
    case .quarantine(let workspace): Link("console", workspace, "quarantine")
    case .quarantined(let workspace, let id): Link("console", workspace, "quarantine", id)
    case .quarantineReplay(let workspace, let id): Link("console", workspace, "quarantine", id, "replay")
    }
  }
}
