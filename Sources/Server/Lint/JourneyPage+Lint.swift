import Console
import Lint
import RoostCore

extension JourneyPage.LintFinding {
  init(_ finding: Lint.LintFinding) {
    self.init(
      isError: finding.severity == .error, code: finding.code.rawValue, pointer: finding.pointer,
      message: finding.message,
      story: (finding.json(line: nil)["story"]?.array ?? []).compactMap { item in
        guard let at = item["at"]?.string.flatMap({ Instant(iso8601: $0) }) else { return nil }
        return .init(at: at, words: JSONValue.object((item.members ?? []).filter { $0.key != "at" }).authorWords)
      })
  }
}
