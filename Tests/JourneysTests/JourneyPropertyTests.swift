import Profiles
import RoostCore
import Testing

@testable import Journeys

/// Random journeys of every form, and random stories: pauses, sleeps, edits and merges included.
@Suite struct JourneyPropertyTests {
  /// Plays a story of forty inputs.
  static func play(seed: UInt64) throws -> Story {
    var making = RandomJourney(seed: seed)
    var random = SeededRandom(seed: seed ^ 0x5354_4F52_59)
    // Two nights in which clocks change lie in the first half of any year.
    var story = try Story(start: Instant(milliseconds: 1_767_225_600_000 + Int64(random.below(300)) * 86_400_000))
    let policies = [
      "{}", HeldTests.quiet, #"{"caps":[{"max":2,"per":"2d","scope":"all","over":"hold"}]}"#,
      #"{"caps":[{"max":1,"per":"1d","scope":"all","over":"skip"}],"quietHours":{"from":"22:00","to":"08:00","over":"hold"}}"#,
    ][Int(seed % 4)]
    story.surroundings = try Story.surroundings(story.symbols, policies: policies)
    var program = try Program(making.document("a"), making.document("b"), in: &story)
    story.replaceProgram(program.sources)
    var twin: Story?
    var time = TimeSpan.hours(1)
    for _ in 0..<40 {
      time = TimeSpan(milliseconds: time.milliseconds + Int64(random.below(30)) * 3_600_000)
      if random.below(4) == 0 { story.oversleep(to: time) } else { story.advance(to: time) }
      let traits: [String: Value] = [
        "level": .number(Double(random.below(3))), "born": .string("1990-0\(1 + random.below(9))-1\(random.below(10))"),
      ]
      let number: [String: Value] = ["n": .number(Double(random.below(3)))]
      switch random.below(12) {
      case 0, 1, 2: try story.event("Go", number, traits: traits)
      case 3: try story.event("Journey Requested", ["journey": .string("a"), "n": .number(1)], traits: traits)
      case 4: try story.event("Stop")
      case 5, 6: try story.event("Answer", number, late: random.below(3) == 0 ? .hours(30) : .seconds(0))
      case 7: try story.event("Won", late: random.below(3) == 0 ? .hours(30) : .seconds(0))
      case 8: try story.event("Other", late: .hours(2), traits: traits)
      case 9:
        program.isPaused.toggle()
        story.replaceProgram(program.sources)
      case 10 where random.below(3) == 0:
        try program.edit(["migrate", "pin", "exit"][random.below(3)], in: &story)
        story.replaceProgram(program.sources)
      case 11 where random.below(4) == 0 && twin == nil:
        var other = story.twin(PersonID(1_000 + seed))
        try other.event("Go", number, traits: traits)
        twin = other
        story.absorb(other)
      default: story.handle(.due)
      }
    }
    program.isPaused = false
    program.isOver = true
    story.replaceProgram(program.sources)
    story.advance(to: TimeSpan(milliseconds: time.milliseconds + TimeSpan.days(5_000).milliseconds))
    return story
  }

  /// Two journeys and their versions.
  struct Program {
    var documents: [[String]]
    var versions: [[CompiledJourney]]
    var isPaused = false
    /// Nobody enters any more.
    var isOver = false

    init(_ documents: String..., in story: inout Story) throws {
      self.documents = documents.map { [Self.readable($0)] }
      versions = []
      for document in self.documents { versions.append([try story.compile(document[0], version: 1)]) }
    }

    var sources: [JourneyProgram.Source] {
      versions.map {
        .init(status: isOver ? .draft : isPaused ? .paused : .live, published: UInt32($0.count), versions: $0)
      }
    }

    /// Both journeys get a version with other waits.
    mutating func edit(_ inside: String, in story: inout Story) throws {
      for index in documents.indices {
        let text = documents[index][0].replacing(#"h"}"#, with: #"m"}"#)
        let document = text.replacing("{", with: #"{"inside":"\#(inside)","#)
        versions[index].append(try story.compile(document, version: UInt32(versions[index].count + 1)))
      }
    }

    /// Without comparisons where no event starts the journey.
    private static func readable(_ document: String) -> String {
      guard document.contains(#""schedule""#) else { return document }
      var text = document
      while text.contains(#","match":{"n":"same"}"#) { text = text.replacing(#","match":{"n":"same"}"#, with: "") }
      return text
    }
  }

  @Test func `No message twice, none before an earlier one, none after the end; replays are equal`() throws {
    var sent = 0
    var ends: [String: Int] = [:]
    for seed in 0..<1_000 as Range<UInt64> {
      let story = try Self.play(seed: seed)
      sent += story.intents.count
      // Held messages come again under the same name until they are decided, and never after that.
      let decided = (story.intents + story.absorbed).filter { if case .hold = $0.decision { false } else { true } }
      #expect(Set(decided.map(\.id)).count == decided.count, "seed \(seed)")
      #expect(Set(story.intents.map(\.id)).isSubset(of: decided.map(\.id)), "seed \(seed)")
      // Entries are counted anew when people are merged.
      if !story.hasAbsorbed { Self.checkOrder(story.log, seed: seed) }
      #expect(story.state.runs.allSatisfy { $0.phase != .running && $0.trigger.isEmpty }, "seed \(seed)")
      #expect(story.due == .distantFuture, "seed \(seed)")
      for move in story.moves where move.phase != .running { ends[move.reason?.text ?? "finished", default: 0] += 1 }
      if seed % 4 == 0 {
        let replay = try Self.play(seed: seed)
        #expect(replay.log == story.log, "seed \(seed)")
        #expect(replay.state == story.state, "seed \(seed)")
      }
    }
    #expect(sent > 8_000)
    // Every way out was taken.
    #expect(
      Set(ends.keys) == [
        "finished", "an exit step", "exit rule 1", "the goal was reached", "the journey was edited",
        "merged with a person in the same journey",
      ])
  }

  /// Each move begins where the last one of the same run ended; messages come in the order of the document, while the run
  /// is inside; nobody is left inside.
  static func checkOrder(_ log: [JourneyEffect], seed: UInt64) {
    var places: [String: UInt32?] = [:]
    var last: [String: UInt32] = [:]
    for effect in log {
      switch effect {
      case .setTrait: break
      case .send(let intent):
        let run = "\(intent.journey.number)/\(intent.entry)"
        #expect(places[run] != nil, "seed \(seed): a message after the end")
        if case .hold = intent.decision { continue }
        #expect(last[run].map { $0 < intent.stepIndex } ?? true, "seed \(seed): a message before an earlier one")
        last[run] = intent.stepIndex
      case .moved(let move):
        let run = "\(move.journey.number)/\(move.entry)"
        if let place = places[run] {
          #expect(place == move.from || move.reason == .edited || move.reason == .merged, "seed \(seed)")
        }
        places[run] = move.phase == .running ? .some(move.to) : nil
      }
    }
  }
}
