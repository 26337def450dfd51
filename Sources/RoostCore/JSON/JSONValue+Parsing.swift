extension JSONValue {
  /// Reads a JSON text (RFC 8259, as strictly as `JSONScanner`). Of members with the same name the last one counts, as
  /// in `JSON.parse`. A number beyond ±1.8e308 is an error; an integer beyond 64 bits becomes the nearest Double.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var scanner = JSONScanner(bytes)
    self = try Self.value(&scanner)
    try scanner.finish()
  }

  /// The same for bytes in an array.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(JSONError) in try JSONValue(parsing: raw) }
    }
    self = try result.get()
  }

  /// The same for a text.
  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }

  private static func value(_ scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
    switch try scanner.peek() {
    case .object: return .object(try members(&scanner))
    case .array:
      var items: [JSONValue] = []
      if try scanner.enterArray() {
        repeat { items.append(try value(&scanner)) } while try scanner.hasElement()
      }
      return .array(items)
    case .string: return .string(try scanner.text().text(in: scanner.bytes))
    case .number:
      let number = try scanner.number()
      if let int = number.int64 { return .int(int) }
      if let double = number.double(in: scanner.bytes) { return .double(double) }
      // Too near to 0 for a Double is 0; only the other end is out of range.
      guard let double = Double(number.slice.text(in: scanner.bytes)), double.isFinite else {
        throw JSONError(offset: number.slice.start, reason: .numberOutOfRange)
      }
      return .double(double)
    case .yes, .no, .null:
      switch try scanner.value().kind {
      case .yes: return .bool(true)
      case .no: return .bool(false)
      default: return .null
      }
    }
  }

  /// Up to this many members a look through the list beats hashing.
  private static let listedMembersMax = 16

  private static func members(_ scanner: inout JSONScanner) throws(JSONError) -> [Member] {
    var members: [Member] = []
    var places: [String: Int] = [:]
    guard try scanner.enterObject() else { return members }
    repeat {
      let key = try scanner.key().text(in: scanner.bytes)
      let value = try value(&scanner)
      let place: Int?
      if members.count <= listedMembersMax {
        place = members.firstIndex { $0.key == key }
      } else {
        if places.isEmpty { for (index, member) in members.enumerated() { places[member.key] = index } }
        place = places[key]
      }
      if let place {
        members[place].value = value
      } else {
        if !places.isEmpty { places[key] = members.count }
        members.append(Member(key, value))
      }
    } while try scanner.hasMember()
    return members
  }
}
