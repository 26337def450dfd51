/// Names with the same number in every workspace. The list does not change: a workspace's own names are numbered right after
/// it, and numbers are in logs for ever.
extension Symbol {
  public static let orderCompleted = Symbol(1)
  public static let orderRefunded = Symbol(2)
  public static let email = Symbol(3)
  public static let phone = Symbol(4)
  public static let total = Symbol(5)
  public static let revenue = Symbol(6)
  public static let currency = Symbol(7)
  public static let orderID = Symbol(8)
  public static let firstName = Symbol(9)
  public static let lastName = Symbol(10)
  public static let name = Symbol(11)
  public static let marketing = Symbol(12)
  public static let country = Symbol(13)
  public static let timezone = Symbol(14)
  public static let locale = Symbol(15)

  static let wellKnownNames = [
    "Order Completed", "Order Refunded", "email", "phone", "total", "revenue", "currency", "order_id", "first_name",
    "last_name", "name", "marketing", "country", "timezone", "locale",
  ]
}
