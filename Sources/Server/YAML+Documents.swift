import RoostCore
import Yams

/// One of the documents of a YAML text, and where its parts stand in the whole text.
public struct YAMLDocument: Sendable {
  /// What it says, or why it cannot be read.
  public let content: Result<JSONValue, Problem>
  /// The line at which it begins, from 1.
  public let firstLine: Int
  /// Lines by JSON pointer, from 1: of a member its key's.
  private let lines: [String: Int]

  /// The line of a pointer; of one that names nothing, the line of what would hold it.
  public func line(of pointer: String) -> Int {
    var pointer = pointer
    while !pointer.isEmpty {
      if let line = lines[pointer] { return line }
      pointer = pointer.lastIndex(of: "/").map { String(pointer[..<$0]) } ?? ""
    }
    return lines[""] ?? firstLine
  }

  /// Cuts a text at its `---` lines. Documents of comments only are left out.
  public static func all(in text: String) -> [YAMLDocument] {
    var documents: [YAMLDocument] = []
    var start = 1
    var lines: [Substring] = []
    func close() {
      if lines.contains(where: isContent) { documents.append(YAMLDocument(lines.joined(separator: "\n"), start)) }
    }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      // YAML 1.2.2, 9.1.2: such a line begins a document wherever it stands, also within a block of text.
      if line == "---" || line.hasPrefix("--- ") || line.hasPrefix("---\t") || line == "---\r" {
        close()
        (start, lines) = (number + 1, [])
      }
      lines.append(line)
    }
    close()
    return documents
  }

  private static func isContent(_ line: Substring) -> Bool {
    guard let first = line.first(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) else { return false }
    return first != "#" && !(line.hasPrefix("---") && line.dropFirst(3).allSatisfy { $0 == " " || $0 == "\r" })
  }

  private init(_ text: String, _ firstLine: Int) {
    self.firstLine = firstLine
    var lines: [String: Int] = [:]
    do throws(Problem) {
      let root = try JSONValue.yamlRoot(text)
      // First the value: its limits bound what is walked here.
      content = .success(try JSONValue(yamlNode: root))
      Self.note(root, at: "", offset: firstLine - 1, into: &lines)
    } catch { content = .failure(error) }
    self.lines = lines
  }

  private static func note(_ node: Yams.Node, at pointer: String, offset: Int, into lines: inout [String: Int]) {
    if lines[pointer] == nil, let line = node.mark?.line { lines[pointer] = line + offset }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard let name = key.scalar?.string else { continue }
        let place = "\(pointer)/\(pointerToken(name))"
        if let line = key.mark?.line { lines[place] = line + offset }
        note(value, at: place, offset: offset, into: &lines)
      }
    case .sequence(let sequence):
      for (index, item) in sequence.enumerated() {
        note(item, at: "\(pointer)/\(index)", offset: offset, into: &lines)
      }
    case .scalar, .alias: break
    }
  }
}
