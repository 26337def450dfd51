import Events
import Foundation
import RoostCore

/// What parsing costs: batches of 50 track calls of about 440 bytes, as Segment's and RudderStack's libraries send them,
/// from bytes to finished event records; beside it, in the same run, Foundation's JSONDecoder into structs.
///
/// Prints nanoseconds per event (median of the rounds), megabytes a second and the ratio.

struct DecodedEvent: Decodable {
  struct Properties: Decodable {
    var orderID: String
    var total: Double
    var currency: String
    var coupon: String?
    var products: [Product]

    enum CodingKeys: String, CodingKey {
      case orderID = "order_id"
      case total, currency, coupon, products
    }
  }
  struct Product: Decodable {
    var productID: String
    var price: Double
    var quantity: Int

    enum CodingKeys: String, CodingKey {
      case productID = "product_id"
      case price, quantity
    }
  }
  var type: String
  var event: String
  var userId: String
  var messageId: String
  var timestamp: String
  var properties: Properties
}

struct DecodedBatch: Decodable {
  var batch: [DecodedEvent]
  var sentAt: String
}

/// `separator` as Python writes it (", ") or as JavaScript does (",").
func batch(events: Int, colon: String, comma: String, seed: UInt64) -> [UInt8] {
  var random = SeededRandom(seed: seed)
  var items: [String] = []
  for index in 0..<events {
    let members = [
      "\"integrations\"\(colon){}", "\"anonymousId\"\(colon)null",
      "\"properties\"\(colon){"
        + [
          "\"order_id\"\(colon)\"o-\(random.below(1_000_000))\"",
          "\"total\"\(colon)\(Double(random.below(30_000)) / 100)", "\"currency\"\(colon)\"EUR\"",
          "\"coupon\"\(colon)null", "\"gift\"\(colon)false",
          "\"products\"\(colon)[{\"product_id\"\(colon)\"p1\"\(comma)\"price\"\(colon)9.99\(comma)\"quantity\"\(colon)2}]",
        ].joined(separator: comma) + "}",
      "\"timestamp\"\(colon)\"2026-03-01T09:59:\(10 + random.below(50)).123000+00:00\"",
      "\"context\"\(colon){\"library\"\(colon){\"name\"\(colon)\"analytics-python\"\(comma)\"version\"\(colon)\"2.4.0\"}}",
      "\"userId\"\(colon)\"user-\(random.below(1_000_000))\"", "\"type\"\(colon)\"track\"",
      "\"event\"\(colon)\"Order Completed\"",
      "\"messageId\"\(colon)\"83625419-b15c-4560-be90-\(100_000_000_000 + random.below(1_000_000) * 1_000 + index)\"",
    ]
    items.append("{" + members.joined(separator: comma) + "}")
  }
  let text =
    "{\"batch\"\(colon)[" + items.joined(separator: comma)
    + "]\(comma)\"sentAt\"\(colon)\"2026-03-01T10:00:00.000Z\"}"
  return Array(text.utf8)
}

/// Median nanoseconds of a round, over `rounds`.
func median(rounds: Int, _ body: () -> Void) -> Double {
  var times: [Double] = []
  for _ in 0..<rounds {
    let start = ContinuousClock.now
    body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    times.append(Double(seconds) * 1e9 + Double(attoseconds) / 1e9)
  }
  return times.sorted()[rounds / 2]
}

let eventsPerBatch = 50
let now = Instant(iso8601: "2026-03-01T10:00:00.100Z") ?? Instant(milliseconds: 0)
for (name, colon, comma) in [("python", ": ", ", "), ("javascript", ":", ",")] {
  let body = batch(events: eventsPerBatch, colon: colon, comma: comma, seed: 1)
  var parser = EventParser(symbols: SymbolTable())
  var accepted = 0
  let own = median(rounds: 4_001) {
    body.withUnsafeBytes { bytes in
      if let call = try? parser.parse(bytes, as: .batch, receivedAt: now) { accepted += call.ranges.count }
    }
  }
  precondition(accepted == 4_001 * eventsPerBatch, "the benchmark's events must be taken")
  let data = Data(body)
  let decoder = JSONDecoder()
  let foundation = median(rounds: 301) {
    precondition((try? decoder.decode(DecodedBatch.self, from: data))?.batch.count == eventsPerBatch)
  }
  let perEvent = own / Double(eventsPerBatch)
  print(
    "parse.\(name): \(Int(perEvent.rounded())) ns per event, batch of \(eventsPerBatch) in \(body.count) bytes:",
    "\((own / 100).rounded() / 10) µs, \(Int(Double(body.count) / own * 1_000)) MB/s,",
    "JSONDecoder \((foundation / 100).rounded() / 10) µs, ratio \((foundation / own * 10).rounded() / 10)")
}
