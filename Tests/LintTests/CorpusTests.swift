import Lint
import RoostCore
import Testing

/// Small good and bad journeys, each with what is to be found in it, and nothing else.
@Suite struct CorpusTests {
  @Test(arguments: CorpusCase.all)
  func findsWhatIsThere(_ item: CorpusCase) {
    let findings = Linter.lint(item.input)
    #expect(findings.map(\.line).sorted() == item.expected, "\(findings.map(\.message))")
    for finding in findings {
      if let story = finding.story { #expect(story.isTrue(in: item.input), "\(finding.line): \(story)") }
    }
  }
}
