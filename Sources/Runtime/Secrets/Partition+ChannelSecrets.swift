import Engine
import RoostCore

extension SecretBox {
  /// What a channel's sealed credentials belong to.
  private static func place(_ workspace: WorkspaceID, _ key: String) -> String {
    "channel \(workspace.number) \(key)"
  }

  /// A channel's document with every credential sealed. Those that are sealed already stay as they are.
  func sealed(_ body: JSONValue, _ workspace: WorkspaceID, _ key: String) throws(Problem) -> JSONValue {
    try ChannelSecrets.map(body) { _, text throws(Problem) in
      Self.isSealed(text) ? text : try seal(text, for: Self.place(workspace, key))
    }
  }

  /// The document with every credential open; one of before credentials were sealed stays as it is.
  func opened(_ body: JSONValue, _ workspace: WorkspaceID, _ key: String) throws(Problem) -> JSONValue {
    try ChannelSecrets.map(body) { _, text throws(Problem) in
      Self.isSealed(text) ? try open(text, for: Self.place(workspace, key)) : text
    }
  }
}

extension Partition {
  /// A channel's document as it was put: `***` takes the credential that is there now, at the same place.
  func withKnownSecrets(
    _ body: JSONValue, _ workspace: WorkspaceID, _ key: String, of latest: Document?
  ) throws(Problem) -> JSONValue {
    guard ChannelSecrets.all(in: body).values.contains(ChannelSecrets.redacted) else { return body }
    let known = try latest.map { latest throws(Problem) in
      ChannelSecrets.all(in: try secretBox.opened(latest.body, workspace, key))
    }
    return try ChannelSecrets.map(body) { place, text throws(Problem) in
      guard text == ChannelSecrets.redacted else { return text }
      guard let known = known?[place] else {
        throw .invalid(
          place, "\(ChannelSecrets.redacted) stands for a credential that is there, and there is none here")
      }
      return known
    }
  }

  /// Whether two documents of a channel say the same, sealed or not.
  func isSame(_ body: JSONValue, as latest: Document?, _ workspace: WorkspaceID, _ key: String) -> Bool {
    guard let latest else { return false }
    do throws(Problem) { return try secretBox.opened(latest.body, workspace, key) == body } catch { return false }
  }

  /// At start: credentials that were put before there was sealing are sealed from now on. The older version stays in the
  /// log as it was written.
  func sealOldSecrets() throws(Problem) {
    for sources in definitions.workspaces {
      for document in sources.all(.channel) {
        let isOpen = ChannelSecrets.all(in: document.body).values.contains { !SecretBox.isSealed($0) }
        guard isOpen else { continue }
        let workspace = sources.workspace.id
        let body = try secretBox.sealed(document.body, workspace, document.key)
        logger.notice("sealed a channel's credentials", metadata: ["channel": .string(document.key)])
        try change([
          .document(
            workspace,
            Document(
              kind: .channel, key: document.key, version: document.version + 1, body: body, createdAt: now()))
        ])
      }
    }
  }
}
