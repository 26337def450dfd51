import RoostCore

/// A call that plans or applies definitions, and whose findings lead back to the files.
struct DefinitionCall {
  var documents: [DefinitionFile]
  var isDraft: Bool
  var tag: String?
  var missing: String?
  /// The plan that must still hold.
  var plan: String?
  /// Names the place of a finding about a document: its index, and a JSON pointer into it.
  var place: (@Sendable (Int, String) -> String)?

  init(documents: [DefinitionFile], publish: Bool) {
    self.documents = documents
    isDraft = !publish
  }

  init(documents: [DefinitionFile], options: DefinitionOptions) {
    self.documents = documents
    isDraft = options.draft
    tag = options.tag
    missing = options.missing
  }

  /// One mistake in a ladder is one in every row.
  private static let linesMax = 60

  /// - Parameter verb: `plan` or `apply`.
  /// - Throws: `Failure.foundProblem` that names file and field of everything that is wrong.
  func send(_ verb: String, _ api: API, _ workspace: String) async throws(Failure) -> JSONValue {
    var bytes: [UInt8] = []
    body.write(into: &bytes)
    let path = "/api/v1/workspaces/\(percentEncoded(workspace))/journeys/\(verb)"
    let answer = try await api.send(.POST, path, body: bytes, type: "application/json")
    guard answer.status == 200 else { throw refusal(answer, api, path) }
    do throws(JSONError) { return try JSONValue(parsing: answer.body) } catch {
      throw Failure(
        .unavailable, "\(api.client.address.text)\(path) answered no JSON; is this a Roost server? Check --url")
    }
  }

  private var body: JSONValue {
    var members: [JSONValue.Member] = [
      .init("documents", .array(documents.map(\.json))),
      .init("publish", .bool(!isDraft)),
    ]
    if let tag { members.append(.init("tag", .string(tag))) }
    if let missing { members.append(.init("missing", .string(missing))) }
    if let plan { members.append(.init("plan", .string(plan))) }
    return .object(members)
  }

  private func refusal(_ answer: HTTPAnswer, _ api: API, _ path: String) -> Failure {
    guard answer.status == 400 || answer.status == 409 || answer.status == 422,
      let body = try? JSONValue(parsing: answer.body), let errors = body["errors"]?.array, !errors.isEmpty
    else { return api.refusal(answer, .POST, path) }
    let lines = errors.map { error in
      let pointer = error["pointer"]?.string ?? ""
      return "\(name(pointer)): \(error["detail"]?.string ?? "")"
    }
    let message = body["message"]?.string ?? body["detail"]?.string ?? "refused"
    let rest = lines.count > Self.linesMax ? ["… and \(grouped(lines.count - Self.linesMax)) more"] : []
    return Failure(.foundProblem, ([message] + lines.prefix(Self.linesMax) + rest).joined(separator: "\n  "))
  }

  /// `/documents/3/body/steps/0` is the fourth document's `/steps/0`.
  private func name(_ pointer: String) -> String {
    let parts = pointer.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: true)
    guard parts.count >= 2, parts[0] == "documents", let index = Int(parts[1]), documents.indices.contains(index) else {
      return pointer.isEmpty ? "the call" : pointer
    }
    let inner = parts.dropFirst(2).joined(separator: "/")
    let own = inner.hasPrefix("body") ? String(inner.dropFirst(4)) : ""
    if let place { return place(index, own) }
    return own.isEmpty ? documents[index].place : "\(documents[index].place) \(own)"
  }
}

extension DefinitionFile {
  /// As the interface takes it.
  var json: JSONValue { ["kind": .string(kind.rawValue), "key": .string(key), "body": body] }
}
