import Delivery
import Engine
import NIOHTTP1
import Profiles
import RoostCore
import Runtime

extension Management {
  /// `…/suppressions`: the addresses that get nothing. `GET` lists (`?channel=&reason=`, `?format=csv`), `POST` puts one,
  /// `POST …/import` puts many, `GET` and `DELETE …/suppressions/email:ann@example.com` look at one and take it off.
  func suppressions(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.count) {
    case (.GET, 0): return try await listSuppressions(request, workspace)
    case (.POST, 0):
      let wanted = try SuppressionRequest(json: try request.json())
      let row = try await node.perform { partition throws(Problem) in try partition.suppress(workspace, wanted) }
      return .json(row.json, status: .created)
    case (.POST, 1) where path[0] == "import": return try await importSuppressions(request, workspace)
    case (.GET, 1):
      let (channel, address) = try Self.address(path[0])
      let row = try await node.perform { partition throws(Problem) in
        try partition.suppression(workspace, channel, address)
      }
      guard let row else { throw Problem(.notFound, "this address is not on the list") }
      return .json(row.json)
    case (.DELETE, 1):
      let (channel, address) = try Self.address(path[0])
      let wasThere = try await node.perform { partition throws(Problem) in
        try partition.lift(workspace, channel, address)
      }
      guard wasThere else { throw Problem(.notFound, "this address is not on the list") }
      return HTTPResponse(.noContent)
    default: throw .noSuchPath(request)
    }
  }

  private func listSuppressions(
    _ request: HTTPRequest, _ workspace: WorkspaceID
  ) async throws(Problem) -> HTTPResponse {
    var filter = SuppressionFilter()
    if let text = request.query("channel") {
      filter.channel = ChannelKind(rawValue: text)
      if filter.channel == nil { throw .invalid("/channel", "\"\(text)\" is no kind of channel") }
    }
    if let text = request.query("reason") {
      filter.cause = AddressSuppression.Cause(name: text)
      if filter.cause == nil { throw .invalid("/reason", "expected bounced, complained, unsubscribed or manual") }
    }
    if request.query("format") == "csv" {
      return HTTPResponse(
        .ok,
        headers: [
          "content-type": "text/csv; charset=utf-8", "content-disposition": "attachment; filename=suppressions.csv",
        ], body: try await node.suppressionsCSV(workspace, filter))
    }
    let (limit, cursor) = (try request.limit(), request.query("cursor"))
    let found = try await node.perform { [filter] partition throws(Problem) in
      try partition.suppressions(workspace, filter, cursor: cursor, limit: limit)
    }
    return page(found.rows.map(\.json), next: found.next)
  }

  /// CSV with a head of `address` and, if there are others, `channel`, `reason`, `detail`; or JSON `{"items": […]}`.
  private func importSuppressions(
    _ request: HTTPRequest, _ workspace: WorkspaceID
  ) async throws(Problem) -> HTTPResponse {
    let isCSV = request.headers.first(name: "content-type")?.lowercased().hasPrefix("text/csv") == true
    let items = isCSV ? try SuppressionList.read(csv: request.body) : try request.json()["items"]?.array
    guard let items, items.count <= Node.suppressionsPerImport else {
      throw .invalid("/items", "send {\"items\": […]} or text/csv with at most \(Node.suppressionsPerImport) addresses")
    }
    var (wanted, places, findings): ([SuppressionRequest], [Int], [JSONValue]) = ([], [], [])
    for (index, item) in items.enumerated() {
      do throws(Problem) {
        wanted.append(try SuppressionRequest(json: item))
        places.append(index)
      } catch { findings.append(Self.finding(index, error)) }
    }
    let outcome = try await node.suppress(workspace, wanted)
    findings += outcome.failed.map { Self.finding(places[$0.index], $0.problem) }
    return .json([
      "added": .int(Int64(outcome.added)), "rejected": .array(Array(findings.prefix(1_000))),
      "rejectedCount": .int(Int64(findings.count)),
    ])
  }

  private static func finding(_ index: Int, _ problem: Problem) -> JSONValue {
    let first = problem.findings.first
    return [
      "index": .int(Int64(index)), "pointer": .string("/items/\(index)\(first?.pointer ?? "")"),
      "detail": .string(first?.detail ?? problem.message),
    ]
  }

  /// `email:ann@example.com`.
  private static func address(_ text: String) throws(Problem) -> (ChannelKind, String) {
    guard let colon = text.firstIndex(of: ":"), let kind = ChannelKind(rawValue: String(text[..<colon])) else {
      throw .invalid("", "write the kind of channel and the address, such as email:ann@example.com")
    }
    return (kind, String(text[text.index(after: colon)...]))
  }
}

/// Lists of addresses as other programs export them.
enum SuppressionList {
  private static let columns = ["channel", "address", "reason", "detail"]

  /// Rows of CSV (RFC 4180) as objects. Of the head only known columns count, `email` being another name of `address`.
  static func read(csv bytes: [UInt8]) throws(Problem) -> [JSONValue] {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalid("", "the file is not UTF-8") }
    var rows = records(text)
    guard !rows.isEmpty else { throw .invalid("", "the file is empty; its first line names the columns") }
    let head = rows.removeFirst().map { name -> String in
      let plain = name.split(whereSeparator: \.isWhitespace).joined().lowercased()
      return plain == "email" || plain == "e-mail" ? "address" : plain
    }
    guard head.contains("address") else {
      throw .invalid("/0", "the first line names the columns; one of them is address")
    }
    return rows.map { row in
      .object(
        zip(head, row).filter { columns.contains($0.0) && !$0.1.isEmpty }.map { .init($0.0, .string($0.1)) })
    }
  }

  private static func records(_ text: String) -> [[String]] {
    var (rows, row, field): ([[String]], [String], String) = ([], [], "")
    var isQuoted = false
    var characters = text.drop { $0 == "\u{FEFF}" }.makeIterator()
    var held: Character?
    func isEmpty(_ row: [String]) -> Bool { row.allSatisfy(\.isEmpty) }
    while let character = held ?? characters.next() {
      held = nil
      switch character {
      case "\"" where isQuoted:
        held = characters.next()
        if held == "\"" { field.append(held!); held = nil } else { isQuoted = false }
      case _ where isQuoted: field.append(character)
      case "\"" where field.isEmpty: isQuoted = true
      case ",", ";":
        row.append(field)
        field = ""
      case _ where character.isNewline:
        row.append(field)
        if !isEmpty(row) { rows.append(row) }
        (row, field) = ([], "")
      default: field.append(character)
      }
    }
    row.append(field)
    if !isEmpty(row) { rows.append(row) }
    return rows
  }
}
