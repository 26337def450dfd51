import Engine
import Journeys
import Lint
import RoostCore

/// The lint of a table of ladders, all journeys together with a cap over them: on one core, from the drafts to the
/// findings.
struct LintBench {
  let sizes: BenchSizes
  let sheet: FigureSheet

  func run() throws {
    let count = sizes.lintJourneys
    sheet.say("lint: \(count) ladders together")
    let input = try LintWorkload.input(journeys: count)
    var seconds: [Double] = []
    var findings = 0
    for _ in 0..<3 {
      let watch = Stopwatch()
      findings = Linter.lint(input).count
      seconds.append(watch.seconds)
    }
    sheet.add(
      Figure(
        name: "lint of \(count) journeys together", value: seconds.median, unit: "s", target: .atMost(2),
        details: [
          .init(name: "each", value: seconds.median / Double(count) * 1e3, unit: "ms"),
          .init(name: "findings", value: Double(findings)),
        ]))
  }
}

/// Ladders from install to the repeat deposit, one an offer, with templates, a segment and a frequency cap.
enum LintWorkload {
  static func input(journeys count: Int) throws(Problem) -> LintInput {
    let now = Instant(milliseconds: 1_767_225_600_000)  // 2026-01-01T00:00:00Z
    func document(_ kind: DocumentKind, _ key: String, _ body: JSONValue) -> Document {
      Document(kind: kind, key: key, version: 1, body: body, createdAt: now)
    }
    var documents = [
      document(.segment, "complained", ["segment": "complained", "event": "Complained"]),
      document(.policies, "policies", ["caps": [["max": 3, "per": "7d", "scope": "all", "over": "skip"]]]),
    ]
    var drafts: [JourneyDefinition] = []
    for number in 0..<count {
      for name in ["install", "registration", "bonus", "deposit", "repeat"] {
        documents.append(
          document(
            .template, "offer-\(number)-\(name)",
            ["channel": "email", "subject": "Hello {{ person.first_name | default: \"you\" }}", "text": "…"]))
      }
      drafts.append(try JourneyDefinition(json: ladder(number)))
    }
    let workspace = Workspace(
      id: WorkspaceID(1), key: "bench", name: "Bench", timezone: "UTC", currency: "EUR", locale: "en",
      consentPolicy: .explicit, writeKeyHash: "", secretKeyHash: "", createdAt: now)
    return LintInput(
      workspace: workspace, documents: documents, published: [], drafts: drafts, zones: .fixed,
      now: now)
  }

  private static func ladder(_ number: Int) -> JSONValue {
    let app = JSONValue.string("app-\(number)")
    func awaited(_ event: JSONValue, _ within: JSONValue, else other: JSONValue) -> JSONValue {
      ["waitFor": ["event": event, "where": ["app": app], "within": within], "else": other]
    }
    func send(_ name: String) -> JSONValue {
      ["send": ["id": .string(name), "channel": "email", "template": .string("offer-\(number)-\(name)")]]
    }
    func later(_ event: JSONValue, _ within: JSONValue) -> JSONValue {
      awaited(event, within, else: [["exit": true]])
    }
    let paid: JSONValue = "Deposit Made"
    let registered = awaited(
      "Registered", "2h", else: [send("install"), later("Registered", "5d")])
    let deposited = awaited(
      paid, "4h",
      else: [send("registration"), awaited(paid, "3d", else: [send("bonus"), later(paid, "7d")])])
    return [
      "journey": .string("offer-\(number)"),
      "enter": ["event": "App Installed", "where": ["app": app]],
      "exit": [["segment": "complained"]],
      "steps": [registered, deposited, send("deposit"), awaited(paid, "7d", else: [send("repeat")])],
    ]
  }
}
