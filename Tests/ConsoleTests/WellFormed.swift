/// Reads a page as a strict reader would: every tag closed in order, every attribute quoted, no raw special character.
struct WellFormed {
  var tags: [String] = []
  var attributes: [(tag: String, name: String, value: String)] = []
  /// Text between tags, as written.
  var texts: [String] = []
  var faults: [String] = []

  private static let voids: Set = ["meta", "link", "input"]
  private var open: [String] = []
  private var rest: Substring

  init(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      rest = ""
      faults.append("not UTF-8")
      return
    }
    rest = text[...]
    if text.hasPrefix("<!doctype html>") { rest = rest.dropFirst(15) }
    while !rest.isEmpty { step() }
    if !open.isEmpty { faults.append("left open: \(open)") }
  }

  private mutating func step() {
    guard rest.first == "<" else {
      let end = rest.firstIndex(of: "<") ?? rest.endIndex
      let text = String(rest[..<end])
      if text.contains(where: { ">\"'".contains($0) }) { faults.append("raw character in text: \(text)") }
      checkReferences(text)
      texts.append(text)
      rest = rest[end...]
      return
    }
    guard let end = rest.firstIndex(of: ">") else {
      faults.append("tag without end")
      rest = ""
      return
    }
    tag(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
  }

  private mutating func tag(_ content: Substring) {
    if content.first == "/" {
      let name = String(content.dropFirst())
      if open.last == name { open.removeLast() } else { faults.append("</\(name)> closes \(open.last ?? "nothing")") }
      return
    }
    let name = String(content.prefix { $0 != " " })
    tags.append(name)
    if !name.allSatisfy({ $0.isLowercase || $0.isNumber }) { faults.append("tag \(name)") }
    if !Self.voids.contains(name) { open.append(name) }
    var rest = content.dropFirst(name.count)
    while !rest.isEmpty {
      guard rest.first == " " else { return faults.append("in <\(content)>") }
      rest = rest.dropFirst()
      let attribute = String(rest.prefix { $0 != "=" && $0 != " " })
      rest = rest.dropFirst(attribute.count)
      guard rest.first == "=" else {
        attributes.append((name, attribute, ""))
        continue
      }
      guard rest.dropFirst().first == "\"", let end = rest.dropFirst(2).firstIndex(of: "\"") else {
        return faults.append("unquoted in <\(content)>")
      }
      let value = String(rest.dropFirst(2)[..<end])
      if value.contains(where: { "<>'".contains($0) }) { faults.append("raw character in \(attribute)") }
      checkReferences(value)
      attributes.append((name, attribute, value))
      rest = rest[rest.index(after: end)...]
    }
  }

  private mutating func checkReferences(_ text: String) {
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
      let isReference = ["amp;", "lt;", "gt;", "quot;", "#39;", "#13;"].contains { part.hasPrefix($0) }
      if !isReference { faults.append("raw &: \(part.prefix(12))") }
    }
  }
}
