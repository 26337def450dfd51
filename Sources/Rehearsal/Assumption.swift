import Delivery
import RoostCore

/// What people are taken to do with messages that were never sent, since no history can say it.
public enum Assumption: Sendable, Equatable {
  /// Nobody opens or clicks anything.
  case never
  /// What is recorded about messages of the same name counts: for a journey that was live in the period.
  case recorded
  /// By channel: so many open and click. Who does is drawn by hash of seed and message.
  case rates([ChannelKind: Rate])

  public struct Rate: Sendable, Equatable {
    /// Of all messages that go out, in millionths.
    public var opened: Int
    /// Of all messages that go out, in millionths; whoever clicks has opened.
    public var clicked: Int
    /// From the message to its opening; a click follows a minute later.
    public var after: TimeSpan

    public init(opened: Int, clicked: Int, after: TimeSpan = .hours(1)) {
      self.opened = opened
      self.clicked = clicked
      self.after = after
    }
  }

  init(reading json: JSONValue?, findings: inout [Problem.Finding]) {
    self = .never
    switch json {
    case nil, .null, .string("never"): return
    case .string("recorded"): self = .recorded
    case .object(let members):
      var rates: [ChannelKind: Rate] = [:]
      for member in members {
        guard let kind = ChannelKind(rawValue: member.key) else {
          let kinds = ChannelKind.allCases.map(\.rawValue).joined(separator: ", ")
          findings.append(.init(pointer: "/assume/" + pointerToken(member.key), detail: "expected one of \(kinds)"))
          continue
        }
        rates[kind] = Self.rate(member.value, at: "/assume/" + member.key, &findings)
      }
      self = .rates(rates)
    default:
      findings.append(
        .init(
          pointer: "/assume",
          detail: "expected \"never\", \"recorded\" or rates such as {\"email\": {\"opened\": 0.3, \"clicked\": 0.05}}")
      )
    }
  }

  private static func rate(
    _ json: JSONValue, at pointer: String, _ findings: inout [Problem.Finding]
  ) -> Rate? {
    func share(_ name: String) -> Int {
      guard let given = json[name] else { return 0 }
      if let number = given.number, number >= 0, number <= 1 { return Int((number * 1_000_000).rounded()) }
      findings.append(.init(pointer: "\(pointer)/\(name)", detail: "expected a share from 0 to 1"))
      return 0
    }
    for member in json.members ?? [] where !["opened", "clicked", "after"].contains(member.key) {
      findings.append(
        .init(pointer: "\(pointer)/\(pointerToken(member.key))", detail: "unknown; known: opened, clicked, after"))
    }
    guard json.members != nil else {
      findings.append(.init(pointer: pointer, detail: "expected {\"opened\": 0.3, \"clicked\": 0.05}"))
      return nil
    }
    var rate = Rate(opened: share("opened"), clicked: share("clicked"))
    if rate.clicked > rate.opened {
      findings.append(
        .init(pointer: pointer + "/clicked", detail: "of all messages; at most as many as are opened"))
    }
    if let given = json["after"] {
      if let span = given.string.flatMap({ TimeSpan(text: $0) }), span > TimeSpan(milliseconds: 0) {
        rate.after = span
      } else {
        findings.append(.init(pointer: pointer + "/after", detail: "expected a duration such as 2h"))
      }
    }
    return rate
  }

  var json: JSONValue {
    switch self {
    case .never: "never"
    case .recorded: "recorded"
    case .rates(let rates):
      .object(
        rates.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, rate in
          .init(
            kind.rawValue,
            [
              "opened": .double(Double(rate.opened) / 1e6), "clicked": .double(Double(rate.clicked) / 1e6),
              "after": .string(rate.after.text),
            ])
        })
    }
  }
}
