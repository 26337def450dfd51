import RoostCore

extension Product {
  private static let format: UInt8 = 1

  /// Format byte, then the fields in the order of the declaration.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    for text in [id, title, url, image] { bytes.append(counted: text) }
    for price in [price, oldPrice] {
      bytes.append(counted: price?.amount ?? "")
      bytes.append(counted: price?.currency ?? "")
    }
    bytes.append(isAvailable ? 1 : 0)
    for text in [category, brand, description] { bytes.append(counted: text) }
    bytes.append(varint: UInt64(attributes.count))
    for attribute in attributes {
      bytes.append(counted: attribute.name)
      bytes.append(counted: attribute.value)
    }
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    self.init(id: try reader.text(), title: try reader.text())
    url = try reader.text()
    image = try reader.text()
    price = try Self.price(&reader)
    oldPrice = try Self.price(&reader)
    isAvailable = try reader.word(UInt8.self) != 0
    category = try reader.text()
    brand = try reader.text()
    description = try reader.text()
    for _ in 0..<(try reader.count(of: 2)) {
      attributes.append(Attribute(name: try reader.text(), value: try reader.text()))
    }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }

  private static func price(_ reader: inout ByteReader) throws(MalformedBytes) -> Price? {
    let price = Price(amount: try reader.text(), currency: try reader.text())
    return price.amount.isEmpty ? nil : price
  }
}
