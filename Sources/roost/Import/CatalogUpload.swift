import Catalog
import NIOHTTP1
import RoostCore

/// Reads a feed of products and hands it to the server in parts, so that neither has to hold it whole.
struct CatalogUpload {
  let api: API
  let path: String
  /// `replace` or `update`.
  let mode: String
  let errors: BadLineFile

  private static let productsPerPart = 500

  struct Totals {
    var answer: JSONValue
    var bad: Int
  }

  /// Calls `next` for pieces of the feed until one is empty.
  mutating func run(
    format: ProductFeed.Format?, _ next: () throws(Failure) -> [UInt8]
  ) async throws(Failure) -> Totals {
    var feed = ProductFeed(format: format)
    var items: [ProductFeed.Item] = []
    var products: [JSONValue] = []
    var importID: JSONValue = .null
    var bad = 0
    var isOpen = true
    while isOpen {
      let bytes = try next()
      do throws(FeedError) {
        if bytes.isEmpty { try feed.finish(into: &items) } else { try feed.feed(bytes, into: &items) }
      } catch {
        throw Failure(.foundProblem, "the feed cannot be read on from line \(error.line): \(error.reason)")
      }
      isOpen = !bytes.isEmpty
      for item in items {
        switch item {
        case .product(let product): products.append(product.json)
        case .bad(let line, let reason):
          bad += 1
          try errors.append([BadLine(line: line, column: 1, reason: "bad_product", detail: reason)])
        }
      }
      items.removeAll(keepingCapacity: true)
      while products.count >= Self.productsPerPart {
        let part = Array(products.prefix(Self.productsPerPart))
        products.removeFirst(part.count)
        let answer = try await send(part, importID, finishes: false)
        importID = answer["import"] ?? .null
      }
    }
    return Totals(answer: try await send(products, importID, finishes: true), bad: bad)
  }

  private func send(_ part: [JSONValue], _ id: JSONValue, finishes: Bool) async throws(Failure) -> JSONValue {
    try await api.json(
      .POST, path,
      ["import": id, "products": .array(part), "finish": .bool(finishes), "mode": .string(mode)])
  }
}

/// A feed behind a web address, held whole: what is larger is fetched into a file first.
enum WebFeed {
  private static let redirectsMax = 5

  static func fetch(_ url: String) async throws(Failure) -> [UInt8] {
    var next = url
    for _ in 0...redirectsMax {
      let rest = next.firstRange(of: "://").map { next[$0.upperBound...] } ?? ""
      let slash = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      guard let address = ServerAddress(String(next[..<slash])) else {
        throw Failure(.usage, "\(next) is no address such as https://shop.example/feed.xml")
      }
      let target = rest[slash...].hasPrefix("/") ? String(rest[slash...]) : "/" + rest[slash...]
      let client = try HTTPClient(address)
      let answer = try await client.send(.GET, target, headers: ["user-agent": "roost", "accept": "*/*"], body: [])
      await client.close()
      if (300..<400).contains(answer.status), let location = answer.headers.first(name: "location") {
        next = location.hasPrefix("/") ? address.text + location : location
        continue
      }
      guard answer.status == 200 else { throw Failure(.unavailable, "\(next) answered \(answer.status)") }
      return answer.body
    }
    throw Failure(.unavailable, "\(url) leads on and on")
  }
}
