import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct TimingTests {
  /// Monday, 12:00 in Rome.
  private static let now = GateWorld.moment("2026-06-01T10:00:00Z")

  private func hours(_ seen: [Int: Int]) -> ActivityHours {
    var hours = ActivityHours()
    var at: Int64 = 400_000
    for (hour, count) in seen.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<count {
        at += 1
        hours.note(localHour: hour, at: Instant(milliseconds: at * 3_600_000))
      }
    }
    return hours
  }

  private func workspace(_ seen: [Int: Int]) -> HourModel {
    HourModel(workspaceCounts: (0..<24).map { seen[$0] ?? 0 })
  }

  private func best(
    _ model: HourModel, _ seen: [Int: Int], within span: TimeSpan = .hours(24), quiet: QuietHours? = nil
  ) throws -> (String, HourModel.Basis) {
    let rome = try #require(GateWorld.zones["Europe/Rome"])
    let choice = model.best(for: hours(seen), from: Self.now, within: span, in: rome, quiet: quiet)
    return (choice.at.text, choice.basis)
  }

  @Test func `Who is known is met at their hour, by their clocks`() throws {
    #expect(try best(workspace([:]), [20: 9, 8: 2]) == ("2026-06-01T18:00:00.000Z", .person))
    #expect(try best(workspace([:]), [12: 9, 8: 2]) == ("2026-06-01T10:00:00.000Z", .person))
    #expect(try best(workspace([:]), [8: 9]) == ("2026-06-02T06:00:00.000Z", .person))
  }

  @Test func `Who is not known is met when everybody is there`() throws {
    let evening = workspace([19: 200, 9: 100])
    #expect(try best(evening, [:]) == ("2026-06-01T17:00:00.000Z", .workspace))
    #expect(try best(evening, [3: 2]) == ("2026-06-01T17:00:00.000Z", .workspace))
    // Three visits at three in the morning among twelve expected elsewhere do not outweigh them; twenty do.
    #expect(try best(evening, [3: 3]) == ("2026-06-01T17:00:00.000Z", .person))
    #expect(try best(evening, [3: 20]) == ("2026-06-02T01:00:00.000Z", .person))
  }

  @Test func `Of whom and of what nothing is known there is no choice`() throws {
    #expect(try best(workspace([19: 199]), [:]) == ("2026-06-01T10:00:00.000Z", .nothing))
    let quiet = QuietHours(from: 11 * 60, to: 15 * 60)
    #expect(try best(workspace([:]), [:], quiet: quiet) == ("2026-06-01T13:00:00.000Z", .nothing))
  }

  @Test func `Within the span, and not in quiet hours`() throws {
    #expect(try best(workspace([:]), [20: 9, 14: 3], within: .hours(4)) == ("2026-06-01T12:00:00.000Z", .person))
    let quiet = QuietHours(from: 19 * 60, to: 8 * 60)
    #expect(try best(workspace([:]), [20: 9, 14: 3], quiet: quiet) == ("2026-06-01T12:00:00.000Z", .person))
  }

  /// By hand: 12 hours of equal shares and 4 seen at 10: (4 + 0.5) / 16, its neighbours 0.5 / 16, then ¼, ½, ¼.
  @Test func `The shares of the model`() {
    let shares = workspace([:]).shares(of: hours([10: 4]))
    #expect(abs(shares[10] - (0.25 * 0.5 + 0.5 * 4.5 + 0.25 * 0.5) / 16) < 1e-12)
    #expect(abs(shares[9] - (0.25 * 0.5 + 0.5 * 0.5 + 0.25 * 4.5) / 16) < 1e-12)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
  }

  /// By hand: the workspace has 240 hours, 120 of them at 9; the segment 300, 200 of them at 20. Its share of 20 o'clock is
  /// (200 + 100 · 0) / 400 = 0.5, of 9 o'clock (0 + 100 · 0.5) / 400 = 0.125. With 4 of a person's 4 hours at 9 that is
  /// (4 + 12 · 0.125) / 16 = 0.34375 against (12 · 0.5) / 16 = 0.375; then the neighbours: ½ of each, for both are alone.
  @Test func `A person between segment and workspace`() throws {
    var everybody = [Int](repeating: 0, count: 24)
    (everybody[9], everybody[14]) = (120, 120)
    var segment = [Int](repeating: 0, count: 24)
    (segment[20], segment[2]) = (200, 100)
    let model = HourModel(workspaceCounts: everybody, segmentCounts: segment)
    let shares = model.shares(of: hours([9: 4]))
    #expect(abs(shares[9] - 0.34375 / 2) < 1e-12)
    #expect(abs(shares[20] - 0.375 / 2) < 1e-12)
    #expect(try best(model, [:]) == ("2026-06-01T18:00:00.000Z", .segment))
    // Too few of the segment: the workspace's people count.
    segment[20] = 50
    segment[2] = 50
    #expect(try best(HourModel(workspaceCounts: everybody, segmentCounts: segment), [:]).1 == .workspace)
  }

  /// 400 people with an hour of their own, seen there two times in three and anywhere else: the model finds the hours.
  @Test func `Hours of a population are found`() throws {
    var random = SeededRandom(seed: 11)
    let utc = ZoneRules.utc
    var (found, missed) = (0, 0)
    var counts = [Int](repeating: 0, count: 24)
    var people: [(hour: Int, seen: ActivityHours)] = []
    for _ in 0..<400 {
      let hour = Int(random.next() % 24)
      var seen = ActivityHours()
      for day in 0..<30 {
        let at = random.next() % 3 < 2 ? hour : Int(random.next() % 24)
        seen.note(localHour: at, at: Instant(milliseconds: 0) + .days(Int64(20_000 + day)) + .hours(Int64(at)))
        counts[at] += 1
      }
      people.append((hour, seen))
    }
    let model = HourModel(workspaceCounts: counts)
    for person in people {
      let choice = model.best(for: person.seen, from: Self.now, within: .hours(24), in: utc)
      #expect(choice.basis == .person)
      if utc.local(choice.at).hour == person.hour { found += 1 } else { missed += 1 }
    }
    #expect(found > 396, "of 400 people \(missed) are met at another hour than theirs")
  }

  /// The night in which 02:00 becomes 03:00, and the one that has it twice.
  @Test(arguments: [
    ("2026-03-28T20:00:00Z", 3, "2026-03-29T01:00:00.000Z"), ("2026-10-24T20:00:00Z", 2, "2026-10-25T00:00:00.000Z"),
    ("2026-10-24T20:00:00Z", 4, "2026-10-25T03:00:00.000Z"),
  ])
  func `Nights in which clocks change`(from: String, hour: Int, at: String) throws {
    let rome = try #require(GateWorld.zones["Europe/Rome"])
    let choice = workspace([:]).best(
      for: hours([hour: 9]), from: GateWorld.moment(from), within: .hours(24), in: rome)
    #expect(choice.at.text == at)
  }

  @Test func `Hours are counted once, and fade`() {
    var hours = ActivityHours()
    for minute in 0..<60 { hours.note(localHour: 5, at: Self.now + .minutes(Int64(minute))) }
    #expect(hours.total == 1)
    hours.note(localHour: 4, at: Self.now - .hours(1))
    #expect(hours.total == 1, "an earlier hour that arrives late is not counted")
    for hour in 1...300 { hours.note(localHour: 5, at: Self.now + .hours(Int64(hour))) }
    #expect(hours.total == 301 - 128)
  }

  @Test func `By which channel somebody answers`() {
    let model = ChannelModel(workspace: [
      .init(kind: .email, sent: 1_000, answered: 200), .init(kind: .push, sent: 1_000, answered: 100),
    ])
    func best(_ answers: [ChannelAnswers], _ kinds: [ChannelKind] = [.email, .push]) -> ChannelModel.Choice? {
      model.best(for: answers, among: kinds)
    }
    #expect(best([]) == .init(kind: .email, basis: .workspace, rate: 0.2, sent: 0, answered: 0))
    // One of one is no habit: (1 + 2) / 21. Ten of ten are: (10 + 2) / 30.
    #expect(best([.init(channelKind: ChannelKind.push.number, sent: 1, answered: 1)])?.kind == .email)
    let push = best([.init(channelKind: ChannelKind.push.number, sent: 10, answered: 10)])
    #expect(push == .init(kind: .push, basis: .person, rate: 0.4, sent: 10, answered: 10))
    #expect(best([.init(channelKind: ChannelKind.email.number, sent: 40, answered: 0)])?.kind == .push)
    #expect(best([], [.sms, .telegram]) == .init(kind: .sms, basis: .nothing, rate: 0.05, sent: 0, answered: 0))
    #expect(best([], []) == nil)
  }
}
