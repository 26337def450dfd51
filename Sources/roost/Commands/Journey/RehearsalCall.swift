import NIOHTTP1
import RoostCore

/// Rehearses through the interface and waits for the end.
struct RehearsalCall {
  let api: API
  let workspace: String
  let showsProgress: Bool

  private var root: String { "/api/v1/workspaces/\(percentEncoded(workspace))" }

  /// A finished rehearsal as the interface tells it.
  ///
  /// - Throws: `Failure.foundProblem` with the file of everything that is wrong in the drafts.
  func rehearse(_ request: JSONValue, _ documents: [DefinitionFile]) async throws(Failure) -> JSONValue {
    var bytes: [UInt8] = []
    request.write(into: &bytes)
    let answer = try await api.send(.POST, root + "/journeys/rehearse", body: bytes, type: "application/json")
    let begun = (try? JSONValue(parsing: answer.body)) ?? .null
    guard answer.status == 202, let id = begun["id"]?.string else {
      throw refusal(answer, begun, documents)
    }
    var last = -1
    while true {
      let found = try await get("/\(id)")
      switch found["state"]?.string {
      case "done":
        if last >= 0 { Terminal.say("") }
        return found
      case "running":
        let percent = Int((found["progress"]?.number ?? 0) * 100)
        if showsProgress, Terminal.isErrorTerminal, percent != last {
          _ = writeAll(Array("\rrehearsing \(id): \(percent) %".utf8), to: 2)
          last = percent
        }
      default:
        throw Failure(
          .foundProblem,
          "the rehearsal \(id) \(found["state"]?.string ?? "is gone"): \(found["error"]?.string ?? "no result")"
        )
      }
      do { try await Task.sleep(for: .milliseconds(100)) } catch { throw Failure(.unavailable, "interrupted") }
    }
  }

  func get(_ path: String) async throws(Failure) -> JSONValue { try await api.json(.GET, root + "/rehearsals" + path) }

  func forEachMessage(_ id: String, _ body: ([JSONValue]) async throws(Failure) -> Void) async throws(Failure) {
    try await api.forEach("\(root)/rehearsals/\(id)/messages", body)
  }

  /// `/drafts/3/steps/0` is the fourth file's `/steps/0`.
  private func refusal(_ answer: HTTPAnswer, _ body: JSONValue, _ documents: [DefinitionFile]) -> Failure {
    guard let errors = body["errors"]?.array, !errors.isEmpty else {
      return api.refusal(answer, .POST, root + "/journeys/rehearse")
    }
    let lines = errors.map { error -> String in
      let pointer = error["pointer"]?.string ?? ""
      let parts = pointer.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
      var place = pointer
      if parts.count >= 2, parts[0] == "drafts", let index = Int(parts[1]), documents.indices.contains(index) {
        place = documents[index].place + (parts.count > 2 ? " /\(parts[2])" : "")
      }
      return "\(place): \(error["detail"]?.string ?? "")"
    }
    let message = body["message"]?.string ?? "the rehearsal cannot begin"
    return Failure(.foundProblem, ([message] + lines).joined(separator: "\n  "))
  }
}
