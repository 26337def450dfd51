import Profiles
import RoostCore

/// The caps of a workspace, ready to count.
struct CapProgram: Sendable {
  let caps: [Cap]
  /// `channel:KEY` of the channels that a cap names by key.
  private let channelLabels: [String: Symbol]
  private let symbols: SymbolTable

  struct Cap: Sendable {
    var rule: FrequencyCap
    var test: Test
  }

  enum Test: Sendable, Equatable {
    case all
    case kind(UInt8)
    case journey(Symbol)
    case label(Symbol)
    case each(CapScope.Group)
  }

  /// Numbers the names in the caps. Throws when the workspace has no room for more names.
  init(_ caps: [FrequencyCap], symbols: SymbolTable) throws(Problem) {
    var channelLabels: [String: Symbol] = [:]
    var compiled: [Cap] = []
    for (index, rule) in caps.enumerated() {
      func symbol(_ name: String) throws(Problem) -> Symbol {
        if let symbol = symbols.intern(name) { return symbol }
        throw .invalid("/caps/\(index)/scope", "the workspace has no room for more names")
      }
      switch rule.scope {
      case .all: compiled.append(Cap(rule: rule, test: .all))
      case .channel(let name):
        if let kind = ChannelKind(rawValue: name) {
          compiled.append(Cap(rule: rule, test: .kind(kind.number)))
        } else {
          let label = try symbol("channel:" + name)
          channelLabels[name] = label
          compiled.append(Cap(rule: rule, test: .label(label)))
        }
      case .journey(let key): compiled.append(Cap(rule: rule, test: .journey(try symbol(key))))
      case .label(let name): compiled.append(Cap(rule: rule, test: .label(try symbol(name))))
      case .each(let group): compiled.append(Cap(rule: rule, test: .each(group)))
      }
    }
    self.caps = compiled
    self.channelLabels = channelLabels
    self.symbols = symbols
  }

  /// What would be remembered of a message that goes out now.
  func mark(of request: SendRequest, kind: ChannelKind, now: Instant) -> SentMark {
    var labels = request.labels
    if let label = channelLabels[request.channel] { labels.append(label) }
    return SentMark(at: now, channelKind: kind.number, journey: request.journey, labels: labels)
  }

  /// How a cap stands for a message; `nil` if it does not count such messages.
  func standing(_ index: Int, for mark: SentMark, in state: PersonState, now: Instant, zone: ZoneRules) -> CapStanding?
  {
    let cap = caps[index]
    switch cap.test {
    case .each(.tag): return worst(index, labels(of: mark, "tag:"), state, now, zone)
    case .each(.advertiser): return worst(index, labels(of: mark, "advertiser:"), state, now, zone)
    default:
      guard counts(cap.test, mark) else { return nil }
      return standing(index, state, now, zone) { other in
        switch cap.test {
        case .each(.channel): other.channelKind == mark.channelKind
        case .each(.journey): other.journey == mark.journey
        default: counts(cap.test, other)
        }
      }
    }
  }

  /// Of several labels the one that is free last, or has the fewest places left.
  private func worst(
    _ index: Int, _ labels: [Symbol], _ state: PersonState, _ now: Instant, _ zone: ZoneRules
  ) -> CapStanding? {
    var worst: CapStanding?
    for label in labels {
      let standing = standing(index, state, now, zone) { $0.labels.contains(label) }
      if let present = worst, (present.freeAt, present.count) >= (standing.freeAt, standing.count) { continue }
      worst = standing
    }
    return worst
  }

  private func standing(
    _ index: Int, _ state: PersonState, _ now: Instant, _ zone: ZoneRules, where isCounted: (SentMark) -> Bool
  ) -> CapStanding {
    standing(caps[index].rule, at: index, state, now, zone, where: isCounted)
  }

  /// How a person's own cap stands: it counts all marketing.
  func standing(own rule: FrequencyCap, in state: PersonState, now: Instant, zone: ZoneRules) -> CapStanding {
    standing(rule, at: CapStanding.own, state, now, zone) { _ in true }
  }

  private func standing(
    _ rule: FrequencyCap, at index: Int, _ state: PersonState, _ now: Instant, _ zone: ZoneRules,
    where isCounted: (SentMark) -> Bool
  ) -> CapStanding {
    var ends: [Instant] = []
    for mark in state.delivery.marks where isCounted(mark) {
      let end = rule.per.end(from: mark.at, isCalendar: rule.isCalendar, in: zone)
      if end > now { ends.append(end) }
    }
    guard ends.count >= rule.max else {
      return CapStanding(cap: index, count: ends.count, max: rule.max, freeAt: now)
    }
    // Places come back in the order of these ends; so many must before there is one.
    ends.sort()
    return CapStanding(cap: index, count: ends.count, max: rule.max, freeAt: ends[ends.count - rule.max])
  }

  /// Remembers a message that goes out, and forgets those that no cap counts any more.
  ///
  /// - Parameter own: the person's own cap.
  func note(_ mark: SentMark, own: FrequencyCap?, in state: inout PersonState, now: Instant, zone: ZoneRules) {
    if own != nil || caps.contains(where: { counts($0.test, mark) }) { state.delivery.add(mark) }
    state.delivery.marks.removeAll { mark in
      if let own, own.per.end(from: mark.at, isCalendar: own.isCalendar, in: zone) > now { return false }
      return !caps.contains { cap in
        counts(cap.test, mark)
          && cap.rule.per.end(from: mark.at, isCalendar: cap.rule.isCalendar, in: zone) > now
      }
    }
  }

  /// Takes back what was noted at this moment of a message that is not sent after all.
  func takeBack(_ passage: Passage, journey: Symbol, in state: inout PersonState, now: Instant) {
    let label = channelLabels[passage.channel]
    let place = state.delivery.marks.lastIndex { mark in
      mark.at == now && mark.channelKind == passage.kind.number && mark.journey == journey
        && channelLabels.values.allSatisfy { mark.labels.contains($0) == ($0 == label) }
    }
    if let place { state.delivery.marks.remove(at: place) }
  }

  /// Whether any cap asks where the person lives.
  var needsZone: Bool { caps.contains { $0.rule.per.needsZone(isCalendar: $0.rule.isCalendar) } }

  private func counts(_ test: Test, _ mark: SentMark) -> Bool {
    switch test {
    case .all, .each(.channel): true
    case .kind(let kind): mark.channelKind == kind
    case .journey(let journey): mark.journey == journey
    case .label(let label): mark.labels.contains(label)
    case .each(.journey): mark.journey != .none
    case .each(.tag): !labels(of: mark, "tag:").isEmpty
    case .each(.advertiser): !labels(of: mark, "advertiser:").isEmpty
    }
  }

  private func labels(of mark: SentMark, _ prefix: String) -> [Symbol] {
    mark.labels.filter { symbols.name($0).hasPrefix(prefix) }
  }
}
