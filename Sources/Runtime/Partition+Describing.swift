import Delivery
import Engine
import Journeys
import RoostCore
import Segments
import Storage

extension Partition {
  private func sources(_ workspace: WorkspaceID) throws(Problem) -> WorkspaceSources {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return sources
  }

  /// The newest versions of all documents of a kind, with what is known about each.
  package func describeDocuments(_ workspace: WorkspaceID, _ kind: DocumentKind) throws(Problem) -> [JSONValue] {
    let sources = try sources(workspace)
    // A broadcast's own templates can be read by their keys; they are nobody's to choose.
    return sources.all(kind).filter { isDocumentKey($0.key) }.map { describe($0, sources) }
  }

  package func describeDocument(
    _ workspace: WorkspaceID, _ kind: DocumentKind, _ key: String
  ) throws(Problem) -> JSONValue {
    let sources = try sources(workspace)
    guard let document = sources.latest(kind, key) else {
      throw Problem(.notFound, "there is no \(kind.rawValue) \"\(key)\"")
    }
    let described = describe(document, sources)
    guard kind == .template else { return described }
    let findings = templateFindings(document.body, sources).map(\.json)
    return .object((described.members ?? []) + [.init("findings", .array(findings))])
  }

  /// All templates, with what each reads that nothing is called.
  package func templateRows(_ workspace: WorkspaceID) throws(Problem) -> [(key: String, document: JSONValue)] {
    let sources = try sources(workspace)
    return sources.all(.template).map { document in
      let findings = templateFindings(document.body, sources).map(\.json)
      let described = describe(document, sources).members ?? []
      return (document.key, .object(described + [.init("findings", .array(findings))]))
    }
  }

  /// What a template reads that nothing in the workspace is called.
  func templateFindings(_ body: JSONValue, _ sources: WorkspaceSources) -> [TemplateFinding] {
    guard body["kind"]?.string ?? "message" == "message", let table = symbols[sources.workspace.id] else { return [] }
    do throws(Problem) {
      let template = try CompiledTemplate(body, version: 0, library: TemplateLibrary(sources))
      return template.unknownReads(names: table.names(from: 1)) { table.find($0) != nil }
    } catch { return [] }
  }

  /// The policies; their version is 0 as long as none were put.
  package func describePolicies(_ workspace: WorkspaceID) throws(Problem) -> JSONValue {
    let sources = try sources(workspace)
    if let document = sources.latest(.policies, DeliveryPolicies.documentKey) { return describe(document, sources) }
    return [
      "key": .string(DeliveryPolicies.documentKey), "version": 0,
      "definition": ["caps": [], "globalHoldout": .string(Share.none.text)],
    ]
  }

  private func describe(_ document: Document, _ sources: WorkspaceSources) -> JSONValue {
    let body = document.kind == .channel ? ChannelSecrets.redacted(document.body) : document.body
    var members: [JSONValue.Member] = [
      .init("key", .string(document.key)), .init("version", .int(Int64(document.version))),
      .init("updatedAt", .string(document.createdAt.text)), .init("definition", body),
    ]
    switch document.kind {
    case .segment: members += segmentMembers(document, sources)
    case .journey: members += journeyMembers(document, sources)
    case .channel where document.body["type"]?.string == "email.smtp":
      let link = MessageLink.inbound(sources.workspace.id, channel: document.key)
      members.append(.init("inboundPath", .string("/v1/inbound/email/\(LinkSigner(secret: salt).token(link))")))
    case .voucherPool: members += voucherMembers(document, sources)
    case .template, .channel, .policies, .preferenceCentre, .broadcast: break
    }
    return .object(members)
  }

  private func segmentMembers(_ document: Document, _ sources: WorkspaceSources) -> [JSONValue.Member] {
    guard let state = sources.segments[document.key] else { return [] }
    let members = counts[sources.workspace.id]?.members ?? []
    let isLive = state.epoch <= sources.filledEpoch
    let name = document.body["name"]?.string ?? document.key
    var described: [JSONValue.Member] = [
      .init("name", .string(name)), .init("state", .string(isLive ? "live" : "filling")),
      .init("count", .int(Int64(state.slot < members.count ? members[state.slot] : 0))),
      .init("exact", .bool(isLive)),
    ]
    if let run = fills[sources.workspace.id], !isLive {
      described.append(.init("progress", .double(Double(run.next) / Double(max(1, table.count)))))
    }
    return described
  }

  private func journeyMembers(_ document: Document, _ sources: WorkspaceSources) -> [JSONValue.Member] {
    guard let state = sources.journeys[document.key], let table = symbols[sources.workspace.id] else { return [] }
    let counts = counts[sources.workspace.id]
    let symbol = table.find(document.key)
    let totals = symbol.flatMap { counts?.totals[$0] } ?? WorkspaceCounts.JourneyTotals()
    let steps = steps(document.key, state.published, sources.workspace.id)
    return [
      .init("name", .string(document.body["name"]?.string ?? document.key)),
      .init("status", .string(state.status.rawValue)), .init("published", .int(Int64(state.published))),
      .init("isReady", .bool(state.epoch <= sources.filledEpoch)),
      .init("entered", .int(Int64(totals.entered))), .init("inside", .int(Int64(steps.reduce(0) { $0 + $1.waiting }))),
      .init("finished", .int(Int64(totals.finished))), .init("exited", .int(Int64(totals.exited))),
      .init("goals", .int(Int64(totals.goals))), .init("heldOut", .int(Int64(totals.heldOut))),
      .init("messages", .int(Int64(totals.messages))),
      .init(
        "steps",
        .array(
          steps.map { step in
            [
              "id": .string(step.id), "pointer": .string(step.pointer), "kind": .string(step.kind),
              "version": .int(Int64(step.version)), "waiting": .int(Int64(step.waiting)),
            ]
          })),
    ]
  }

  /// A step of a journey with how many people wait in it.
  package struct StepCount {
    package var id: String
    package var pointer: String
    package var kind: String
    package var version: UInt32
    package var waiting: Int
  }

  /// The published version's steps; those of older versions where people still wait follow.
  package func steps(_ key: String, _ published: UInt32, _ workspace: WorkspaceID) -> [StepCount] {
    guard let journeys = compiled[workspace]?.definitions.journeys, let symbol = symbols[workspace]?.find(key) else {
      return []
    }
    var waiting: [UInt32: [Int: Int]] = [:]
    for (place, count) in counts[workspace]?.waiting ?? [:] where place.journey == symbol {
      guard let version = journeys.version(place.version, of: symbol) else { continue }
      let index = (version.place(ofRunAt: place.step) as UInt32?).map(Int.init) ?? 0
      waiting[place.version, default: [:]][index, default: 0] += count
    }
    var steps: [StepCount] = []
    for number in Set(waiting.keys).union([published]).sorted(by: >) {
      guard let version = journeys.version(number, of: symbol) else { continue }
      for (index, place) in version.places.enumerated() {
        let count = waiting[number]?[index] ?? 0
        guard number == published || count > 0 else { continue }
        steps.append(
          StepCount(id: place.id, pointer: place.pointer, kind: place.kind, version: number, waiting: count))
      }
    }
    return steps
  }

  package func auditTrail(_ workspace: WorkspaceID) throws(Problem) -> [JSONValue] {
    (audit[workspace] ?? []).reversed().map(\.json)
  }

  /// Refused events, newest first.
  package func quarantineItems(
    _ workspace: WorkspaceID, cursor: String?, limit: Int
  ) throws(Problem) -> (items: [QuarantineItem], next: String?) {
    let prefix = StoreKeys.prefix(StoreKeys.quarantine, workspace)
    var from: [UInt8]?
    if let cursor {
      guard let number = UInt64(cursor), number > 0 else {
        throw .invalid("/cursor", "this cursor is not from the quarantine; leave it out to start anew")
      }
      from = StoreKeys.quarantine(workspace, number - 1)
    }
    var items: [QuarantineItem] = []
    var hasMore = false
    do {
      try store.scan(.prefix(prefix, from: from)) { _, value in
        if items.count == limit {
          hasMore = true
          return false
        }
        var reader = ByteReader(value)
        items.append(try QuarantineItem(decoding: &reader))
        return true
      }
    } catch { throw Problem(.unavailable, "the quarantine cannot be read: \(error)") }
    return (items, hasMore ? items.last.map { String($0.number) } : nil)
  }

  package func quarantined(_ workspace: WorkspaceID, cursor: String?, limit: Int) throws(Problem) -> ListPage {
    let page = try quarantineItems(workspace, cursor: cursor, limit: limit)
    return ListPage(items: page.items.map(\.json), next: page.next)
  }

  package func quarantineItem(_ workspace: WorkspaceID, _ number: UInt64) throws(Problem) -> QuarantineItem {
    do {
      if let bytes = try store.get(StoreKeys.quarantine(workspace, number)) {
        return try bytes.withUnsafeBytes { bytes in
          var reader = ByteReader(bytes)
          return try QuarantineItem(decoding: &reader)
        }
      }
    } catch { throw Problem(.unavailable, "the quarantine cannot be read: \(error)") }
    throw Problem(.notFound, "there is no quarantined event \(number)")
  }

  /// Takes events out of the quarantine, since they were stored or dismissed.
  package func clearQuarantine(_ workspace: WorkspaceID, _ numbers: [UInt64]) throws(Problem) {
    guard !numbers.isEmpty else { return }
    let header = beginCommit()
    systemRecord(header) { bytes in
      for number in numbers { bytes.appendQuarantineCleared(workspace, number: number) }
    }
    try finishCommit()
    for number in numbers { forgetQuarantined(workspace, number) }
  }
}

extension QuarantineItem {
  var json: JSONValue {
    [
      "id": .string(String(number)), "receivedAt": .string(receivedAt.text), "reason": .string(reason.rawValue),
      "pointer": .string(pointer), "detail": .string(detail),
      "event": .string(String(decoding: raw, as: UTF8.self)),
    ]
  }
}
