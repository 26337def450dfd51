import Channels
import Delivery
import Engine
import Liquid
import RoostCore

/// One message by which somebody tries a channel out.
private struct ChannelTrial: Sendable {
  var channel: ClaimedChannel
  var envelope: MessageEnvelope
}

extension Node {
  /// Shows what a channel would send for a message, with its credentials hidden, and sends it if `body` says so.
  ///
  /// - Parameter body: `{"to"?, "person"?, "fields": {"text", …}, "send"?}`: an address, or whose address.
  /// - Returns: `{"request"?, "outcome"?, "answer"?}`.
  public func tryChannel(
    _ workspace: WorkspaceID, _ key: String, _ body: JSONValue
  ) async throws(Problem) -> JSONValue {
    let trial = try await perform { partition throws(Problem) in try partition.trial(workspace, key, body) }
    var envelope = trial.envelope
    envelope.callbackURL = letterLinks?.callbackURL(trial.channel.ref, envelope.id)
    let opened = try courier.openedBody(trial.channel)
    var members: [JSONValue.Member] = []
    if let request = try Self.request(envelope, ChannelSecrets.redacted(opened), key) {
      members.append(.init("request", request))
    }
    guard body["send"]?.bool == true else { return .object(members) }
    let (outcome, answer) = try await courier.exchange(trial.channel, envelope)
    let secrets = ChannelSecrets.all(in: opened).values.filter { $0.utf8.count > 3 }
    func hidden(_ text: String) -> JSONValue {
      .string(secrets.reduce(text) { $0.replacing($1, with: ChannelSecrets.redacted) })
    }
    members.append(.init("outcome", .string(outcome.word)))
    members.append(.init("detail", hidden(outcome.detail)))
    if let answer {
      members.append(.init("answer", ["status": .int(Int64(answer.status)), "body": hidden(answer.excerpt)]))
    }
    return .object(members)
  }

  /// What would be sent, for channels whose request is their owner's own.
  private static func request(
    _ envelope: MessageEnvelope, _ body: JSONValue, _ key: String
  ) throws(Problem) -> JSONValue? {
    guard case .http(let http) = try ChannelDefinition(body, key: key).settings else { return nil }
    let request = try http.request(for: envelope)
    return [
      "method": .string(request.method), "url": .string(request.url),
      "headers": .object(request.headers.map { .init($0.0, .string($0.1)) }),
      "body": .string(String(decoding: request.body, as: UTF8.self)),
    ]
  }
}

extension Partition {
  fileprivate func trial(
    _ workspace: WorkspaceID, _ key: String, _ body: JSONValue
  ) throws(Problem) -> ChannelTrial {
    guard let definitions = compiled[workspace]?.definitions, let definition = definitions.channels[key],
      let document = self.definitions[workspace]?.latest(.channel, key)
    else { throw Problem(.notFound, "there is no channel \"\(key)\"") }
    guard definition.kind.channel != .email else {
      throw .invalid("", "a letter is tried with its template: POST …/templates/{key}/test")
    }
    var fields: [String: String] = [:]
    for member in body["fields"]?.members ?? [] {
      guard let text = member.value.string else {
        throw .invalid("/fields/" + pointerToken(member.key), "a field is a text, as its template would give it")
      }
      fields[member.key] = text
    }
    let id = IntentID(high: random.next(), low: random.next())
    var envelope = MessageEnvelope(
      id: id.text, address: body["to"]?.string ?? "", fields: fields, createdAt: now(), isTransactional: true,
      origin: .init(workspace: definitions.workspace.key, journey: "", step: "", person: "", userID: ""))
    envelope.isMarkup = definition.kind.channel == .telegram
    if let text = body["person"]?.string {
      let slot = try slot(workspace, try PersonReference(text))
      try address(&envelope, definition, slot)
    }
    guard !envelope.address.isEmpty else {
      throw .invalid("/to", "name an address, or a person who has one for this channel")
    }
    return ChannelTrial(
      channel: ClaimedChannel(
        ref: ChannelRef(workspace: workspace, key: key), document: document, definition: definition,
        workspace: definitions.workspace.key), envelope: envelope)
  }

  private func address(
    _ envelope: inout MessageEnvelope, _ definition: ChannelDefinition, _ slot: Int
  ) throws(Problem) {
    guard let state = loadState(slot), let gate = compiled[state.workspace]?.definitions.gate else { return }
    if case .http(let http) = definition.settings { envelope.person = personValues(slot, reads: http.traits) }
    envelope.origin.person = state.id.text
    guard envelope.address.isEmpty, let address = gate.route(of: definition.key).address(of: state) else { return }
    if let device = state.device(at: address) {
      (envelope.address, envelope.keys, envelope.app) = (device.token, device.keys, device.app)
    } else {
      envelope.address = address
    }
  }
}

extension Courier {
  /// A channel's document with its credentials.
  fileprivate func openedBody(_ channel: ClaimedChannel) throws(Problem) -> JSONValue {
    try carriers.openedBody(channel)
  }

  fileprivate func exchange(
    _ channel: ClaimedChannel, _ envelope: MessageEnvelope
  ) async throws(Problem) -> (TransportOutcome, WebAnswer?) {
    guard case .transport(let transport) = try carriers.carrier(of: channel) else {
      throw .invalid("", "this channel sends letters")
    }
    if let adapter = transport as? HTTPAdapterTransport { return await adapter.exchange(envelope) }
    return (await transport.send([envelope]).first ?? .unknown(detail: "no outcome"), nil)
  }
}

extension TransportOutcome {
  /// As the interface says it.
  var word: String {
    switch self {
    case .sent: "sent"
    case .rejected: "rejected"
    case .gone: "unreachable"
    case .blocked: "blocked"
    case .moved: "moved"
    case .deferred: "later"
    case .unknown: "unknown"
    }
  }
}
