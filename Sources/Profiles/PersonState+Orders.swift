import Events
import RoostCore

extension PersonState {
  /// Adds an `Order Completed` or `Order Refunded`: the amount is `total`, else `revenue`, else nothing; the currency is
  /// `currency` if it is three letters, else the workspace's.
  mutating func applyOrder(_ event: EventView, isRefund: Bool, defaultCurrency: UInt32) {
    var total: EventField?
    var revenue: EventField?
    var currency = defaultCurrency
    var fields = event.fields
    while let field = fields.next() {
      guard field.section == .property else { continue }
      switch field.symbol {
      case .total: total = field
      case .revenue: revenue = field
      case .currency where field.tag == .string: currency = OrderTotals.currency(field.bytes) ?? defaultCurrency
      default: break
      }
    }
    let amount = total?.amount ?? revenue?.amount ?? Micros(count: 0)
    let time = event.timestamp
    load(.orders)
    lists.orders.add(
      isRefund
        ? OrderTotals(
          currency: currency, orders: 0, refunds: 1, revenue: Micros(count: 0), refunded: amount,
          firstAt: .distantFuture, lastAt: .distantPast)
        : OrderTotals(
          currency: currency, orders: 1, refunds: 0, revenue: amount, refunded: Micros(count: 0), firstAt: time,
          lastAt: time))
  }

  /// The last order in any currency, from which recency is counted; `nil` without orders.
  public var lastOrderAt: Instant? { orders.lazy.filter { $0.orders > 0 }.map(\.lastAt).max() }

  /// Orders in all currencies: frequency.
  public var orderCount: Int { orders.reduce(0) { $0 + Int($1.orders) } }
}

extension [OrderTotals] {
  mutating func add(_ row: OrderTotals) {
    var index = 0
    while index < count, self[index].currency < row.currency { index &+= 1 }
    guard index < count, self[index].currency == row.currency else { return insert(row, at: index) }
    self[index].orders &+= row.orders
    self[index].refunds &+= row.refunds
    self[index].revenue = self[index].revenue + row.revenue
    self[index].refunded = self[index].refunded + row.refunded
    self[index].firstAt = Swift.min(self[index].firstAt, row.firstAt)
    self[index].lastAt = Swift.max(self[index].lastAt, row.lastAt)
  }
}

extension EventField {
  /// An amount: a number, or a text that is one, as some shops send it (`"12.50"`).
  var amount: Micros? {
    switch tag {
    case .number: return Micros(Double(bitPattern: bits))
    case .string, .json:
      guard bytes.count <= 64, let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite else {
        return nil
      }
      return Micros(number)
    case .null, .no, .yes: return nil
    }
  }
}
