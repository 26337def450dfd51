import Console
import NIOHTTP1
import RoostCore
import Runtime

extension Pages {
  func showRehearsals(_ room: Room) async throws(Problem) -> HTTPResponse {
    answer(try await rehearsalsPage(room), room)
  }

  private func rehearsalsPage(_ room: Room) async throws(Problem) -> RehearsalsPage {
    let journeys = try await node.perform { partition throws(Problem) in try partition.journeyViews(room.id) }
    let today = node.receiptTime()
    return RehearsalsPage(
      rows: try node.listRehearsals(room.id).compactMap(RehearsalsPage.Row.init), journeys: journeys.map(\.key),
      from: String((today - .days(90)).text.prefix(10)), to: String((today + .days(1)).text.prefix(10)))
  }

  /// A form: one journey at its newest version, over some days.
  func beginRehearsal(_ room: Room) async throws(Problem) -> HTTPResponse {
    let request: JSONValue = [
      "journeys": [.string(room.visit.field("journey"))],
      "from": .string(room.visit.field("from") + "T00:00:00Z"),
      "to": .string(room.visit.field("to") + "T00:00:00Z"), "withLive": .bool(room.visit.field("live") == "yes"),
    ]
    do throws(Problem) {
      let id = try await node.beginRehearsal(room.id, request)
      return seeOther(Route.rehearsal(workspace: room.key, id: id).link)
    } catch {
      return answer(try await rehearsalsPage(room), room, notice: .problem(error), status: error.code.status)
    }
  }

  func cancelRehearsal(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    try node.cancelRehearsal(room.id, id)
    return seeOther(Route.rehearsal(workspace: room.key, id: id).link)
  }

  func showRehearsal(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let found = try node.describeRehearsal(room.id, id)
    guard let row = RehearsalsPage.Row(found) else { throw Problem(.notFound, "there is no such rehearsal") }
    let page = RehearsalPage(
      row: row, failure: found["error"]?.string, report: found["summary"].map(RehearsalPage.Report.init))
    return answer(page, room)
  }
}

extension RehearsalsPage.Row {
  /// From what the interface says.
  fileprivate init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let request = json["request"],
      let createdAt = json["createdAt"]?.string.flatMap({ Instant(iso8601: $0) }),
      let from = request["from"]?.string.flatMap({ Instant(iso8601: $0) }),
      let to = request["to"]?.string.flatMap({ Instant(iso8601: $0) })
    else { return nil }
    let drafts = (request["drafts"]?.array ?? []).compactMap { draft in
      draft["journey"]?.string ?? (draft["kind"]?.string == "journey" ? draft["key"]?.string : nil)
    }
    let state: RehearsalsPage.State =
      switch json["state"]?.string {
      case "running": .running(percent: Int((json["progress"]?.number ?? 0) * 100))
      case "done": .done
      case "cancelled": .cancelled
      default: .failed
      }
    self.init(
      id: id, createdAt: createdAt, from: from, to: to,
      journeys: (request["journeys"]?.array ?? []).compactMap(\.string) + drafts, state: state)
  }
}

extension RehearsalPage.Report {
  fileprivate init(_ summary: JSONValue) {
    self.init()
    func count(_ json: JSONValue?) -> Int { Int(json?.int ?? 0) }
    func text(_ json: JSONValue, _ name: String) -> String { json[name]?.string ?? "" }
    func length(_ json: JSONValue, _ name: String) -> TimeSpan {
      TimeSpan(text: text(json, name)) ?? TimeSpan(milliseconds: 0)
    }
    func reasons(_ json: JSONValue?) -> [(reason: String, count: Int)] {
      (json?.members ?? []).map { ($0.key, count($0.value)) }
    }
    let messages = summary["messages"] ?? .null
    people = count(summary["people"])
    events = count(summary["events"])
    sent = count(messages["sent"])
    notSent = reasons(messages["suppressed"]).reduce(0) { $0 + $1.count }
    if let at = summary["busiestHour"]?["at"]?.string.flatMap({ Instant(iso8601: $0) }) {
      busiest = (at, count(summary["busiestHour"]?["sent"]))
    }
    costs = (summary["cost"]?.array ?? []).map {
      (Micros(Double(text($0, "amount")) ?? 0), text($0, "currency"))
    }
    openingsAssumed = count(summary["assumptions"]?["openingsAssumed"])
    notes = (summary["notes"]?.array ?? []).compactMap(\.string)
    days = (messages["byDay"]?.array ?? []).compactMap { day in
      day["day"]?.string.flatMap { Instant(iso8601: $0) }.map { ($0, count(day["sent"])) }
    }
    steps = (messages["byStep"]?.array ?? []).map {
      .init(name: text($0, "name"), sent: count($0["sent"]), notSent: reasons($0["suppressed"]) + reasons($0["held"]))
    }
    for journey in summary["journeys"]?.array ?? [] {
      journeys.append(
        .init(
          key: text(journey, "journey"), isDraft: journey["draft"]?.bool ?? false, entries: count(journey["entries"]),
          people: count(journey["people"]), heldOut: count(journey["heldOut"]), finished: count(journey["finished"]),
          goals: count(journey["goal"]), exited: reasons(journey["exited"]).reduce(0) { $0 + $1.count },
          insideAtEnd: count(journey["insideAtEnd"])))
      for span in journey["between"]?.array ?? [] where text(span, "longest") != "0s" {
        between.append(
          .init(
            journey: text(journey, "journey"), from: text(span, "from"), to: text(span, "to"),
            people: count(span["people"]), median: length(span, "median"), longest: length(span, "longest")))
      }
    }
    overlaps = (summary["overlaps"]?.array ?? []).map {
      .init(
        journeys: ($0["journeys"]?.array ?? []).compactMap(\.string), people: count($0["people"]),
        messages: count($0["messagesWithinADay"]))
    }
    orders = Self.conflicts(summary["orders"]?.array ?? [])
  }

  /// Pairs of messages that come in both orders.
  private static func conflicts(_ orders: [JSONValue]) -> [RehearsalPage.Order] {
    var counts: [[String]: Int] = [:]
    for order in orders {
      counts[[order["first"]?.string ?? "", order["then"]?.string ?? ""]] = Int(order["people"]?.int ?? 0)
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { pair, count in
      guard pair[0] < pair[1], let back = counts[[pair[1], pair[0]]] else { return nil }
      return .init(first: pair[0], second: pair[1], inOrder: count, reversed: back)
    }
  }
}
