import Catalog
import Engine
import RoostCore
import Storage

/// A workspace's products in the state store. Nothing of them is held in memory; any thread may read.
struct CatalogStore: Sendable {
  let store: any StateStore
  let workspace: WorkspaceID

  /// What decisions ask; a store that cannot be read has no products for them, and stops the partition elsewhere.
  var reader: CatalogReader {
    CatalogReader { id in
      do throws(Problem) { return try product(id) } catch { return nil }
    } category: { name, limit in
      do throws(Problem) { return try products(of: name, limit: limit) } catch { return [] }
    }
  }

  func product(_ id: String) throws(Problem) -> Product? {
    guard !id.isEmpty, id.utf8.count <= Product.idBytesMax else { return nil }
    do throws(StorageError) {
      guard let bytes = try store.get(StoreKeys.product(workspace, id)) else { return nil }
      return Self.decode(bytes)
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
  }

  /// The first ones that can be bought, by their ids; those of the categories below too.
  func products(of category: String, limit: Int) throws(Problem) -> [Product] {
    guard !category.isEmpty, category.utf8.count <= 600 else { return [] }
    let prefix = StoreKeys.products(workspace, of: category)
    var found: [Product] = []
    do {
      try store.scan(.prefix(prefix)) { key, _ in
        let id = String(decoding: key[prefix.count...], as: UTF8.self)
        if let bytes = try store.get(StoreKeys.product(workspace, id)), let product = Self.decode(bytes) {
          found.append(product)
        }
        return found.count < limit
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
    return found
  }

  /// Calls `body` with products by their ids, from behind an id, until it returns `false`; at most so many.
  ///
  /// - Returns: the last one's id if there may be more.
  func visit(
    behind id: String?, stepsMax: Int, _ body: (Product) -> Bool
  ) throws(Problem) -> String? {
    let prefix = StoreKeys.prefix(StoreKeys.product, workspace)
    let from = id.map { StoreKeys.product(workspace, $0) + [0] }
    var steps = 0
    var last: String?
    var hasMore = false
    do {
      try store.scan(.prefix(prefix, from: from)) { key, value in
        guard steps < stepsMax else {
          hasMore = true
          return false
        }
        steps += 1
        last = String(decoding: key[prefix.count...], as: UTF8.self)
        guard let product = Self.decode(Array(value)) else { return true }
        guard body(product) else {
          hasMore = true
          return false
        }
        return true
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
    return hasMore ? last : nil
  }

  /// How many products there are, and when the last of them changed.
  func standing() throws(Problem) -> (count: Int, at: Instant?) {
    do throws(StorageError) {
      guard let bytes = try store.get(StoreKeys.prefix(StoreKeys.catalog, workspace)), bytes.count == 16 else {
        return (0, nil)
      }
      let words = bytes.withUnsafeBytes { bytes in
        (0..<2).map { Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
      }
      return (Int(words[0]), Instant(milliseconds: words[1]))
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
  }

  /// What the store has to change for an import's changes.
  func batch(for changes: CatalogChanges) throws(Problem) -> StateBatch {
    var batch = StateBatch()
    for change in changes.changes {
      switch change {
      case .put(let product):
        if let old = try self.product(product.id) { unlist(old, in: &batch) }
        var bytes: [UInt8] = []
        product.encode(into: &bytes)
        batch.put(StoreKeys.product(workspace, product.id), bytes)
        for key in Self.categoryKeys(product, workspace) { batch.put(key, []) }
      case .remove(let id):
        if let old = try self.product(id) { unlist(old, in: &batch) }
        batch.delete(StoreKeys.product(workspace, id))
      }
    }
    var standing: [UInt8] = []
    standing.append(word: Int64(changes.total))
    standing.append(word: changes.at.milliseconds)
    batch.put(StoreKeys.prefix(StoreKeys.catalog, workspace), standing)
    return batch
  }

  private func unlist(_ product: Product, in batch: inout StateBatch) {
    for key in Self.categoryKeys(product, workspace) { batch.delete(key) }
  }

  /// The product's place in its category and in those above it.
  private static func categoryKeys(_ product: Product, _ workspace: WorkspaceID) -> [[UInt8]] {
    guard product.isAvailable, !product.category.isEmpty else { return [] }
    var keys: [[UInt8]] = []
    var name = ""
    for part in product.category.split(separator: " > ").prefix(12) {
      name += (name.isEmpty ? "" : " > ") + part
      keys.append(StoreKeys.products(workspace, of: name) + Array(product.id.utf8))
    }
    return keys
  }

  private static func decode(_ bytes: [UInt8]) -> Product? {
    bytes.withUnsafeBytes { bytes in
      do throws(MalformedBytes) { return try Product(decoding: bytes) } catch { return nil }
    }
  }
}
