import RoostCore

extension JSONValue {
  /// A part of a definition on one line, nearly as its author wrote it: `trait: country, in: [IT, ES]`.
  var authorWords: String {
    if let members { return members.map { "\($0.key): \($0.value.inner)" }.joined(separator: ", ") }
    return inner
  }

  private var inner: String {
    switch self {
    case .object: "{\(authorWords)}"
    case .array(let items): "[\(items.map(\.inner).joined(separator: ", "))]"
    case .string(let string): string
    default: text
    }
  }

  /// The value at a JSON pointer (RFC 6901); `nil` if there is none.
  func at(pointer: String) -> JSONValue? {
    var value = self
    for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
      let next = value.array.flatMap { items in Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil } }
      guard let next = next ?? value[name] else { return nil }
      value = next
    }
    return value
  }
}
