import Delivery
import Foundation
import Profiles
import RoostCore

/// A gate, and people before it.
struct GateWorld {
  static let names = [
    "Europe/Rome", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
  ]

  static let zones: ZoneTable = {
    func file(_ name: String) -> [UInt8] {
      [UInt8](FileManager.default.contents(atPath: "/usr/share/zoneinfo/" + name) ?? Data())
    }
    return ZoneTable(
      files: Dictionary(uniqueKeysWithValues: names.map { ($0, file($0)) }), zoneTab: file("zone.tab"),
      countryTab: file("iso3166.tab"))
  }()

  let symbols = SymbolTable()
  let gate: DeliveryGate

  init(_ policies: String, zone: String = "UTC") throws {
    gate = try DeliveryGate(
      consentPolicy: .implied, policies: DeliveryPolicies(json: JSONValue(parsing: policies), version: 3),
      routes: ["news": ChannelRoute(any: .email), "sms": ChannelRoute(any: .sms)], zones: Self.zones,
      workspaceZone: Self.zones[zone]!, symbols: symbols)
  }

  static func moment(_ text: String) -> Instant { Instant(iso8601: text)! }

  func person(_ zone: String? = nil) -> PersonState {
    var person = PersonState(workspace: WorkspaceID(1), id: PersonID(7), createdAt: Instant(milliseconds: 0))
    person.identifiers = [Identifier(.email, "ann@example.com"), Identifier(.phone, "+390612345678")]
    if let zone { person.setTrait(.timezone, .string(zone), at: Instant(milliseconds: 1)) }
    return person
  }

  func request(
    _ channel: String = "email", journey: String? = nil, labels: [String] = [],
    messageClass: MessageClass = .marketing
  ) -> SendRequest {
    SendRequest(
      id: IntentID(high: 1, low: 2), messageClass: messageClass, channel: channel, template: "t",
      journey: journey.flatMap { symbols.intern($0) } ?? .none, labels: labels.compactMap { symbols.intern($0) })
  }
}

extension GateDecision {
  var passage: Passage? { if case .deliver(let passage, _) = self { passage } else { nil } }
  var heldUntil: Instant? { if case .hold(let until, _, _) = self { until } else { nil } }
  /// `deliver`, `skip REASON` or `hold REASON until T`.
  var text: String {
    switch self {
    case .deliver(let passage, _): "deliver by \(passage.channel)"
    case .hold(let until, let reason, _): "hold \(reason.published.rawValue) until \(until.text)"
    case .suppress(let reason, _): "skip \(reason.rawValue)"
    }
  }
}
