import RoostCore

/// What the columns of a CSV file mean, by its header row.
struct CSVColumns {
  enum Meaning: Equatable {
    /// A member of the call itself.
    case member(String)
    /// A property of an event, or a trait of a person.
    case field(String)
    /// A consent's purpose.
    case consent(String)
  }

  let kind: ImportKind
  let names: [String]
  let meanings: [Meaning]
  /// Columns whose digits are names, not amounts.
  private let isText: [Bool]

  private static let eventMembers: Set = ["type", "event", "userId", "anonymousId", "timestamp", "messageId"]
  private static let personMembers: Set = ["userId", "anonymousId", "timestamp", "messageId"]

  /// Throws if a name is missing or appears twice, or if nothing says who the rows are about.
  init(_ header: [String], _ kind: ImportKind, file: String) throws(Failure) {
    self.kind = kind
    names = header
    var meanings: [Meaning] = []
    for (index, name) in header.enumerated() {
      guard !name.isEmpty else {
        throw Failure(.foundProblem, "\(file): column \(index + 1) has no name in the first row")
      }
      guard !header[..<index].contains(name) else {
        throw Failure(.foundProblem, "\(file): the first row names the column \"\(name)\" twice")
      }
      let members = kind == .events ? Self.eventMembers : Self.personMembers
      if members.contains(name) {
        meanings.append(.member(name))
      } else if name.hasPrefix("consent."), name.utf8.count > 8 {
        meanings.append(.consent(String(name.dropFirst(8))))
      } else {
        meanings.append(.field(name))
      }
    }
    self.meanings = meanings
    isText = header.map(Self.holdsText)
    let identifiers = kind == .events ? ["userId", "anonymousId"] : ["userId", "anonymousId", "email", "phone"]
    guard identifiers.contains(where: header.contains) else {
      throw Failure(
        .foundProblem,
        "\(file): the first row must name the columns, one of them \(identifiers.joined(separator: ", ")); it has \(header.prefix(8).joined(separator: ", "))"
      )
    }
    if kind == .events, !header.contains("event"), !header.contains("type") {
      throw Failure(.foundProblem, "\(file): the first row must name a column \"event\"")
    }
  }

  /// Ids, codes, telephone numbers and the like keep their leading zeros.
  private static func holdsText(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["id", "code", "phone", "zip", "number", "sku", "email", "name"].contains { name.hasSuffix($0) }
  }

  /// A value as JSON: numbers as JSON writes them, `true`, `false`, and all else as text.
  func append(_ text: String, column: Int, to target: inout [UInt8]) {
    if !isText[column] {
      if ["true", "TRUE", "True"].contains(text) { return target.append(utf8: "true") }
      if ["false", "FALSE", "False"].contains(text) { return target.append(utf8: "false") }
      if Self.isNumber(text) { return target.append(utf8: text) }
    }
    target.append(jsonString: text)
  }

  /// `-12`, `3.50`: no exponent, no zeros in front, no more digits than a Double keeps.
  private static func isNumber(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? Array(text.utf8.dropFirst()) : Array(text.utf8)
    let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, digits.count <= 16 else { return false }
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else { return false }
    return whole.count == 1 || whole.first != UInt8(ascii: "0")
  }
}
