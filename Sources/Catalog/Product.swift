import RoostCore

/// Something that a shop sells, as its feed describes it.
public struct Product: Sendable, Equatable {
  /// The shop's own: what events name it by.
  public var id: String
  public var title: String
  public var url = ""
  public var image = ""
  public var price: Price?
  /// What it cost before, if it is reduced.
  public var oldPrice: Price?
  public var isAvailable = true
  /// As the feed names it, parents first: `Clothes > Shirts`.
  public var category = ""
  public var brand = ""
  public var description = ""
  /// Whatever else the feed says, by its names.
  public var attributes: [Attribute] = []

  public struct Attribute: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(id: String, title: String) {
    self.id = id
    self.title = title
  }

  /// Products of one workspace.
  public static let countMax = 1_000_000
  public static let idBytesMax = 128
  static let textBytesMax = 512
  static let urlBytesMax = 2_048
  static let descriptionBytesMax = 1_024
  static let attributesMax = 32
}

/// An amount as it was written, in a currency.
public struct Price: Sendable, Equatable {
  /// Digits with at most one point: `12.50`.
  public var amount: String
  /// ISO 4217; "" for the workspace's.
  public var currency: String

  public init(amount: String, currency: String) {
    self.amount = amount
    self.currency = currency
  }

  /// Reads `12.50`, `1 234,50`, `12.50 EUR`, `EUR 12.50`; `nil` for what is no amount.
  public init?(_ text: String, currency: String = "") {
    var digits: [UInt8] = []
    var letters: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","): digits.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): letters.append(byte & 0xDF)
      // Spaces of all widths between thousands: ASCII, U+00A0, U+202F.
      case UInt8(ascii: " "), 0xC2, 0xA0, 0xE2, 0x80, 0xAF: break
      default: return nil
      }
    }
    guard let amount = Self.amount(digits), letters.isEmpty || letters.count == 3 else { return nil }
    let own = letters.isEmpty ? currency.uppercased() : String(decoding: letters, as: UTF8.self)
    // What Russian feeds still call the rouble.
    self.init(amount: amount, currency: own == "RUR" ? "RUB" : own)
  }

  /// The last point or comma with one or two digits behind it, or the only one, parts the fraction; others part thousands.
  private static func amount(_ text: [UInt8]) -> String? {
    let marks = text.indices.filter { text[$0] == UInt8(ascii: ".") || text[$0] == UInt8(ascii: ",") }
    var whole = text[...]
    var fraction: ArraySlice<UInt8> = []
    if let last = marks.last, text.count - last - 1 != 3 || (marks.count == 1 && text[last] == UInt8(ascii: ".")) {
      whole = text[..<last]
      fraction = text[(last + 1)...]
    }
    let digits = whole.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ",") }
    guard !digits.isEmpty, digits.count <= 15, fraction.count <= 6 else { return nil }
    let short = digits.drop { $0 == UInt8(ascii: "0") }
    let head = short.isEmpty ? "0" : String(decoding: short, as: UTF8.self)
    return fraction.isEmpty ? head : head + "." + String(decoding: fraction, as: UTF8.self)
  }

  /// For comparing only.
  var number: Double { Double(amount) ?? 0 }
}

extension Product {
  /// As the interface shows it; what is not there is absent.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [.init("id", .string(id)), .init("title", .string(title))]
    for (name, text) in [("url", url), ("image", image)] where !text.isEmpty {
      members.append(.init(name, .string(text)))
    }
    if let price { members.append(.init("price", price.json)) }
    if let oldPrice { members.append(.init("oldPrice", oldPrice.json)) }
    members.append(.init("available", .bool(isAvailable)))
    for (name, text) in [("category", category), ("brand", brand), ("description", description)] where !text.isEmpty {
      members.append(.init(name, .string(text)))
    }
    if !attributes.isEmpty {
      members.append(.init("attributes", .object(attributes.map { .init($0.name, .string($0.value)) })))
    }
    return .object(members)
  }

  /// Whether a word is in its names, whatever its case.
  public func matches(_ query: String) -> Bool {
    let query = query.lowercased()
    return [id, title, brand, category].contains { $0.lowercased().contains(query) }
  }
}

extension Price {
  public var json: JSONValue {
    currency.isEmpty
      ? ["amount": .string(amount)] : ["amount": .string(amount), "currency": .string(currency)]
  }
}
