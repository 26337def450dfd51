import Profiles
import RoostCore
import Testing

@testable import Journeys

/// Random journeys and stories.
@Suite struct JourneyPropertyTests {
  /// Steps numbered in the order in which the document has them; which of them anybody may get is up to the branches.
  static func steps(_ random: inout SeededRandom, depth: Int, next: inout Int) -> String {
    let items = (0...random.below(4)).map { _ -> String in
      switch random.below(depth < 2 ? 6 : 5) {
      case 0, 1:
        next += 1
        return #"{"send":{"id":"s\#(next)","channel":"email","template":"t"}}"#
      case 2: return #"{"wait":"\#(1 + random.below(72))h"}"#
      case 3: return #"{"set":{"trait":"level","to":\#(random.below(3))}}"#
      case 4 where random.below(4) == 0: return #"{"exit":true}"#
      case 5:
        let cases = (0...random.below(2)).map { _ in
          #"{"if":{"trait":"level","is":\#(random.below(3))},"steps":\#(steps(&random, depth: depth + 1, next: &next))}"#
        }
        let other = random.below(2) == 0 ? "" : #",{"else":\#(steps(&random, depth: depth + 1, next: &next))}"#
        return #"{"branch":[\#(cases.joined(separator: ","))\#(other)]}"#
      default: return #"{"wait":"\#(1 + random.below(50))m"}"#
      }
    }
    return "[\(items.joined(separator: ","))]"
  }

  static func journey(_ key: String, _ random: inout SeededRandom) -> String {
    var next = 0
    let again = ["never", "always", "after 3d"][random.below(3)]
    let exit = random.below(2) == 0 ? "[]" : #"[{"event":"Stop"}]"#
    return #"""
      {"journey":"\#(key)","again":"\#(again)","enter":{"event":"Go"},"exit":\#(exit),
       "steps":\#(steps(&random, depth: 0, next: &next))}
      """#
  }

  /// Plays a story of forty inputs; pauses, resumes and sleeps come in between.
  static func play(seed: UInt64) throws -> Story {
    var random = SeededRandom(seed: seed)
    let documents = [journey("a", &random), journey("b", &random)]
    var story = try Story()
    let versions = try documents.map { try story.compile($0, version: 1) }
    var paused = false
    func sources() -> [JourneyProgram.Source] {
      versions.map { .init(status: paused ? .paused : .live, published: 1, versions: [$0]) }
    }
    story.replaceProgram(sources())
    var time = TimeSpan.hours(1)
    for _ in 0..<40 {
      time = TimeSpan(milliseconds: time.milliseconds + Int64(random.below(30)) * 3_600_000)
      if random.below(4) == 0 { story.oversleep(to: time) } else { story.advance(to: time) }
      switch random.below(6) {
      case 0, 1: try story.event("Go", traits: ["level": .number(Double(random.below(3)))])
      case 2: try story.event("Stop")
      case 3: try story.event("Other", late: .hours(2), traits: ["level": .number(Double(random.below(3)))])
      case 4:
        paused.toggle()
        story.replaceProgram(sources())
      default: story.handle(.due)
      }
    }
    paused = false
    story.replaceProgram(sources())
    story.advance(to: TimeSpan(milliseconds: time.milliseconds + TimeSpan.days(60).milliseconds))
    return story
  }

  @Test func `No intent twice, no step before an earlier one, everybody comes to an end, replays are equal`() throws {
    var sent = 0
    for seed in 0..<400 as Range<UInt64> {
      let story = try Self.play(seed: seed)
      sent += story.intents.count
      #expect(Set(story.intents.map(\.id)).count == story.intents.count, "seed \(seed)")
      var last: [String: Int] = [:]
      for intent in story.intents {
        let run = "\(intent.journey.number)/\(intent.entry)"
        #expect(last[run, default: -1] < Int(intent.stepIndex), "seed \(seed)")
        last[run] = Int(intent.stepIndex)
      }
      #expect(story.state.runs.allSatisfy { $0.phase != .running && $0.trigger.isEmpty }, "seed \(seed)")
      #expect(story.due == .distantFuture, "seed \(seed)")
      Self.checkMoves(story.moves, seed: seed)
      if seed % 4 == 0 {
        let replay = try Self.play(seed: seed)
        #expect(replay.intents == story.intents && replay.moves == story.moves, "seed \(seed)")
        #expect(replay.state == story.state, "seed \(seed)")
      }
    }
    #expect(sent > 1_000)
  }

  /// Each move begins where the last one of the same run ended; counts per step add up to nobody left inside.
  static func checkMoves(_ moves: [JourneyMove], seed: UInt64) {
    var places: [String: UInt32?] = [:]
    for move in moves {
      let run = "\(move.journey.number)/\(move.entry)"
      if let place = places[run] {
        #expect(place == move.from, "seed \(seed)")
      } else {
        #expect(move.from == nil && move.to == nil && move.phase == .running, "seed \(seed)")
      }
      places[run] = move.phase == .running ? .some(move.to) : nil
    }
    #expect(places.isEmpty, "seed \(seed)")
  }
}
