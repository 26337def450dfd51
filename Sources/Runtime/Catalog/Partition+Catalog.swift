import Catalog
import Engine
import RoostCore
import Storage

/// An import of products while it is under way. What it has changed so far counts; only what it did not name goes away at
/// its end, if it names all there is.
struct CatalogImport {
  var workspace: WorkspaceID
  /// Hashes of the ids that it named.
  var seen: Set<UInt64> = []
  var added = 0
  var changed = 0
  var unchanged = 0
  var removed = 0
  /// When it was last heard of, by the machine's clock.
  var touchedAt: Instant
}

extension Partition {
  /// Products taken in one commit.
  static let productsPerCommit = 500
  private static let catalogImportsMax = 4
  private static let catalogImportIdle = TimeSpan.minutes(15)

  private func catalog(_ workspace: WorkspaceID) throws(Problem) -> CatalogStore {
    guard definitions[workspace] != nil else { throw Problem(.notFound, "there is no such workspace") }
    return CatalogStore(store: store, workspace: workspace)
  }

  /// Begins an import; the id by which its parts name it.
  func beginCatalogImport(_ workspace: WorkspaceID, at now: Instant) throws(Problem) -> String {
    _ = try catalog(workspace)
    catalogImports = catalogImports.filter { now - $0.value.touchedAt < Self.catalogImportIdle }
    guard catalogImports.count < Self.catalogImportsMax else {
      throw Problem(.overloaded, "\(Self.catalogImportsMax) imports of products are under way; try again later")
    }
    let id = String(random.next(), radix: 36)
    catalogImports[id] = CatalogImport(workspace: workspace, touchedAt: now)
    return id
  }

  /// Takes in products of an import: one commit, in which only what is new or different stands.
  func takeProducts(
    _ workspace: WorkspaceID, import id: String, _ products: [Product], at now: Instant
  ) throws(Problem) {
    if let failure { throw failure }
    var run = try catalogImport(workspace, id)
    let catalog = try catalog(workspace)
    var total = try catalog.standing().count
    // The last one counts of those with one id.
    var places: [String: Int] = [:]
    var changes: [CatalogChanges.Change] = []
    for product in products {
      run.seen.insert(Self.hash(product.id))
      if let place = places[product.id] {
        changes[place] = .put(product)
        continue
      }
      let old = try catalog.product(product.id)
      guard old != product else {
        run.unchanged += 1
        continue
      }
      if old == nil {
        guard total < Product.countMax else {
          throw Problem(.invalid, "a workspace has at most \(Product.countMax) products; the rest was not taken")
        }
        total += 1
        run.added += 1
      } else {
        run.changed += 1
      }
      places[product.id] = changes.count
      changes.append(.put(product))
    }
    try record(changes, total: total, in: catalog)
    run.touchedAt = now
    catalogImports[id] = run
  }

  /// Takes away what a whole feed did not name, some at a time.
  ///
  /// - Returns: behind which product to go on; `nil` at the end.
  func removeUnseen(_ workspace: WorkspaceID, import id: String, behind last: String?) throws(Problem) -> String? {
    var run = try catalogImport(workspace, id)
    let catalog = try catalog(workspace)
    var changes: [CatalogChanges.Change] = []
    let next = try catalog.visit(behind: last, stepsMax: 5_000) { product in
      if !run.seen.contains(Self.hash(product.id)) { changes.append(.remove(id: product.id)) }
      return changes.count < Self.productsPerCommit
    }
    run.removed += changes.count
    try record(changes, total: max(0, try catalog.standing().count - changes.count), in: catalog)
    catalogImports[id] = run
    return next
  }

  /// Forgets an import; what it did.
  func endCatalogImport(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> CatalogImport {
    let run = try catalogImport(workspace, id)
    catalogImports[id] = nil
    return run
  }

  private func catalogImport(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> CatalogImport {
    guard let run = catalogImports[id], run.workspace == workspace else {
      throw Problem(
        .conflict, "there is no import \"\(id)\" under way: it ended, or the server started anew; import the feed again"
      )
    }
    return run
  }

  private static func hash(_ id: String) -> UInt64 { Array(id.utf8).withUnsafeBytes { hash64($0, seed: 0x726F_6F73) } }

  private func record(
    _ changes: [CatalogChanges.Change], total: Int, in catalog: CatalogStore
  ) throws(Problem) {
    guard !changes.isEmpty else { return }
    let header = beginCommit()
    let changes = CatalogChanges(changes, total: total, at: header.now)
    var bytes: [UInt8] = []
    changes.encode(into: &bytes)
    systemRecord(header) { $0.appendCatalog(catalog.workspace, bytes) }
    try finishCommit()
    keepProducts(catalog.workspace, changes)
  }

  /// Takes recorded changes into the store; those of a replay too.
  func keepProducts(_ workspace: WorkspaceID, _ changes: CatalogChanges) {
    do throws(Problem) { write(try CatalogStore(store: store, workspace: workspace).batch(for: changes)) } catch {
      fail(error.message)
    }
  }

  /// How many products there are.
  package func describeCatalog(_ workspace: WorkspaceID) throws(Problem) -> JSONValue {
    let standing = try catalog(workspace).standing()
    var members: [JSONValue.Member] = [.init("products", .int(Int64(standing.count)))]
    if let at = standing.at { members.append(.init("updatedAt", .string(at.text))) }
    return .object(members)
  }

  package func product(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> Product {
    guard let product = try catalog(workspace).product(id) else {
      throw Problem(.notFound, "there is no product \"\(id.prefix(80))\"")
    }
    return product
  }

  /// Products in order of their ids, some steps further: those in whose names a word is, of a category if one is given.
  ///
  /// - Returns: behind which to go on; `nil` at the end.
  package func products(
    _ workspace: WorkspaceID, query: String, category: String, behind last: String?, limit: Int
  ) throws(Problem) -> (found: [Product], next: String?) {
    var found: [Product] = []
    let next = try catalog(workspace).visit(behind: last, stepsMax: 5_000) { product in
      if query.isEmpty || product.matches(query),
        category.isEmpty || product.category == category || product.category.hasPrefix(category + " > ")
      {
        found.append(product)
      }
      return found.count < limit
    }
    return (found, next)
  }
}
