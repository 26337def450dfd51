import Foundation
import Testing

/// The scenario book: every file of `stories/` happens, and people get exactly what it says.
@Suite struct BookTests {
  static let stories: [Story] = {
    do {
      let folder = Bundle.module.resourceURL!.appendingPathComponent("stories")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
      return try files.sorted().map { file in
        try Story(file: file, yaml: String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
      }
    } catch { fatalError("the scenario book cannot be read: \(error)") }
  }()

  @Test(arguments: stories) func happens(_ story: Story) async throws {
    var run = try await StoryRun(story)
    let (messages, differences) = try await run.run()
    #expect(messages == story.messages, "\(story.title)")
    #expect(differences == [], "\(story.title)")
  }

  /// None went missing from the book unseen.
  @Test func theBookIsWhole() { #expect(Self.stories.count >= 87) }
}
