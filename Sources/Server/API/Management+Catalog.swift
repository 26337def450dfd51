import Catalog
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/catalog`: what a shop sells.
  func catalog(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.first, path.count) {
    case (.GET, nil, 0):
      return .json(try await node.perform { partition throws(Problem) in try partition.describeCatalog(workspace) })
    case (.POST, "import", 1): return .json(try await importCatalog(request, workspace))
    case (.GET, "products", 1): return try await products(request, workspace)
    case (.GET, "products", 2):
      return .json(
        try await node.perform { partition throws(Problem) in try partition.product(workspace, path[1]).json })
    default: throw .noSuchPath(request)
    }
  }

  /// A feed as it is, or parts of one as JSON.
  private func importCatalog(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> JSONValue {
    if request.headers.first(name: "content-type")?.lowercased().contains("json") ?? false {
      return try await node.importCatalogPart(workspace, try request.json())
    }
    var format: ProductFeed.Format?
    if let name = request.query("format") {
      guard let known = ProductFeed.Format(rawValue: name) else {
        throw .invalid("/format", "format is \(ProductFeed.Format.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      format = known
    }
    guard let mode = CatalogImportMode(rawValue: request.query("mode") ?? "replace") else {
      throw .invalid("/mode", "mode is replace (what the feed does not name is gone) or update")
    }
    guard !request.body.isEmpty else { throw .invalid("", "send the feed as the body") }
    return try await node.importCatalog(workspace, request.body, format: format, mode: mode)
  }

  /// A page may take several looks; one that finds little ends early, with a cursor.
  private static let looksMax = 40

  private func products(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> HTTPResponse {
    let limit = try request.limit()
    let (query, category) = (request.query("query") ?? "", request.query("category") ?? "")
    var cursor = request.query("cursor")
    var items: [JSONValue] = []
    for _ in 0..<Self.looksMax {
      let (behind, room) = (cursor, limit - items.count)
      let look = try await node.perform { partition throws(Problem) in
        try partition.products(workspace, query: query, category: category, behind: behind, limit: room)
      }
      items += look.found.map(\.json)
      cursor = look.next
      guard items.count < limit, cursor != nil else { break }
    }
    return page(items, next: cursor)
  }
}
