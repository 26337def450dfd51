extension JSONValue {
  /// Appends the tree as JSON text without white space. Reading it back gives an equal tree: a Double that is a whole
  /// number keeps its `.0`. Infinite and not-a-number become `null`.
  public func write(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(utf8: "null")
    case .bool(let flag): bytes.append(jsonBool: flag)
    case .int(let number): bytes.append(decimal: number)
    case .double(let number): bytes.append(utf8: number.isFinite ? number.description : "null")
    case .string(let text): bytes.append(jsonString: text)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(jsonString: member.key)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// The JSON text as bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return bytes
  }

  /// The JSON text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
