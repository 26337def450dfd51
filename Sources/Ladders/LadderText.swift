/// A text cut at its places: `Play ${offer} now` is "Play ", offer, " now". `$${` writes `${`.
struct LadderText {
  enum Part: Equatable {
    case literal(String)
    case place(String)
  }
  private(set) var parts: [Part] = []

  init(_ text: String) {
    var literal = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "${") {
      let before = rest[..<mark.lowerBound]
      if before.last == "$" {
        literal += before.dropLast() + "${"
        rest = rest[mark.upperBound...]
        continue
      }
      guard let end = rest[mark.upperBound...].firstIndex(of: "}") else { break }
      literal += before
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = ""
      parts.append(.place(String(rest[mark.upperBound..<end])))
      rest = rest[rest.index(after: end)...]
    }
    literal += rest
    if !literal.isEmpty { parts.append(.literal(literal)) }
  }

  /// The names of its places, in order.
  var places: [String] {
    parts.compactMap { part in if case .place(let name) = part { name } else { nil } }
  }

  /// The name, if the text is one place and nothing else.
  var onlyPlace: String? {
    guard parts.count == 1, case .place(let name) = parts[0] else { return nil }
    return name
  }
}
