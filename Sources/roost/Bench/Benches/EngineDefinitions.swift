import Engine
import RoostCore

/// The workload's definitions, compiled without a server.
enum EngineDefinitions {
  static func compiled(symbols: SymbolTable) throws -> WorkspaceDefinitions {
    let id = WorkspaceID(1)
    let now = Stopwatch.wallClock
    var set = DefinitionSet()
    func apply(_ change: DefinitionChange) throws(Problem) { try set.apply(change, symbols: symbols) }
    func put(_ kind: DocumentKind, _ key: String, _ body: JSONValue) throws(Problem) {
      try apply(.document(id, Document(kind: kind, key: key, version: 1, body: body, createdAt: now)))
    }
    try apply(
      .workspace(
        Workspace(
          id: id, key: "bench", name: "Bench", timezone: "UTC", currency: "EUR", locale: "en",
          consentPolicy: .explicit, writeKeyHash: "", secretKeyHash: "", createdAt: now)))
    try put(.template, "note", WorkloadJourneys.template)
    for (key, body) in try WorkloadSegments.documents() { try put(.segment, key, body) }
    for (key, body) in try WorkloadJourneys.documents() {
      try put(.journey, key, body)
      try apply(.journey(id, key: key, status: .published, published: 1))
    }
    guard let epoch = set[id]?.epoch else { throw Problem(.internalFault, "the workspace is gone") }
    try apply(.filled(id, epoch: epoch))
    guard let sources = set[id] else { throw Problem(.internalFault, "the workspace is gone") }
    return try WorkspaceDefinitions(sources, symbols: symbols, zones: .fixed)
  }
}
