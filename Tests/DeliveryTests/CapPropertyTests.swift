import Profiles
import RoostCore
import Testing

@testable import Delivery

/// Random caps, random messages, random times: no window ever holds more than its cap allows, and nobody waits longer
/// than needed. Counted here anew from all that went out, without what the gate remembers.
@Suite struct CapPropertyTests {
  private struct Sent {
    var at: Instant
    var kind: UInt8
    var journey: Symbol
    var labels: [Symbol]
  }

  private static let scopes = [
    "all", "channel:email", "channel:news", "journey:a", "tag:x", "channel", "journey", "tag", "network",
  ]
  private static let periods = ["30m", "5h", "24h", "2d", "1w", "month"]

  @Test func `Never more, never later`() throws {
    for seed in 0..<30 as Range<UInt64> { try life(seed) }
  }

  private func life(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let caps = (0...random.below(4)).map { _ in
      let scope = Self.scopes[random.below(Self.scopes.count)]
      let (period, max) = (Self.periods[random.below(Self.periods.count)], 1 + random.below(4))
      return
        #"{"max":\#(max),"per":"\#(period)","scope":"\#(scope)","window":"\#(random.below(2) == 0 ? "rolling" : "calendar")"}"#
    }
    let world = try GateWorld(#"{"caps":[\#(caps.joined(separator: ","))]}"#)
    let zone = try #require(GateWorld.zones[GateWorld.names[random.below(GateWorld.names.count)]])
    var person = world.person(zone.name)
    var sent: [Sent] = []
    var now = GateWorld.moment("2026-03-01T00:00:00Z") + .minutes(Int64(random.below(60 * 24 * 30)))
    for _ in 0..<150 {
      now = now + .minutes(Int64(random.below(3) == 0 ? 0 : random.below(random.below(2) == 0 ? 60 : 2_000)))
      let labels = ["tag:x", "tag:y", "network"].filter { _ in random.below(3) == 0 }
      let request = world.request(
        ["email", "news", "sms"][random.below(3)], journey: ["a", "b"][random.below(2)], labels: labels)
      let candidate = candidate(request, world, now)
      switch world.gate.decide(request, &person, now: now) {
      case .deliver:
        sent.append(candidate)
        #expect(isAllowed(sent, world, zone, now), "seed \(seed) at \(now.text): over a cap")
      case .hold(let until, _, _):
        #expect(until > now)
        #expect(
          isAllowed(sent + [moved(candidate, until)], world, zone, until), "seed \(seed): still full at \(until.text)")
        let before = until - TimeSpan(milliseconds: 1)
        #expect(
          !isAllowed(sent + [moved(candidate, before)], world, zone, before), "seed \(seed): free before \(until.text)")
      case .suppress(let reason, _): Issue.record("seed \(seed): \(reason)")
      }
    }
    #expect(person.delivery.marks.count <= sent.count)
  }

  private func candidate(_ request: SendRequest, _ world: GateWorld, _ now: Instant) -> Sent {
    var labels = request.labels
    if request.channel == "news", let label = world.symbols.find("channel:news") { labels.append(label) }
    return Sent(at: now, kind: request.channel == "sms" ? 2 : 1, journey: request.journey, labels: labels)
  }

  private func moved(_ sent: Sent, _ moment: Instant) -> Sent {
    Sent(at: moment, kind: sent.kind, journey: sent.journey, labels: sent.labels)
  }

  /// Whether no cap counts too many in the window that ends now; the last one sent is the one in question.
  private func isAllowed(_ all: [Sent], _ world: GateWorld, _ zone: ZoneRules, _ now: Instant) -> Bool {
    guard let last = all.last else { return true }
    return world.gate.policies.caps.allSatisfy { cap in
      let window = all.filter { isInside($0.at, cap, zone, now) }
      return groups(cap.scope, last, world).allSatisfy { group in
        window.filter { groups(cap.scope, $0, world).contains(group) }.count <= cap.max
      }
    }
  }

  /// What a message counts under: nothing if the cap passes it over.
  private func groups(_ scope: CapScope, _ sent: Sent, _ world: GateWorld) -> [String] {
    let labels = sent.labels.map(world.symbols.name)
    switch scope {
    case .all: return [""]
    case .channel("email"): return sent.kind == 1 ? [""] : []
    case .channel(let key): return labels.contains("channel:" + key) ? [""] : []
    case .journey(let key): return world.symbols.name(sent.journey) == key ? [""] : []
    case .label(let label): return labels.contains(label) ? [""] : []
    case .each(.channel): return ["\(sent.kind)"]
    case .each(.journey): return [world.symbols.name(sent.journey)]
    case .each(.tag): return labels.filter { $0.hasPrefix("tag:") }
    case .each(.advertiser): return labels.filter { $0.hasPrefix("advertiser:") }
    }
  }

  private func isInside(_ at: Instant, _ cap: FrequencyCap, _ zone: ZoneRules, _ now: Instant) -> Bool {
    if cap.isCalendar {
      // Where clocks are set back the calendar does not go back with them: what was reached counts.
      let mine = zone.index(of: cap.per.unit, at: at)
      let change = zone.period(at: now).start
      let reached = change > at ? zone.index(of: cap.per.unit, at: change - TimeSpan(milliseconds: 1)) : mine
      let present = max(zone.index(of: cap.per.unit, at: now), reached)
      return mine > present - cap.per.count
    }
    switch cap.per.unit {
    case .minute: return at > now - .minutes(Int64(cap.per.count))
    case .hour: return at > now - .hours(Int64(cap.per.count))
    case .day: return at > now - .days(Int64(cap.per.count))
    case .week: return at > now - .days(Int64(7 * cap.per.count))
    case .month:
      var local = zone.local(at)
      let month = local.date.month % 12 + 1
      let year = local.date.year + (local.date.month == 12 ? 1 : 0)
      local.date = CivilDate(
        year: year, month: month, day: min(local.date.day, CivilDate.days(inMonth: month, of: year)))
      return zone.instant(local) > now
    }
  }
}
