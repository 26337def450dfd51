import Profiles
import RoostCore

/// At which hour somebody is likeliest to be there.
///
/// The share of an hour is that of a Dirichlet-multinomial: `(c + w · p) / (n + w)`, with the person's count `c` of the hour
/// among `n`, the workspace's share `p` of it, and the weight `w` of 12 hours seen. So somebody with two visits is expected
/// when everybody is, and somebody with a hundred when they were. Each share is then averaged with its neighbours
/// (¼, ½, ¼): somebody seen at 9 and at 11 is likely to be there at 10.
public struct HourModel: Sendable, Equatable {
  /// What a choice rests on.
  public enum Basis: String, Sendable, Hashable {
    case person, workspace
    /// Too little is known of anybody: there is no choice.
    case nothing
  }

  public struct Choice: Sendable, Equatable {
    public var at: Instant
    public var basis: Basis
    /// The expected share of the day's activity in that hour; 1 / 24 where nothing is known.
    public var share: Double
  }

  public static let priorWeight = 12.0
  /// A person of whom fewer hours were seen is expected when the workspace's people are.
  public static let personHoursMin = 3
  /// A workspace of which fewer hours were seen says nothing.
  public static let workspaceHoursMin = 200

  /// The workspace's shares by local hour; equal where too little was seen.
  private let prior: [Double]
  private let knowsWorkspace: Bool

  /// - Parameter workspaceCounts: what was seen of everybody by local hour: 24 counts, or none.
  public init(workspaceCounts: [Int]) {
    let total = workspaceCounts.reduce(0, +)
    knowsWorkspace = workspaceCounts.count == 24 && total >= Self.workspaceHoursMin
    let equal = [Double](repeating: 1 / 24, count: 24)
    prior = knowsWorkspace ? workspaceCounts.map { Double($0) / Double(total) } : equal
  }

  /// The expected share of each local hour.
  public func shares(of person: ActivityHours) -> [Double] {
    let total = Double(person.total)
    var raw: [Double] = []
    for hour in 0..<24 {
      let count = person.isEmpty ? 0 : Double(person.counts[hour])
      raw.append((count + Self.priorWeight * prior[hour]) / (total + Self.priorWeight))
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
    let basis: Basis =
      person.total >= Self.personHoursMin ? .person : (knowsWorkspace ? .workspace : .nothing)
    guard basis != .nothing else { return Choice(at: first, basis: .nothing, share: 1 / 24) }
    let shares = shares(of: basis == .person ? person : ActivityHours())
    var best = Choice(at: first, basis: basis, share: shares[zone.local(first).hour])
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
      if share > best.share { best = Choice(at: moment, basis: basis, share: share) }
    }
    return best
  }
}
