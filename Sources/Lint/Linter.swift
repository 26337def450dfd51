import Delivery
import Journeys
import RoostCore

/// Looks at drafts of journeys before they are published, each for itself and all together with what is published.
///
/// Pure: the same input gives the same findings. What it reports it has made happen on the production engine, on virtual
/// time; what it says never happens it has proved from the conditions. Where its budget ends before either, it says so.
public struct Linter {
  /// Handlings of the engine: for all questions together, and for one.
  public struct Limits: Sendable {
    public var total: Int
    public var question: Int
    public init(total: Int = 300_000, question: Int = 6_000) {
      self.total = total
      self.question = question
    }
  }

  /// The findings, by journey and place in its document; errors of the form are for whoever reads the drafts.
  public static func lint(_ input: LintInput, limits: Limits = Limits()) -> [LintFinding] {
    let library = Library(input)
    let budget = Budget(total: limits.total, part: limits.question)
    var findings: [LintFinding] = []
    var inspections: [Inspection] = []
    for draft in input.drafts {
      let missing = library.missing(in: draft)
      findings += missing
      guard !missing.contains(where: { $0.isFatal }) else { continue }
      do throws(Problem) {
        let inspection = try Inspection(draft, library: library, budget: budget)
        inspection.inspect()
        inspections.append(inspection)
      } catch {
        let found = error.findings.isEmpty ? [Problem.Finding(pointer: "", detail: error.message)] : error.findings
        findings += found.map {
          LintFinding(code: .documentInvalid, journey: draft.key, pointer: $0.pointer, message: $0.detail)
        }
      }
    }
    findings += inspections.flatMap(\.findings)
    var together = Together(library, inspections, budget: budget)
    let connections = Connections(library)
    together.inspectLoops(connections)
    together.inspectOvertaking(connections)
    together.inspectCaps()
    return findings + together.findings
  }
}

extension Inspection {
  func inspect() {
    guard inspectEntry() else { return }
    inspectSteps()
    inspectOrder()
    inspectEndings()
    inspectMessages()
  }
}

extension Library {
  /// What a draft names and there is none of. Without its segments nothing can be said about it.
  func missing(in draft: JourneyDefinition) -> [LintFinding] {
    let references = draft.references
    func finding(_ reference: JourneyDefinition.References.Reference, _ kind: String) -> LintFinding {
      LintFinding(
        code: .referenceMissing, journey: draft.key, pointer: reference.pointer,
        message: "there is no \(kind) \"\(reference.key)\"; put it first")
    }
    return references.segments.filter { segments[$0.key] == nil }.map { finding($0, "segment") }
      + references.templates.filter { document(.template, $0.key) == nil }.map { finding($0, "template") }
      + references.channels.filter { document(.channel, $0.key) == nil && ChannelKind(rawValue: $0.key) == nil }
      .map { finding($0, "channel") }
  }
}

extension LintFinding {
  /// Whether the journey cannot be compiled.
  fileprivate var isFatal: Bool { code == .referenceMissing && !pointer.contains("/send/") }
}
