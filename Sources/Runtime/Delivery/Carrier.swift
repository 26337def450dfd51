import Channels
import Delivery
import RoostCore

/// What carries one channel's messages: e-mail has senders of its own, since letters are signed and their links are made;
/// everything else goes by a transport.
enum Carrier: Sendable {
  case email(EmailSender)
  case transport(any MessageTransport)

  /// Hands messages over; one result for each.
  ///
  /// - Parameter links: what makes links that lead back here; `nil` where nobody would answer them.
  func send(_ handoffs: [Handoff], links: LetterLinks?) async -> [HandoffResult] {
    switch self {
    case .email(let sender): await sender.send(handoffs, links: links)
    case .transport(let transport): await Self.send(handoffs, by: transport, links: links)
    }
  }

  private static func send(
    _ handoffs: [Handoff], by transport: any MessageTransport, links: LetterLinks?
  ) async -> [HandoffResult] {
    var results: [HandoffResult] = []
    var ready: [(handoff: Handoff, envelope: MessageEnvelope)] = []
    for handoff in handoffs {
      do throws(Problem) {
        var content = try handoff.content(links)
        links?.place(in: &content.fields, of: handoff.message, isEmail: false)
        if handoff.message.isTest { content.markAsTest() }
        var envelope = MessageEnvelope(handoff, content)
        envelope.isMarkup = handoff.channel.definition.kind.channel == .telegram
        envelope.callbackURL = links?.callbackURL(handoff.channel.ref, envelope.id)
        if handoff.channel.definition.kind.channel == .push { envelope.tapToken = links?.tapToken(of: handoff.message) }
        ready.append((handoff, envelope))
      } catch { results.append(HandoffResult(handoff, .rejected(detail: error.message))) }
    }
    let outcomes = ready.isEmpty ? [] : await transport.send(ready.map(\.envelope))
    for (place, item) in ready.enumerated() {
      results.append(
        HandoffResult(item.handoff, place < outcomes.count ? outcomes[place] : .unknown(detail: "no outcome")))
    }
    return results
  }

  func probe() async -> ChannelProbe {
    switch self {
    case .email(let sender): await sender.probe()
    case .transport(let transport): await transport.probe()
    }
  }

  func shutdown() async {
    switch self {
    case .email(let sender): await sender.shutdown()
    case .transport(let transport): await transport.shutdown()
    }
  }
}

extension HandoffResult {
  init(_ handoff: Handoff, _ outcome: TransportOutcome) {
    self.init(
      message: handoff.message.id, token: handoff.message.claim?.token ?? 0, channel: handoff.channel.ref,
      outcome: outcome)
  }
}

extension MessageEnvelope {
  init(_ handoff: Handoff, _ content: MessageContent) {
    let message = handoff.message
    let address =
      message.lane.service == nil ? message.to : String(message.to.drop { $0 != ":" }.dropFirst())
    self.init(
      id: message.id.text, address: address, keys: handoff.device?.keys ?? "", app: handoff.device?.app ?? "",
      fields: content.fields,
      createdAt: message.createdAt, isTransactional: message.messageClass == .transactional,
      attempt: Int(message.attempts),
      origin: Origin(
        workspace: handoff.channel.workspace, journey: message.journey, step: message.step,
        person: message.person.text, userID: message.userID))
    person = handoff.person
  }
}
