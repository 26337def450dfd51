import RoostCore

/// What one message by a channel costs.
public struct ChannelPrice: Sendable, Equatable {
  public var amount: Micros
  /// ISO 4217.
  public var currency: String

  /// Reads `{"amount": "0.0045", "currency": "EUR"}`: not negative, at most six decimal places.
  public init?(_ json: JSONValue) {
    guard let amount = json["amount"]?.string.flatMap(Micros.init(decimal:)), amount.count >= 0,
      let currency = json["currency"]?.string, currency.utf8.count == 3,
      currency.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A })
    else { return nil }
    self.amount = amount
    self.currency = currency
  }
}

extension Micros {
  /// Reads a decimal number with up to six places behind the point and nine before it.
  public init?(decimal text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...9).contains(parts[0].utf8.count),
      parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } })
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : "0"
    guard (1...6).contains(fraction.utf8.count), let whole = Int64(parts[0]),
      let rest = Int64(fraction + String(repeating: "0", count: 6 - fraction.utf8.count))
    else { return nil }
    self.init(count: whole * 1_000_000 + rest)
  }

  /// As a decimal number with at least two places, such as `12.50`.
  public var text: String {
    let magnitude = count.magnitude
    var fraction = String(magnitude % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    while fraction.utf8.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(count < 0 ? "-" : "")\(magnitude / 1_000_000).\(fraction)"
  }
}
