import RoostCore

/// A plan as people read it in a terminal.
struct PlanText {
  private let plan: JSONValue

  init(_ plan: JSONValue) { self.plan = plan }

  func write() { for line in lines { Terminal.write(line: line) } }

  var lines: [String] {
    let changes = plan["changes"]?.array ?? []
    var lines: [String] = []
    for change in changes where change["change"]?.string != "unchanged" { lines += self.lines(of: change) }
    let unchanged = changes.count { $0["change"]?.string == "unchanged" }
    let words = [
      count("new", changes), count("changed", changes), count("missing", changes), "\(grouped(unchanged)) unchanged",
    ]
    let decisions = Int(plan["decisions"]?.int ?? 0)
    lines.append(words.joined(separator: ", ") + (decisions == 0 ? "" : ", \(decisions) to decide"))
    if plan["applied"]?.bool == true { lines.append("applied") }
    return lines
  }

  private func count(_ word: String, _ changes: [JSONValue]) -> String {
    "\(grouped(changes.count { $0["change"]?.string == word })) \(word)"
  }

  private func lines(of change: JSONValue) -> [String] {
    let (kind, key) = (change["kind"]?.string ?? "", change["key"]?.string ?? "")
    let word = change["change"]?.string ?? ""
    let sign = ["new": "+", "changed": "~", "missing": "-"][word] ?? " "
    var line = "\(sign) \(kind) \(key)"
    if let to = change["version"]?.int { line += " version \(to)" }
    if let action = change["action"]?.string { line += ", \(action)" }
    var lines = [line]
    for difference in change["differences"]?.array ?? [] {
      let pointer = difference["pointer"]?.string ?? ""
      switch (difference["from"], difference["to"]) {
      case (let from?, let to?): lines.append("    \(pointer): \(short(from)) → \(short(to))")
      case (nil, let to?): lines.append("    + \(pointer): \(short(to))")
      case (let from?, nil): lines.append("    - \(pointer): \(short(from))")
      default: break
      }
    }
    if let people = change["people"]?.int, people > 0 {
      lines.append("    \(grouped(Int(people))) \(people == 1 ? "person is" : "people are") inside")
    }
    for group in change["groups"]?.array ?? [] { lines.append("      " + text(of: group)) }
    if let now = change["members"]?["now"]?.int, let after = change["members"]?["after"]?.int {
      lines.append("    members: \(grouped(Int(now))) → \(grouped(Int(after)))")
    }
    if let decision = change["decision"]?.string { lines.append("    ! \(decision)") }
    return lines
  }

  private func text(of group: JSONValue) -> String {
    let people = grouped(Int(group["people"]?.int ?? 0))
    return "\(people) at \(group["step"]?.string ?? "the start") \(group["goes"]?.string ?? "")"
  }

  private func short(_ value: JSONValue) -> String {
    var bytes: [UInt8] = []
    value.write(into: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    return text.count > 100 ? text.prefix(99) + "…" : text
  }
}
