import Profiles
import RoostCore

/// At which hour somebody is likeliest to be there.
///
/// The share of an hour is that of a Dirichlet-multinomial: `(c + w · p) / (n + w)`, with the person's count `c` of the hour
/// among `n`, the share `p` of it among the people like them, and the weight `w` of 12 hours seen. So somebody with two
/// visits is expected when everybody is, and somebody with a hundred when they were. `p` is made the same way: the people of
/// the journey's segment with the weight of 100 hours of everybody in the workspace. Each share is then averaged with its
/// neighbours (¼, ½, ¼): somebody seen at 9 and at 11 is likely to be there at 10.
public struct HourModel: Sendable, Equatable {
  /// What a choice rests on.
  public typealias Basis = JourneyRun.BestHour.Basis

  public struct Choice: Sendable, Equatable {
    public var at: Instant
    public var basis: Basis
    /// The expected share of the day's activity in that hour; 1 / 24 where nothing is known.
    public var share: Double
    /// How many hours of the basis were seen.
    public var seen: Int
  }

  public static let priorWeight = 12.0
  public static let segmentPriorWeight = 100.0
  /// A person of whom fewer hours were seen is expected when the people like them are.
  public static let personHoursMin = 3
  /// A workspace or segment of which fewer hours were seen says nothing.
  public static let workspaceHoursMin = 200

  /// The shares by local hour of those like the person; equal where too little was seen.
  private let prior: [Double]
  private let priorBasis: Basis
  private let priorSeen: Int

  /// - Parameters:
  ///   - workspaceCounts: what was seen of everybody by local hour: 24 counts, or none.
  ///   - segmentCounts: the same of the people in the journey's segment.
  public init(workspaceCounts: [Int], segmentCounts: [Int] = []) {
    let (total, own) = (workspaceCounts.reduce(0, +), segmentCounts.reduce(0, +))
    let knowsWorkspace = workspaceCounts.count == 24 && total >= Self.workspaceHoursMin
    let equal = [Double](repeating: 1 / 24, count: 24)
    let shares = knowsWorkspace ? workspaceCounts.map { Double($0) / Double(total) } : equal
    guard segmentCounts.count == 24, own >= Self.workspaceHoursMin else {
      prior = shares
      priorBasis = knowsWorkspace ? .workspace : .nothing
      priorSeen = total
      return
    }
    let weight = Self.segmentPriorWeight
    prior = (0..<24).map { (Double(segmentCounts[$0]) + weight * shares[$0]) / (Double(own) + weight) }
    priorBasis = .segment
    priorSeen = own
  }

  /// The expected share of each local hour.
  public func shares(of person: ActivityHours) -> [Double] {
    let total = Double(person.total)
    var raw: [Double] = []
    for hour in 0..<24 {
      raw.append((Double(person[hour]) + Self.priorWeight * prior[hour]) / (total + Self.priorWeight))
    }
    var shares: [Double] = []
    for hour in 0..<24 {
      let neighbours = raw[(hour + 23) % 24] + raw[(hour + 1) % 24]
      shares.append(0.5 * raw[hour] + 0.25 * neighbours)
    }
    return shares
  }

  /// The best moment from `now` on within a span: now if the present hour is as good as any, else the beginning of the best
  /// hour. Quiet hours are no choice. Where nothing is known it is the first moment that is not quiet.
  public func best(
    for person: ActivityHours, from now: Instant, within span: TimeSpan, in zone: ZoneRules, quiet: QuietHours? = nil
  ) -> Choice {
    let first = quiet?.firstLoud(notBefore: now, in: zone) ?? now
    let isKnown = person.total >= Self.personHoursMin
    let basis = isKnown ? .person : priorBasis
    let seen = isKnown ? person.total : priorSeen
    guard basis != .nothing else { return Choice(at: first, basis: .nothing, share: 1 / 24, seen: person.total) }
    let shares = shares(of: isKnown ? person : ActivityHours())
    var best = Choice(at: first, basis: basis, share: shares[zone.local(first).hour], seen: seen)
    let end = now + span
    var index = zone.index(of: .hour, at: first)
    // Hours come one by one, also over a change of clocks; a week is more than anybody waits for an hour.
    for _ in 0..<168 {
      index += 1
      let moment = zone.start(of: .hour, index: index)
      guard moment <= end else { break }
      guard moment > best.at, quiet.map({ $0.firstLoud(notBefore: moment, in: zone) == moment }) ?? true else {
        continue
      }
      let share = shares[zone.local(moment).hour]
      if share > best.share { best = Choice(at: moment, basis: basis, share: share, seen: seen) }
    }
    return best
  }
}

extension HourModel.Choice {
  /// As a run keeps it.
  public var kept: JourneyRun.BestHour {
    .init(
      at: at, basis: basis, permille: UInt16(clamping: Int((share * 1_000).rounded())), seen: UInt32(clamping: seen))
  }
}

extension JourneyRun.BestHour.Basis {
  /// The word for it in records that others read.
  public var name: String {
    switch self {
    case .person: "person"
    case .segment: "segment"
    case .workspace: "workspace"
    case .nothing: "nothing"
    }
  }
}
