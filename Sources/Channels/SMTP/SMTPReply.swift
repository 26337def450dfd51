/// A server's reply: a code of three digits and one or more lines of text (RFC 5321 4.2).
public struct SMTPReply: Sendable, Equatable, CustomStringConvertible {
  /// The kind of a reply, by its first digit.
  enum Kind { case success, intermediate, transient, permanent }

  /// 200 to 599.
  public let code: Int
  /// The text of each line, printable, without code and line end.
  public let lines: [String]

  public init(code: Int, lines: [String]) {
    self.code = code
    self.lines = lines
  }

  /// The lines joined by spaces, without the code: what people need to see.
  public var text: String { lines.count == 1 ? lines[0] : lines.joined(separator: " ") }

  public var description: String { "\(code) \(text)" }

  var kind: Kind {
    switch code / 100 {
    case 2: .success
    case 3: .intermediate
    case 4: .transient
    default: .permanent
    }
  }

  /// The enhanced status code at the start of the text (RFC 2034 4), if there is one of the reply's own class.
  public var enhanced: EnhancedStatus? {
    guard let word = lines.first?.utf8.prefix(while: { $0 != UInt8(ascii: " ") }) else { return nil }
    var numbers: [Int] = []
    for part in word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      numbers.append(part.reduce(0) { $0 * 10 + Int($1) - 0x30 })
    }
    guard numbers.count == 3, numbers[0] == code / 100 else { return nil }
    return EnhancedStatus(category: numbers[0], subject: numbers[1], detail: numbers[2])
  }

  /// What the reply means for a recipient whose fate it decides.
  var outcome: DeliveryOutcome {
    switch kind {
    case .success: .sent(reply: description)
    case .permanent: .rejected(code: code, enhanced: enhanced, reply: description)
    case .transient, .intermediate: .deferred(code: code, reply: description)
    }
  }
}
