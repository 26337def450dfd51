import RoostCore

/// What a rehearsal found, as people read it in a terminal.
enum RehearsalText {
  static func summary(_ summary: JSONValue) -> [String] {
    var lines = [
      "\(day(summary["from"])) to \(day(summary["to"])): \(count(summary["people"])) people, "
        + "\(count(summary["events"])) events"
    ]
    for journey in summary["journeys"]?.array ?? [] { lines += self.journey(journey) }
    lines += messages(summary["messages"] ?? .null)
    if let busiest = summary["busiestHour"], busiest != .null {
      lines.append("busiest hour: \(count(busiest["sent"])) from \(busiest["at"]?.string ?? "")")
    }
    for cost in summary["cost"]?.array ?? [] {
      lines.append("cost: \(cost["amount"]?.string ?? "") \(cost["currency"]?.string ?? "")")
    }
    for pace in summary["pacing"]?.array ?? [] {
      lines.append(
        "\(text(pace, "journey")) at its rate: \(count(pace["delayed"])) later than meant, at most \(text(pace, "longestDelay"))"
      )
    }
    for overlap in summary["overlaps"]?.array ?? [] {
      let names = (overlap["journeys"]?.array ?? []).compactMap(\.string).joined(separator: " and ")
      lines.append(
        "\(names): \(count(overlap["people"])) people in both, \(count(overlap["messagesWithinADay"])) messages within a day of the other's"
      )
    }
    lines += orders(summary["orders"]?.array ?? [])
    lines += assumptions(summary["assumptions"] ?? .null)
    return lines + (summary["notes"]?.array ?? []).compactMap(\.string).map { "note: \($0)" }
  }

  private static func journey(_ journey: JSONValue) -> [String] {
    var words = ["\(count(journey["entries"])) entered (\(count(journey["people"])) people)"]
    if journey["heldOut"]?.int ?? 0 > 0 { words.append("\(count(journey["heldOut"])) held out") }
    words.append("\(count(journey["finished"])) finished")
    if journey["goal"]?.int ?? 0 > 0 { words.append("\(count(journey["goal"])) reached the goal") }
    for exit in journey["exited"]?.members ?? [] { words.append("\(count(exit.value)) left by \(exit.key)") }
    if journey["insideAtStart"]?.int ?? 0 > 0 { words.append("\(count(journey["insideAtStart"])) inside before") }
    words.append("\(count(journey["insideAtEnd"])) inside at the end")
    let kind = journey["draft"]?.bool == true ? "" : " (live)"
    var lines = ["\(text(journey, "journey"))\(kind): " + words.joined(separator: ", ")]
    for span in journey["between"]?.array ?? [] where text(span, "longest") != "0s" {
      lines.append(
        "  \(text(span, "from")) → \(text(span, "to")): \(count(span["people"])), median \(text(span, "median")), "
          + "p90 \(text(span, "p90"))")
    }
    return lines
  }

  private static func messages(_ messages: JSONValue) -> [String] {
    var lines = ["messages: \(outcome(messages))"]
    for step in messages["byStep"]?.array ?? [] { lines.append("  \(text(step, "name")): \(outcome(step))") }
    return lines
  }

  private static func outcome(_ counts: JSONValue) -> String {
    var words = ["\(count(counts["sent"])) sent"]
    for reason in counts["suppressed"]?.members ?? [] { words.append("\(count(reason.value)) \(reason.key)") }
    for reason in counts["held"]?.members ?? [] { words.append("\(count(reason.value)) held for \(reason.key)") }
    if counts["waiting"]?.int ?? 0 > 0 { words.append("\(count(counts["waiting"])) still held") }
    return words.joined(separator: ", ")
  }

  /// Only what comes in both orders: the rest is as the steps say.
  private static func orders(_ orders: [JSONValue]) -> [String] {
    orders.compactMap { order in
      let (first, then) = (text(order, "first"), text(order, "then"))
      guard first < then,
        let back = orders.first(where: { text($0, "first") == then && text($0, "then") == first })
      else { return nil }
      return
        "\(count(order["people"])) people got \(first) before \(then), \(count(back["people"])) the other way round"
    }
  }

  private static func assumptions(_ assumptions: JSONValue) -> [String] {
    var lines: [String] = []
    if assumptions["openingsAssumed"]?.int ?? 0 > 0 {
      lines.append(
        "assumed: \(count(assumptions["openingsAssumed"])) openings, \(count(assumptions["clicksAssumed"])) clicks")
    }
    if assumptions["recordedLeftOut"]?.int ?? 0 > 0 {
      lines.append(
        "left out: \(count(assumptions["recordedLeftOut"])) recorded answers to messages of the same name")
    }
    return lines
  }

  static func line(of message: JSONValue) -> String {
    let person = message["person"]
    let who = person?["email"]?.string ?? person?["userId"]?.string ?? person?["id"]?.string ?? ""
    let outcome = text(message, "status") + (message["reason"]?.string.map { " (\($0))" } ?? "")
    return [
      text(message, "scheduledAt"), who, "\(text(message, "journey"))/\(text(message, "step"))", outcome,
      message["subject"]?.string ?? "",
    ].joined(separator: "  ")
  }

  static func story(_ told: JSONValue) -> [String] {
    var lines = (told["items"]?.array ?? []).map { item in
      let words = (item.members ?? []).filter { !["at", "why"].contains($0.key) }.map { member in
        switch member.value {
        case .string(let text): "\(member.key) \(text)"
        case .int(let number): "\(member.key) \(number)"
        case .bool(true): member.key
        default: member.key
        }
      }
      let why = (item["why"]?.array ?? []).compactMap(\.string).map { "\n    \($0)" }.joined()
      return "\(text(item, "at"))  \(words.joined(separator: ", "))\(why)"
    }
    if told["cut"]?.bool == true { lines.append("… and more") }
    return lines
  }

  static func difference(_ difference: JSONValue, _ against: String) -> [String] {
    var lines = [
      "of \(count(difference["people"])) people \(count(difference["more"])) get more messages than by \(against), "
        + "\(count(difference["fewer"])) fewer, \(count(difference["others"])) others"
    ]
    for step in difference["steps"]?.array ?? [] {
      lines.append(
        "\(text(step, "step")): \(count(step["onlyInSecond"])) people more, \(count(step["onlyInFirst"])) fewer")
    }
    for order in difference["orders"]?.array ?? [] {
      lines.append(
        "\(count(order["peopleInFirst"])) people would get \(text(order, "first")) before \(text(order, "then")) by "
          + "\(against), \(count(order["peopleInSecond"])) by the others")
    }
    return lines
  }

  private static func text(_ json: JSONValue, _ name: String) -> String { json[name]?.string ?? "" }
  private static func count(_ json: JSONValue?) -> String { grouped(Int(json?.int ?? 0)) }
  private static func day(_ json: JSONValue?) -> String {
    let text = json?.string ?? ""
    return text.hasSuffix("T00:00:00.000Z") ? String(text.prefix(10)) : text
  }
}
