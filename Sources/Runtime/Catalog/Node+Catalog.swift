import Catalog
import RoostCore

/// What a feed says about the products that it does not name.
public enum CatalogImportMode: String, Sendable, CaseIterable {
  /// They are gone.
  case replace
  /// Nothing.
  case update
}

extension Node {
  /// Lines that are no products are told of one by one up to so many.
  private static let badLinesMax = 100

  /// Takes in a whole feed; what it brought.
  public func importCatalog(
    _ workspace: WorkspaceID, _ feed: [UInt8], format: ProductFeed.Format?, mode: CatalogImportMode
  ) async throws(Problem) -> JSONValue {
    var reader = ProductFeed(format: format)
    var items: [ProductFeed.Item] = []
    var bad: [JSONValue] = []
    var badCount = 0
    let id = try await beginCatalogImport(workspace)
    var place = 0
    while place <= feed.count {
      let end = min(place + 1 << 18, feed.count)
      do throws(FeedError) {
        if place < end { try reader.feed(feed[place..<end], into: &items) } else { try reader.finish(into: &items) }
      } catch {
        _ = try await endCatalogImport(workspace, id)
        throw Problem(
          .invalid, "the feed cannot be read on from line \(error.line): \(error.reason)",
          findings: [.init(pointer: "", detail: "line \(error.line): \(error.reason)")])
      }
      place = place < end ? end : feed.count + 1
      var products: [Product] = []
      for item in items {
        switch item {
        case .product(let product): products.append(product)
        case .bad(let line, let reason):
          badCount += 1
          if bad.count < Self.badLinesMax { bad.append(["line": .int(Int64(line)), "reason": .string(reason)]) }
        }
      }
      items.removeAll(keepingCapacity: true)
      try await takeProducts(workspace, id, products)
    }
    return try await finishCatalogImport(workspace, id, mode: mode, bad: badCount, badLines: bad)
  }

  /// Takes in one part of an import: `{"import":id,"products":[…],"finish":true,"mode":"replace"}`. The first part begins
  /// it, by naming none.
  public func importCatalogPart(_ workspace: WorkspaceID, _ body: JSONValue) async throws(Problem) -> JSONValue {
    guard let list = body["products"]?.array ?? (body["products"] == nil ? [] : nil) else {
      throw .invalid("/products", "products is a list of objects")
    }
    guard let mode = body["mode"].map({ $0.string.flatMap(CatalogImportMode.init) }) ?? .replace else {
      throw .invalid("/mode", "mode is \"replace\" or \"update\"")
    }
    let id: String
    if let given = body["import"], given != .null {
      guard let text = given.string else {
        throw .invalid("/import", "import is the text that the first part answered")
      }
      id = text
    } else {
      id = try await beginCatalogImport(workspace)
    }
    var products: [Product] = []
    var bad: [JSONValue] = []
    for (place, item) in list.enumerated() {
      let (product, reason) = Product.reading(item)
      if let product {
        products.append(product)
      } else if bad.count < Self.badLinesMax {
        bad.append(["line": .int(Int64(place + 1)), "reason": .string(reason)])
      }
    }
    try await takeProducts(workspace, id, products)
    let badCount = list.count - products.count
    guard body["finish"] == .bool(true) else {
      return [
        "import": .string(id), "taken": .int(Int64(products.count)), "bad": .int(Int64(badCount)),
        "badLines": .array(bad),
      ]
    }
    return try await finishCatalogImport(workspace, id, mode: mode, bad: badCount, badLines: bad)
  }

  private func beginCatalogImport(_ workspace: WorkspaceID) async throws(Problem) -> String {
    let now = wallClock()
    return try await perform { partition throws(Problem) in
      try partition.beginCatalogImport(workspace, at: now)
    }
  }

  private func takeProducts(_ workspace: WorkspaceID, _ id: String, _ products: [Product]) async throws(Problem) {
    for start in stride(from: 0, to: products.count, by: Partition.productsPerCommit) {
      let some = Array(products[start..<min(start + Partition.productsPerCommit, products.count)])
      let now = wallClock()
      try await perform { partition throws(Problem) in
        try partition.takeProducts(workspace, import: id, some, at: now)
      }
    }
  }

  private func endCatalogImport(_ workspace: WorkspaceID, _ id: String) async throws(Problem) -> CatalogImport {
    try await perform { partition throws(Problem) in try partition.endCatalogImport(workspace, id) }
  }

  private func finishCatalogImport(
    _ workspace: WorkspaceID, _ id: String, mode: CatalogImportMode, bad: Int, badLines: [JSONValue]
  ) async throws(Problem) -> JSONValue {
    // A feed without one product is a mistake, not the end of a shop.
    let isEmpty = try await perform { partition throws(Problem) in
      partition.catalogImports[id]?.seen.isEmpty ?? true
    }
    var last: String?
    if mode == .replace, !isEmpty {
      repeat {
        let behind = last
        last = try await perform { partition throws(Problem) in
          try partition.removeUnseen(workspace, import: id, behind: behind)
        }
      } while last != nil
    }
    let run = try await endCatalogImport(workspace, id)
    let count = try await perform { partition throws(Problem) in try partition.describeCatalog(workspace) }
    return [
      "added": .int(Int64(run.added)), "changed": .int(Int64(run.changed)), "unchanged": .int(Int64(run.unchanged)),
      "removed": .int(Int64(run.removed)), "bad": .int(Int64(bad)), "badLines": .array(badLines),
      "products": count["products"] ?? 0,
    ]
  }
}
