import RoostCore

/// The calls of a shop's website and mailings, as templates.
struct WorkloadCalls {
  let key: String
  /// A workspace's write key.
  init(key: String) { self.key = key }

  /// What everybody is known by at first.
  func identifies(batch: Int) -> CallTemplate {
    let countries = ["IT", "ES", "DE", "FR", "US"]
    let plans = ["free", "free", "silver", "gold"]
    let events = (0..<batch).map { place in
      event(
        "identify",
        """
        "traits":{"email":"user\(CallTemplate.person)@shop.example","first_name":"Ann","country":"\(countries[place % 5])",\
        "plan":"\(plans[place / 5 % 4])","age":\(18 + place * 7 % 60)}
        """)
    }
    return call(events)
  }

  /// Different batches of the usual mixture, each call with one of them.
  func tracks(batch: Int, variants: Int) -> [CallTemplate] {
    (0..<variants).map { variant in
      var mixture = WorkloadMixture(seed: UInt64(variant))
      return call((0..<batch).map { _ in track(&mixture) })
    }
  }

  /// The same event for each of a batch's people.
  func events(_ name: String, batch: Int) -> CallTemplate {
    call((0..<batch).map { _ in event("track", "\"event\":\"\(name)\",\"properties\":{}") })
  }

  /// Calls of one event.
  func singles(variants: Int) -> [CallTemplate] {
    var mixture = WorkloadMixture(seed: 1)
    return (0..<variants).map { _ in
      CallTemplate("POST", "/v1/track", key: key, body: track(&mixture), events: 1)
    }
  }

  private func track(_ mixture: inout WorkloadMixture) -> String {
    let (name, properties) = mixture.next()
    return event("track", "\"event\":\"\(name)\",\"properties\":{\(properties)}")
  }

  private func event(_ type: String, _ rest: String) -> String {
    "{\"type\":\"\(type)\",\"userId\":\"u\(CallTemplate.person)\",\"messageId\":\"m\(CallTemplate.message)\","
      + "\"timestamp\":\"\(CallTemplate.time)\",\(rest)}"
  }

  private func call(_ events: [String]) -> CallTemplate {
    let body = "{\"batch\":[\(events.joined(separator: ","))],\"sentAt\":\"\(CallTemplate.time)\"}"
    return CallTemplate("POST", "/v1/batch", key: key, body: body, events: events.count)
  }
}

/// Events in the proportions of a shop: many looks, few orders.
struct WorkloadMixture {
  private var random: SeededRandom
  private static let shares: [(name: String, percent: Int)] = [
    ("Product Viewed", 32), ("Products Searched", 12), ("Product Added", 12), ("Article Read", 9), ("Email Opened", 9),
    ("Cart Viewed", 8), ("Checkout Started", 6), ("Order Completed", 4), ("Email Clicked", 3), ("Product Removed", 2),
    ("Product Shared", 2), ("Order Refunded", 1),
  ]
  static let categories = ["shoes", "bags", "coats", "hats", "belts", "rings", "books", "games", "lamps", "plants"]
  static let names = shares.map(\.name)

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// An event's name and the members of its properties.
  mutating func next() -> (name: String, properties: String) {
    var left = random.below(100)
    var name = Self.shares[0].name
    for share in Self.shares {
      name = share.name
      if left < share.percent { break }
      left -= share.percent
    }
    return (name, properties(of: name))
  }

  private mutating func properties(of name: String) -> String {
    let price = "\(10 + random.below(90)).\(10 + random.below(90))"
    let product = "p-\(10_000 + random.below(10_000))"
    let category = Self.categories[random.below(Self.categories.count)]
    switch name {
    case "Products Searched":
      return "\"query\":\"\(random.below(4) == 0 ? "sale " : "")\(category)\",\"results\":\(random.below(90))"
    case "Article Read":
      return "\"topic\":\"\(random.below(3) == 0 ? "care" : "trends")\",\"seconds\":\(random.below(300))"
    case "Email Opened", "Email Clicked": return "\"campaign\":\"c\(random.below(20))\""
    case "Cart Viewed": return "\"cart_id\":\"\(product)\",\"items\":\(1 + random.below(5))"
    case "Checkout Started", "Order Completed", "Order Refunded":
      return
        "\"order_id\":\"o-\(random.below(1_000_000))\",\"total\":\(price),\"revenue\":\(price),\"currency\":\"EUR\","
        + "\"category\":\"\(category)\",\"coupon\":null"
    default:
      return "\"product_id\":\"\(product)\",\"category\":\"\(category)\",\"price\":\(price),\"currency\":\"EUR\","
        + "\"position\":\(random.below(40))"
    }
  }
}
