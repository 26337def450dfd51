import RoostCore

/// What a template shows of the person and of the entering event without saying what to show where it is missing.
///
/// Read from the text of all its parts: an output with a `default` filter, and one inside an `if` or `unless` that asks
/// about the same value, is safe.
struct TemplateReads {
  /// `person.first_name`, `event.total`: each once, in order of appearance.
  private(set) var unguarded: [String] = []

  init(_ body: JSONValue) { read(body) }

  private mutating func read(_ json: JSONValue) {
    switch json {
    case .string(let text): read(text)
    case .array(let items): for item in items { read(item) }
    case .object(let members): for member in members { read(member.value) }
    case .null, .bool, .int, .double: break
    }
  }

  private mutating func read(_ text: String) {
    var guards: [[String]] = []
    var rest = Array(text.utf8)[...]
    while let tag = Self.nextTag(in: &rest) {
      let words = Self.words(tag.content)
      if tag.isOutput {
        note(words, guards)
      } else if let first = words.first {
        switch first {
        case "if", "unless", "case", "for": guards.append(words)
        case "elsif", "when": if !guards.isEmpty { guards[guards.count - 1] += words }
        case "endif", "endunless", "endcase", "endfor": _ = guards.popLast()
        default: break
        }
      }
    }
  }

  private mutating func note(_ words: [String], _ guards: [[String]]) {
    guard let path = words.first, Self.isPersonal(path), !unguarded.contains(path) else { return }
    if let filter = words.firstIndex(of: "|"), words[filter...].contains("default") { return }
    if guards.contains(where: { $0.contains(path) }) { return }
    unguarded.append(path)
  }

  private static func isPersonal(_ path: String) -> Bool {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 && (parts[0] == "person" || parts[0] == "event") && !parts[1].isEmpty
  }

  private static func nextTag(in rest: inout ArraySlice<UInt8>) -> (isOutput: Bool, content: ArraySlice<UInt8>)? {
    let (open, percent, close) = (UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "}"))
    var place = rest.startIndex
    while place + 1 < rest.endIndex {
      let second = rest[place + 1]
      guard rest[place] == open, second == open || second == percent else {
        place += 1
        continue
      }
      let end = second == open ? close : percent
      var stop = place + 2
      while stop + 1 < rest.endIndex, !(rest[stop] == end && rest[stop + 1] == close) { stop += 1 }
      guard stop + 1 < rest.endIndex else { break }
      let content = rest[(place + 2)..<stop]
      rest = rest[(stop + 2)...]
      return (second == open, content)
    }
    rest = rest[rest.endIndex...]
    return nil
  }

  /// Names with their dots, and bars; quoted texts and signs are left out.
  private static func words(_ content: ArraySlice<UInt8>) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var quote: UInt8?
    func isName(_ byte: UInt8) -> Bool {
      byte == 46 || byte == 95 || (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122) || byte >= 128
    }
    for byte in content + [32] {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      if isName(byte) {
        word.append(byte)
        continue
      }
      if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
      word = []
      if byte == 34 || byte == 39 { quote = byte }
      if byte == UInt8(ascii: "|") { words.append("|") }
    }
    return words
  }
}
