/// The texts of several files as one call carries them, and the way back from its lines to theirs.
struct LintText {
  private(set) var text = ""
  private var parts: [Part] = []
  private var lines = 0

  private struct Part {
    var file: String
    /// The line of the whole text at which it begins, from 1.
    var start: Int
    /// The line of the file that this is, from 1.
    var fileLine: Int
  }

  init(_ files: [String]) throws(Failure) {
    for file in files {
      let bytes = try wholeFile(file)
      guard let content = String(validating: bytes, as: UTF8.self) else {
        throw Failure(.foundProblem, "\(file) is no UTF-8")
      }
      add(content, of: file)
    }
  }

  /// Document by document: one that does not say what it is gets the name that its folder and file give it.
  private mutating func add(_ content: String, of file: String) {
    var document: [Substring] = []
    var start = 1
    func isMark(_ line: Substring) -> Bool { line == "---" || line.hasPrefix("--- ") || line == "---\r" }
    for (number, line) in content.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if isMark(line), !document.isEmpty {
        close(document, of: file, at: start)
        document = []
      }
      if document.isEmpty { start = number + 1 }
      document.append(line)
    }
    close(document, of: file, at: start)
  }

  private mutating func close(_ document: [Substring], of file: String, at line: Int) {
    if document.first.map({ $0.hasPrefix("---") }) != true { append("---") }
    if let name = Self.missingName(document, file) {
      // The mark comes first, then the name, then what the file says.
      if document.first?.hasPrefix("---") == true {
        append(String(document[0]))
        append(name)
        parts.append(Part(file: file, start: lines + 1, fileLine: line + 1))
        for text in document.dropFirst() { append(String(text)) }
        return
      }
      append(name)
    }
    parts.append(Part(file: file, start: lines + 1, fileLine: line))
    for text in document { append(String(text)) }
  }

  private mutating func append(_ line: String) {
    text += line + "\n"
    lines += 1
  }

  /// `template: miss-you` for a template that only its place names. Of JSON nothing can be put before the text.
  private static func missingName(_ document: [Substring], _ file: String) -> String? {
    guard let (kind, key) = DefinitionFile.named(file), kind == .template || kind == .channel else { return nil }
    let content = document.filter { line in
      !line.hasPrefix("---") && !line.hasPrefix("#") && line.contains { $0 != " " && $0 != "\r" }
    }
    guard let first = content.first, !first.hasPrefix("{") else { return nil }
    return content.contains { $0.hasPrefix(kind.rawValue + ":") && kind == .template }
      ? nil : "\(kind.rawValue): \(key)"
  }

  /// The file and its line for a line of the whole text.
  func place(of line: Int) -> (file: String, line: Int)? {
    parts.last { $0.start <= line }.map { ($0.file, line - $0.start + $0.fileLine) }
  }
}
