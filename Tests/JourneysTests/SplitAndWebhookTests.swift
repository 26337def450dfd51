import Delivery
import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct SplitAndWebhookTests {
  static let split = """
    {"journey":"test","again":"always","enter":{"event":"E"},"steps":[
      {"id":"ab","split":[{"share":"20%","steps":[{"send":{"id":"a","channel":"email","template":"t"}}]},
        {"share":"30%","steps":[{"send":{"id":"b","channel":"email","template":"t"}},{"wait":"1d"}]},{"share":"50%"}]},
      {"send":{"id":"all","channel":"email","template":"t"}}]}
    """

  @Test func `Everybody takes one way, in about the shares asked for, the same in a replay`() throws {
    var ways: [String: Int] = [:]
    let template = try Story(Self.split)
    for person in 1...2_000 as ClosedRange<UInt64> {
      func play() throws -> [String] {
        var story = template
        story.state.id = PersonID(mix64(person))
        try story.event("E")
        story.advance(to: .days(2))
        return story.sent
      }
      let sent = try play()
      #expect(sent.last?.hasPrefix("all") == true)
      ways[sent.count == 1 ? "-" : String(sent[0].prefix(1)), default: 0] += 1
      if person % 100 == 0 { #expect(try play() == sent) }
    }
    // Four standard deviations of a binomial with n = 2,000.
    #expect((328...472).contains(ways["a"] ?? 0))
    #expect((518...682).contains(ways["b"] ?? 0))
    #expect((910...1_090).contains(ways["-"] ?? 0))
  }

  /// Calculated by an independent program (Python) from the documented hash; a lot must fall the same way for ever.
  @Test func `Lots are stable`() {
    let lots = [
      Lot(split: "ab", of: "test", workspace: WorkspaceID(1), person: PersonID(7), entry: 1),
      Lot(split: "ab", of: "test", workspace: WorkspaceID(1), person: PersonID(7), entry: 2),
      Lot(holdoutOf: "test", workspace: WorkspaceID(1), person: PersonID(7)),
      Lot(globalHoldoutOf: WorkspaceID(1), person: PersonID(7)),
    ]
    #expect(lots.map(\.hundredths) == [4513, 3973, 5416, 7055])
  }

  @Test func `A webhook goes out whatever the person says about messages`() throws {
    var story = try Story()
    story.surroundings = try Story.surroundings(story.symbols, consent: .explicit)
    let document = """
      {"journey":"a","enter":{"event":"E"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}},
        {"webhook":{"id":"crm","url":"https://crm.example/hook","template":"crm"}}]}
      """
    story.replaceProgram([.init(status: .live, published: 1, versions: [try story.compile(document, version: 1)])])
    try story.event("E")
    #expect(story.suppressed == ["x@0s no_consent"])
    #expect(story.sent == ["crm@0s"])
    guard case .deliver(let passage, _) = story.intents[1].decision else { Issue.record("held back"); return }
    #expect(passage.to == "https://crm.example/hook")
    #expect(passage.kind == .webhook)
  }

  @Test func `A message whose template is gone or became another kind's is suppressed, and the run goes on`() throws {
    let document = """
      {"journey":"a","enter":{"event":"E"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}},{"wait":"1d"},
        {"send":{"id":"y","channel":"email","template":"t"}},{"wait":"1d"},{"send":{"id":"z","channel":"email","template":"t"}}]}
      """
    var story = try Story(document)
    try story.event("E")
    let version = try story.compile(document, version: 1)
    func change(_ templates: [String: ChannelKind]) throws {
      story.surroundings = try Story.surroundings(story.symbols, templates: templates)
      story.replaceProgram([.init(status: .live, published: 1, versions: [version])])
    }
    try change([:])
    story.advance(to: .days(1))
    try change(["t": .push])
    story.advance(to: .days(9))
    #expect(story.sent == ["x@0s"])
    #expect(story.suppressed == ["y@1d no_template", "z@2d no_template"])
    #expect(story.run("a")?.phase == .finished)
  }
}
