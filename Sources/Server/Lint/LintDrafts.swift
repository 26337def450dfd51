import Engine
import Journeys
import Lint
import RoostCore
import Segments

/// The documents of a call to the lint, read: what can be looked at, and what is wrong with the others.
struct LintDrafts {
  /// More journeys in one call than this would keep everybody else waiting.
  static let journeysMax = 1_000

  private(set) var journeys: [JourneyDefinition] = []
  private(set) var documents: [Document] = []
  private(set) var findings: [(finding: LintFinding, line: Int?)] = []
  /// The document of each journey, for lines.
  private var texts: [String: YAMLDocument] = [:]

  init(_ text: String) throws(Problem) {
    let all = YAMLDocument.all(in: text)
    guard !all.isEmpty else { throw .invalid("", "send at least one journey as YAML") }
    guard all.count <= 5 * Self.journeysMax else {
      throw Problem(.tooLarge, "at most \(5 * Self.journeysMax) documents go in one call")
    }
    for document in all { take(document) }
    guard journeys.count <= Self.journeysMax else {
      throw Problem(.tooLarge, "at most \(Self.journeysMax) journeys go in one call")
    }
  }

  /// The findings of all documents, with lines, those of one journey together and in the order of its text.
  func answer(_ found: [LintFinding]) -> [(finding: LintFinding, line: Int?)] {
    let all =
      findings + found.map { finding in (finding, finding.journey.flatMap { line(of: finding.pointer, in: $0) }) }
    return all.sorted { a, b in
      (a.line ?? .max, a.finding.code.rawValue) < (b.line ?? .max, b.finding.code.rawValue)
    }
  }

  private func line(of pointer: String, in journey: String) -> Int? { texts[journey]?.line(of: pointer) }

  private mutating func take(_ document: YAMLDocument) {
    let json: JSONValue
    switch document.content {
    case .success(let value): json = value
    case .failure(let problem):
      return report(.documentUnreadable, nil, "", problem.message, document.line(of: ""))
    }
    switch named(json) {
    case (.journey, let key)?: takeJourney(json, key, document)
    case (let kind, let key)?: take(json, kind, key, document)
    case nil:
      report(
        .documentInvalid, nil, "",
        "say what it is with journey:, segment:, template: or channel: and its key at the top", document.line(of: ""))
    }
  }

  private mutating func takeJourney(_ json: JSONValue, _ key: String, _ document: YAMLDocument) {
    do throws(Problem) {
      let journey = try JourneyDefinition(json: json)
      guard texts[key] == nil else {
        return report(
          .documentTwice, key, "/journey",
          "the journey \"\(key)\" is in line \(texts[key]?.line(of: "/journey") ?? 1) already; only that one is looked at",
          document.line(of: "/journey"))
      }
      journeys.append(journey)
      texts[key] = document
    } catch { report(error, key, document) }
  }

  private mutating func take(_ json: JSONValue, _ kind: DocumentKind, _ key: String, _ document: YAMLDocument) {
    // What names a template or a channel is no member of its definition.
    let names = [.template, .channel, .voucherPool].contains(kind)
    let body: JSONValue = names ? .object((json.members ?? []).filter { $0.key != kind.rawValue }) : json
    do throws(Problem) {
      switch kind {
      case .segment: _ = try SegmentDefinition(json: body)
      // The others are read where a journey needs them: a template may take in snippets that are further down.
      case .template, .channel, .policies, .preferenceCentre, .journey, .broadcast, .voucherPool: break
      }
      documents.append(
        Document(kind: kind, key: key, version: 1, body: body, createdAt: Instant(milliseconds: 0)))
    } catch { report(error, nil, document) }
  }

  private func named(_ json: JSONValue) -> (DocumentKind, String)? {
    for kind in [DocumentKind.journey, .broadcast, .segment, .template, .voucherPool] {
      if let value = json[kind.rawValue] { return (kind, value.string ?? "") }
    }
    if ["caps", "quietHours", "globalHoldout"].contains(where: { json[$0] != nil }) {
      return (.policies, DocumentKind.policies.rawValue)
    }
    return json["channel"]?.string.map { (.channel, $0) }
  }

  private mutating func report(_ problem: Problem, _ journey: String?, _ document: YAMLDocument) {
    let found = problem.findings.isEmpty ? [.init(pointer: "", detail: problem.message)] : problem.findings
    for finding in found {
      report(.documentInvalid, journey, finding.pointer, finding.detail, document.line(of: finding.pointer))
    }
  }

  private mutating func report(
    _ code: LintCode, _ journey: String?, _ pointer: String, _ message: String, _ line: Int
  ) {
    findings.append((LintFinding(code: code, journey: journey, pointer: pointer, message: message), line))
  }
}
