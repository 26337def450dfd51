import Engine
import RoostCore

/// A definition that somebody wants to put.
package struct DefinitionDraft: Sendable {
  package var kind: DocumentKind
  package var key: String
  package var body: JSONValue

  package init(kind: DocumentKind, key: String, body: JSONValue) {
    self.kind = kind
    self.key = key
    self.body = body
  }

  /// What others name comes first: a journey names templates and segments, a template a channel and pools of vouchers.
  var rank: Int {
    switch kind {
    case .policies, .preferenceCentre: 0
    case .channel, .voucherPool: 1
    case .template: 2
    case .segment: 3
    case .journey, .broadcast: 4
    }
  }
}

/// Definitions to be put together: all of them or none.
package struct DefinitionBundle: Sendable {
  package var drafts: [DefinitionDraft]
  /// Whether the journeys among them are published.
  package var publishes: Bool
  /// Journeys with this tag belong to the bundle even if it no longer has them.
  package var tag: String?
  /// What becomes of those; `nil`: somebody has to say.
  package var missing: Missing?
  /// The plan that somebody has seen and that must still hold.
  package var plan: String?

  package enum Missing: String, Sendable, CaseIterable {
    case keep, pause, archive
  }

  /// More in one call would hold up everything else for too long.
  package static let draftsMax = 5_000

  /// Reads the body of a call; pointers of findings lead into it.
  package init(json: JSONValue) throws(Problem) {
    var findings: [Problem.Finding] = []
    let known = ["documents", "publish", "tag", "missing", "plan"]
    for member in json.members ?? [] where !known.contains(member.key) {
      findings.append(
        .init(
          pointer: "/" + pointerToken(member.key), detail: "unknown field; known here: \(known.joined(separator: ", "))"
        ))
    }
    drafts = []
    let items = json["documents"]?.array
    if items == nil {
      findings.append(.init(pointer: "/documents", detail: "expected a list of {kind, key, body}"))
    }
    if let count = items?.count, count > Self.draftsMax {
      findings.append(.init(pointer: "/documents", detail: "at most \(Self.draftsMax) documents go in one call"))
    }
    for (index, item) in (items ?? []).prefix(Self.draftsMax).enumerated() {
      let kinds = DocumentKind.allCases.map(\.rawValue).joined(separator: ", ")
      guard let kind = item["kind"]?.string.flatMap(DocumentKind.init) else {
        findings.append(.init(pointer: "/documents/\(index)/kind", detail: "expected one of \(kinds)"))
        continue
      }
      guard let key = item["key"]?.string, let body = item["body"], body.members != nil else {
        findings.append(.init(pointer: "/documents/\(index)", detail: "expected a key and a body, which is an object"))
        continue
      }
      drafts.append(DefinitionDraft(kind: kind, key: key, body: body))
    }
    publishes = json["publish"]?.bool ?? true
    tag = json["tag"]?.string
    missing = json["missing"]?.string.flatMap(Missing.init)
    if let given = json["missing"], missing == nil {
      findings.append(
        .init(pointer: "/missing", detail: "expected keep, pause or archive, not \(given.string ?? given.kind)"))
    }
    plan = json["plan"]?.string
    guard findings.isEmpty else { throw Problem(.invalid, "the call cannot be understood", findings: findings) }
  }
}
