import Events
import RoostCore

extension Node {
  /// Sends quarantined events once more: `{"ids":["7"]}` as they are (say, after a limit was raised), or
  /// `{"items":[{"id":"7","event":{…}}]}` mended. What is accepted leaves the quarantine; the rest stays as it was.
  public func replayQuarantine(_ workspace: WorkspaceID, _ body: JSONValue) async throws(Problem) -> JSONValue {
    var accepted = 0
    var rejected: [JSONValue] = []
    for request in try Self.requests(body) {
      let item = try await perform { partition throws(Problem) in
        try partition.quarantineItem(workspace, request.number)
      }
      let event = request.event ?? item.raw
      if let rejection = try await replay(event, item, workspace) {
        rejected.append([
          "id": .string(String(item.number)), "pointer": .string(rejection.pointer),
          "reason": .string(rejection.reason.rawValue), "detail": .string(rejection.detail),
        ])
      } else {
        accepted += 1
        try await perform { partition throws(Problem) in try partition.clearQuarantine(workspace, [item.number]) }
      }
    }
    return ["accepted": .int(Int64(accepted)), "rejected": .array(rejected)]
  }

  private struct Request: Sendable {
    var number: UInt64
    var event: [UInt8]?
  }

  private static func requests(_ body: JSONValue) throws(Problem) -> [Request] {
    var requests: [Request] = []
    for (place, id) in (body["ids"]?.array ?? []).enumerated() {
      guard let number = id.string.flatMap({ UInt64($0) }) else {
        throw .invalid("/ids/\(place)", "an id is the text that the list of the quarantine gives")
      }
      requests.append(Request(number: number, event: nil))
    }
    for (place, item) in (body["items"]?.array ?? []).enumerated() {
      guard let number = item["id"]?.string.flatMap({ UInt64($0) }), let event = item["event"], event.members != nil
      else { throw .invalid("/items/\(place)", "expected {\"id\":\"7\",\"event\":{…}}") }
      var bytes: [UInt8] = []
      event.write(into: &bytes)
      requests.append(Request(number: number, event: bytes))
    }
    guard !requests.isEmpty else { throw .invalid("", "send {\"ids\":[…]} or {\"items\":[{\"id\",\"event\"}]}") }
    return requests
  }

  /// Stores one event as its call came; why it was refused again, if it was.
  private func replay(
    _ event: [UInt8], _ item: QuarantineItem, _ workspace: WorkspaceID
  ) async throws(Problem) -> Rejection? {
    guard let symbols = keys.symbols(workspace) else { throw Problem(.notFound, "there is no such workspace") }
    var parser = EventParser(symbols: symbols)
    let body = Array("{\"batch\":[".utf8) + event + Array("]}".utf8)
    let receivedAt = receiptTime()
    let parsed: Result<ParsedCall, Problem> = body.withUnsafeBytes { bytes in
      do throws(Problem) {
        return .success(try parser.parse(bytes, as: item.isHistorical ? .import : .batch, receivedAt: receivedAt))
      } catch { return .failure(error) }
    }
    let call: ParsedCall
    switch parsed {
    case .success(let parsed): call = parsed
    case .failure(let problem):
      return Rejection(index: 0, pointer: "", reason: .notAnObject, detail: problem.message, raw: 0..<0)
    }
    if let rejection = call.rejected.first { return rejection }
    try await store(
      EventSubmission(workspace: workspace, records: call.events.bytes, count: call.ranges.count, quarantined: []) {
        _ in
      })
    return nil
  }
}
