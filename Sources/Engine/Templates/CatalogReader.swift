import Catalog
import Liquid
import RoostCore
import Synchronization

/// Where decisions find products: what the catalogue has at that moment. Any thread may ask.
public struct CatalogReader: Sendable {
  public var product: @Sendable (_ id: String) -> Product?
  /// The first available ones by their ids.
  public var category: @Sendable (_ name: String, _ limit: Int) -> [Product]

  public init(
    product: @escaping @Sendable (_ id: String) -> Product?,
    category: @escaping @Sendable (_ name: String, _ limit: Int) -> [Product]
  ) {
    self.product = product
    self.category = category
  }

  /// One message may ask for so many products.
  public static let productsMax = 500
  /// Of a category a template sees so many.
  public static let categoryMax = 48
}

/// Writes down what a template asks the catalogue, so that the message says the same whenever it is rendered.
final class CatalogRecorder: Sendable {
  private let reader: CatalogReader
  private struct Content {
    var products: [LiquidValue.Member] = []
    var categories: [LiquidValue.Member] = []
    var left = CatalogReader.productsMax
    var known: [CatalogLookup: LiquidValue?] = [:]
  }
  private let content = Mutex(Content())

  init(_ reader: CatalogReader) { self.reader = reader }

  func find(_ lookup: CatalogLookup) throws(TooManyLookups) -> LiquidValue? {
    let answer: LiquidValue?? = content.withLock { content in
      if let known = content.known[lookup] { return .some(known) }
      guard content.left > 0 else { return nil }
      let found: LiquidValue?
      switch lookup {
      case .product(let id):
        content.left -= 1
        found = reader.product(id).map { LiquidValue($0.json) }
        if let found { content.products.append(.init(id, found)) }
      case .category(let name):
        let list = reader.category(name, CatalogReader.categoryMax)
        content.left -= list.count + 1
        found = .list(list.map { LiquidValue($0.json) })
        if let found { content.categories.append(.init(name, found)) }
      }
      content.known[lookup] = .some(found)
      return .some(found)
    }
    guard let answer else { throw TooManyLookups(productsMax: CatalogReader.productsMax) }
    return answer
  }

  /// What was found, as a value that templates can read; `nil` if nothing was.
  var value: LiquidValue? {
    content.withLock { content in
      guard !content.products.isEmpty || !content.categories.isEmpty else { return nil }
      return .object([
        .init("products", .object(content.products)), .init("categories", .object(content.categories)),
      ])
    }
  }
}

extension WorkspaceDefinitions {
  /// Adds to a message's values what its template finds in the catalogue now.
  func recordCatalog(_ values: inout TemplateValues, of template: CompiledTemplate, at moment: Instant) {
    guard template.readsCatalog, let catalog, values.root["catalog"] == nil else { return }
    let recorder = CatalogRecorder(catalog)
    var settings = template.settings(values, in: self, at: moment)
    settings.catalog = { lookup throws(TooManyLookups) in try recorder.find(lookup) }
    var bytes: [UInt8] = []
    for (_, part) in template.variant(of: values).parts where part.readsCatalog {
      bytes.removeAll(keepingCapacity: true)
      // What fails here fails the same way, and says so, when the message is rendered.
      do throws(TemplateError) { try part.render(into: &bytes, values: values.root, settings: settings) } catch {
        continue
      }
    }
    guard let found = recorder.value, case .object(let members) = values.root else { return }
    values.root = .object(members + [.init("catalog", found)])
  }
}
