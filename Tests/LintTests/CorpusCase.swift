import Delivery
import Engine
import Foundation
import Journeys
import Lint
import RoostCore
import Segments
import Server
import Testing

/// One file of the corpus: a workspace, drafts, and what is to be found in them.
struct CorpusCase: CustomTestStringConvertible {
  var name: String
  var input: LintInput
  /// `code journey pointer`, sorted.
  var expected: [String]

  var testDescription: String { name }

  static let all: [CorpusCase] = {
    guard let folder = Bundle.module.url(forResource: "corpus", withExtension: nil) else { return [] }
    do {
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      return try files.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.map { try CorpusCase($0) }
    } catch { preconditionFailure("the corpus cannot be read: \(error)") }
  }()

  private static let known = [
    "about", "workspace", "segments", "templates", "channels", "policies", "published", "drafts", "expect", "names",
  ]

  init(_ file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    let json = try JSONValue(yaml: String(contentsOf: file, encoding: .utf8))
    for member in json.members ?? [] where !Self.known.contains(member.key) {
      throw Problem.invalid("/" + member.key, "\(name): no such member")
    }
    let workspace = json["workspace"]
    input = LintInput(
      workspace: Workspace(
        id: WorkspaceID(1), key: "shop", name: "Shop", timezone: workspace?["timezone"]?.string ?? "UTC",
        currency: "EUR", locale: "en",
        consentPolicy: ConsentPolicy(rawValue: workspace?["consentPolicy"]?.string ?? "explicit")!, writeKeyHash: "",
        secretKeyHash: "", createdAt: Self.now),
      documents: Self.documents(json), published: try Self.journeys(json["published"]),
      drafts: try Self.journeys(json["drafts"]), zones: .fixed, now: Self.now,
      knownNames: json["names"]?.array?.compactMap(\.string))
    expected = (json["expect"]?.array ?? []).map {
      "\($0["code"]?.string ?? "?") \($0["journey"]?.string ?? "?") \($0["pointer"]?.string ?? "")"
    }.sorted()
  }

  /// 2026-01-01, a Thursday.
  static let now = Instant(milliseconds: 1_767_225_600_000)

  private static func journeys(_ json: JSONValue?) throws -> [JourneyDefinition] {
    try (json?.array ?? []).map { try JourneyDefinition(json: $0) }
  }

  private static func documents(_ json: JSONValue) -> [Document] {
    func document(_ kind: DocumentKind, _ key: String, _ body: JSONValue) -> Document {
      Document(kind: kind, key: key, version: 1, body: body, createdAt: now)
    }
    // Letters a, b and c are always there.
    var documents = ["a", "b", "c"].map { key in
      document(.template, key, ["channel": "email", "subject": .string("Letter \(key)"), "text": "Hello"])
    }
    documents += (json["segments"]?.array ?? []).map { document(.segment, $0["segment"]?.string ?? "", $0) }
    documents += (json["templates"]?.members ?? []).map { member in
      document(
        .template, member.key,
        member.value.members == nil
          ? ["channel": "email", "subject": "Hello", "text": member.value] : member.value)
    }
    documents += (json["channels"]?.members ?? []).map { document(.channel, $0.key, $0.value) }
    if let policies = json["policies"] { documents.append(document(.policies, "policies", policies)) }
    return documents
  }
}

extension LintFinding {
  var line: String { "\(code.rawValue) \(journey ?? "?") \(pointer)" }
}
