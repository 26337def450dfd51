extension JSONValue {
  /// The tree as the one text that all equal trees have: members sorted by the UTF-16 of their names, no white space
  /// (RFC 8785). For signatures. Numbers must be whole: of others RFC 8785 wants ECMAScript's form.
  ///
  /// - Throws: a problem if there is a number that is not whole.
  public func canonicalBytes() throws(Problem) -> [UInt8] {
    var bytes: [UInt8] = []
    try sorted().write(into: &bytes)
    return bytes
  }

  private func sorted() throws(Problem) -> JSONValue {
    switch self {
    case .double: throw Problem(.internalFault, "a signed record holds whole numbers only")
    case .array(let items): return .array(try items.map { item throws(Problem) in try item.sorted() })
    case .object(let members):
      return .object(
        try members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
          .map { member throws(Problem) in Member(member.key, try member.value.sorted()) })
    default: return self
    }
  }
}
