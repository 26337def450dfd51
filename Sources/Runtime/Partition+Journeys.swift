import Delivery
import Engine
import Journeys
import RoostCore
import Segments

/// What an operator may do with a journey.
public enum JourneyAction: String, Sendable, CaseIterable {
  case publish, pause, resume, archive
}

extension Partition {
  /// Publishes the newest version, pauses, resumes or archives.
  package func act(_ workspace: WorkspaceID, journey key: String, _ action: JourneyAction) throws(Problem) {
    guard let sources = definitions[workspace], let state = sources.journeys[key] else {
      throw Problem(.notFound, "there is no journey \"\(key)\"")
    }
    let (status, published) = try Self.next(state, action, key, newest: sources.latest(.journey, key)?.version ?? 0)
    if action == .publish {
      try checkPublication(sources, key)
      try checkInside(sources, key, published)
    }
    guard status != state.status || published != state.published else { return }
    try change([.journey(workspace, key: key, status: status, published: published)])
  }

  private static func next(
    _ state: WorkspaceSources.JourneyState, _ action: JourneyAction, _ key: String, newest: UInt32
  ) throws(Problem) -> (JourneyStatus, UInt32) {
    switch (action, state.status) {
    case (.publish, .paused): return (.paused, newest)
    case (.publish, _): return (.published, newest)
    case (.pause, .published), (.pause, .paused): return (.paused, state.published)
    case (.resume, .paused), (.resume, .published): return (.published, state.published)
    case (.archive, .published), (.archive, .paused), (.archive, .archived): return (.archived, state.published)
    case (.pause, _), (.resume, _), (.archive, _):
      throw Problem(
        .conflict, "the journey \"\(key)\" is \(state.status.rawValue); \(action.rawValue) needs a published one")
    }
  }

  /// Everything that the newest version names must be there.
  func checkPublication(_ sources: WorkspaceSources, _ key: String) throws(Problem) {
    let findings = try sources.publicationFindings(of: key)
    guard findings.isEmpty else {
      throw Problem(.invalid, "the journey names what does not exist", findings: findings)
    }
  }

  /// Whoever publishes a version has said what becomes of people inside earlier ones.
  private func checkInside(_ sources: WorkspaceSources, _ key: String, _ number: UInt32) throws(Problem) {
    guard sources.journeys[key]?.published != number else { return }
    let findings = try insideFindings(sources, key, number)
    guard !findings.isEmpty else { return }
    throw Problem(.conflict, "people are inside an earlier version: say what becomes of them", findings: findings)
  }

  /// Puts a version of a document; the same body again changes nothing.
  package func putDocument(
    _ workspace: WorkspaceID, _ kind: DocumentKind, key: String, _ body: JSONValue
  ) throws(Problem) -> Document {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    guard isDocumentKey(key) else {
      throw .invalid("", "a key has 1 to 64 lower-case letters, digits, \"-\" and \"_\", not \"\(key)\"")
    }
    let latest = sources.latest(kind, key)
    var body = body
    if kind == .channel {
      body = try secretBox.opened(try withKnownSecrets(body, workspace, key, of: latest), workspace, key)
      body = withPushKey(
        body,
        of: try latest.map { latest throws(Problem) in
          try secretBox.opened(latest.body, workspace, key)
        })
      if let latest, isSame(body, as: latest, workspace, key) { return latest }
    }
    let isDeleted = kind == .broadcast && sources.broadcast(key) == nil
    if let latest, latest.body == body, !isDeleted { return latest }
    try check(kind, key, body, sources)
    if kind == .channel { body = try secretBox.sealed(body, workspace, key) }
    let document = Document(
      kind: kind, key: key, version: (latest?.version ?? 0) + 1, body: body, createdAt: now())
    try change([.document(workspace, document)])
    return document
  }

  func check(
    _ kind: DocumentKind, _ key: String, _ body: JSONValue, _ sources: WorkspaceSources
  ) throws(Problem) {
    switch kind {
    case .segment: _ = try SegmentDefinition(json: body, key: key)
    case .journey:
      let definition = try JourneyDefinition(json: body)
      guard definition.key == key else {
        throw .invalid("/journey", "the document is about \"\(definition.key)\", the address about \"\(key)\"")
      }
      if let finding = definition.checkZone(zones) {
        throw Problem(.invalid, finding.detail, findings: [finding])
      }
    case .template: try sources.checkTemplate(body, key: key)
    case .channel:
      let definition = try ChannelDefinition(body, key: key)
      try channelCheck?(definition)
    case .policies:
      guard key == DeliveryPolicies.documentKey else {
        throw .invalid("", "a workspace has one document of policies, \(DeliveryPolicies.documentKey)")
      }
      _ = try DeliveryPolicies(json: body)
    case .preferenceCentre: try PreferenceCentre.check(body)
    case .voucherPool: try sources.checkVoucherPool(body, key: key)
    case .broadcast:
      _ = try BroadcastDefinition(json: body, key: key)
      if let run = sources.broadcast(key), run.stage != .draft {
        throw Problem(
          .conflict,
          "the broadcast is \(run.state); only a draft can be changed. Put what you want to send next under another key"
        )
      }
    }
  }
}

func isDocumentKey(_ text: String) -> Bool {
  (1...64).contains(text.utf8.count)
    && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F }
}
