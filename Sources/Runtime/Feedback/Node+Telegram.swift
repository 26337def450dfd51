import Channels
import Delivery
import Engine
import Events
import Logging
import RoostCore

/// A bot and the channel that it is.
struct TelegramBot: Sendable {
  var ref: ChannelRef
  var channel: TelegramChannel
  var transport: TelegramTransport
}

extension Node {
  /// Where a person meets the workspace's bot: pressing Start there ties the chat to the person.
  ///
  /// - Returns: `nil` if the workspace has no channel of the type `telegram.bot` that names its bot.
  package func telegramLink(_ workspace: WorkspaceID, _ person: PersonID) async throws(Problem) -> JSONValue? {
    let (bot, now) = try await perform { partition throws(Problem) in
      (partition.compiled[workspace]?.definitions.telegramBot, partition.now())
    }
    guard let bot else { return nil }
    let until = now + MessageLink.telegramLife
    let token = linkSigner.token(.telegram(workspace, person, until: until))
    return [
      "url": .string(WorkspaceDefinitions.telegramURL(bot: bot, token: token)), "expiresAt": .string(until.text),
    ]
  }

  /// Takes what Telegram tells a bot by calling us.
  ///
  /// - Parameter secret: of the header `X-Telegram-Bot-Api-Secret-Token`.
  package func receive(
    telegram body: [UInt8], secret: String?, _ workspace: WorkspaceID, channel: String
  ) async throws(Problem) {
    // Read as what it is, not compared as text: that takes as long for every wrong one.
    guard secret.flatMap({ linkSigner.link($0) }) == telegramSecretLink(workspace, channel) else {
      throw Problem(.unauthorized, "the header X-Telegram-Bot-Api-Secret-Token is missing or wrong")
    }
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue(parsing: body) } catch { throw .invalid("", error.message) }
    guard let update = TelegramUpdate(document) else { return }
    let bot = try await telegramBot(ChannelRef(workspace: workspace, key: channel))
    try await take(update, bot)
  }

  func telegramSecret(_ workspace: WorkspaceID, _ channel: String) -> String {
    linkSigner.token(telegramSecretLink(workspace, channel))
  }

  private func telegramSecretLink(_ workspace: WorkspaceID, _ channel: String) -> MessageLink {
    .inbound(workspace, channel: "telegram " + channel)
  }

  /// Tells Telegram to call us, or no longer; what it answered.
  package func setTelegramWebhook(
    _ workspace: WorkspaceID, _ channel: String, isOn: Bool
  ) async throws(Problem) -> JSONValue {
    let bot = try await telegramBot(ChannelRef(workspace: workspace, key: channel))
    guard isOn == (bot.channel.updates == .webhook) || !isOn else {
      throw Problem(
        .conflict, "the channel says \"updates\": \"\(bot.channel.updates.rawValue)\"; put it with \"webhook\" first")
    }
    var parameters: JSONValue = [:]
    if isOn {
      guard let links = letterLinks, links.baseURL.hasPrefix("https://") || configuration.isSandbox else {
        throw Problem(.conflict, "Telegram calls https addresses only; start Roost with --public-url https://…")
      }
      let token = linkSigner.token(.inbound(workspace, channel: channel))
      parameters = [
        "url": .string("\(links.baseURL)/v1/inbound/telegram/\(token)"),
        "secret_token": .string(telegramSecret(workspace, channel)), "allowed_updates": TelegramUpdate.kinds,
        "max_connections": 10,
      ]
    }
    let answer: TelegramAnswer
    do throws(WebFailure) {
      answer = TelegramAnswer(try await bot.transport.call(isOn ? "setWebhook" : "deleteWebhook", parameters))
    } catch { throw Problem(.unavailable, "Telegram cannot be reached") }
    guard answer.result != nil else {
      throw Problem(.conflict, "Telegram answers \(answer.code) \(answer.description)")
    }
    return ["webhook": .bool(isOn)]
  }

  func telegramBot(_ ref: ChannelRef) async throws(Problem) -> TelegramBot {
    let claimed = try await perform { partition throws(Problem) in try partition.claimedChannel(ref) }
    guard case .telegram(let channel) = claimed.definition.settings,
      case .transport(let transport) = try courier.carriers.carrier(of: claimed),
      let telegram = transport as? TelegramTransport
    else { throw Problem(.notFound, "the channel \"\(ref.key)\" is no Telegram bot") }
    return TelegramBot(ref: ref, channel: channel, transport: telegram)
  }

  /// Records an update; durable when this returns. One that comes again changes nothing.
  func take(_ update: TelegramUpdate, _ bot: TelegramBot) async throws(Problem) {
    switch update.news {
    case .pressed(let message, let data, let query):
      try await press(message, data, update, bot)
      // Ends the button's waiting; whether it arrives changes nothing here.
      _ = try? await bot.transport.call("answerCallbackQuery", ["callback_query_id": .string(query)])
    case .started(let token):
      if case .telegram(let workspace, let person, let until)? = linkSigner.link(token),
        workspace == bot.ref.workspace, until >= receiptTime()
      {
        try await submit(update, bot, event: "Telegram Started", to: person)
      } else {
        try await submit(update, bot, event: "Telegram Started", to: nil)
      }
    case .stopped: try await submit(update, bot, event: "Telegram Stopped", to: nil)
    case .wrote(let text): try await submit(update, bot, event: "Telegram Received", to: nil, text: text)
    case .blocked: try await submit(update, bot, event: "Telegram Blocked", to: nil)
    case .unblocked: try await submit(update, bot, event: "Telegram Unblocked", to: nil)
    }
  }

  private func press(
    _ message: String, _ data: String, _ update: TelegramUpdate, _ bot: TelegramBot
  ) async throws(Problem) {
    let workspace = bot.ref.workspace
    let known = try await perform { partition throws(Problem) in
      try IntentID(text: message).flatMap { id throws(Problem) in try partition.message(workspace, id.bytes) }
    }
    // A button of somebody else's making, or of a message that is erased.
    guard let known, known.workspace == workspace, known.to == "telegram:" + update.chat else { return }
    try await record(
      MessageFeedback(
        workspace: workspace, person: known.person, message: known.id, news: .clicked(url: data, isMachine: false)))
  }

  /// As an app would say it: who is known by the chat from now on, the chat's address, and what happened.
  private func submit(
    _ update: TelegramUpdate, _ bot: TelegramBot, event: String, to person: PersonID?, text: String? = nil
  ) async throws(Problem) {
    let workspace = bot.ref.workspace
    var owner = TelegramOwner()
    if let person {
      owner = try await perform { partition throws(Problem) in partition.telegramOwner(workspace, person) }
    }
    var properties: [JSONValue.Member] = [
      .init("channel", .string(bot.ref.key)), .init("chat_id", .string(update.chat)),
    ]
    if let text { properties.append(.init("text", .string(text))) }
    let context: JSONValue = [
      "externalIds": .array([Self.externalID(.string(update.chat), type: "telegram")] + owner.externalIDs),
      "device": ["provider": "telegram", "token": .string(update.chat)],
      "traits": .object(update.traits + owner.traits),
    ]
    let id = "telegram-\(bot.ref.key)-\(update.id)"
    let who = owner.members + [.init("context", context)]
    if let consents = update.consents(bot.channel) {
      // What the event starts finds the answer: first who it is, then what they say, then that they said it.
      try await ingest(workspace, .object([.init("type", "identify"), .init("messageId", .string(id + "-who"))] + who))
      try await answer(consents, update, workspace)
    }
    try await ingest(
      workspace,
      .object(
        [
          .init("type", "track"), .init("event", .string(event)), .init("messageId", .string(id)),
          .init("properties", .object(properties)),
        ] + who))
  }

  /// A receipt that names where the answer was given, which a call's own consents do not.
  private func answer(_ consents: Bool, _ update: TelegramUpdate, _ workspace: WorkspaceID) async throws(Problem) {
    let chat = try PersonReference("custom:telegram:\(update.chat)")
    let person = try await perform { partition throws(Problem) in try partition.person(workspace, chat).id }
    try await record(
      MessageFeedback(
        workspace: workspace, person: person, message: nil,
        news: .answered(["marketing.telegram": consents], source: update.news == .blocked ? "blocked" : "telegram"),
        kind: .telegram))
  }
}

/// How a call names the person whom a link to the bot was made for.
struct TelegramOwner: Sendable {
  var members: [JSONValue.Member] = []
  var traits: [JSONValue.Member] = []
  var externalIDs: [JSONValue] = []
}

extension Node {
  fileprivate static func externalID(_ id: JSONValue, type: String) -> JSONValue {
    ["id": id, "type": .string(type), "collection": "users", "encoding": "none"]
  }

  /// Takes in one call as a client would send it; durable when this returns.
  private func ingest(_ workspace: WorkspaceID, _ call: JSONValue) async throws(Problem) {
    guard let symbols = keys.symbols(workspace) else { throw Problem(.notFound, "there is no such workspace") }
    var parser = EventParser(symbols: symbols)
    let receivedAt = receiptTime()
    let parsed: Result<ParsedCall, Problem> = Array("{\"batch\":[\(call.text)]}".utf8).withUnsafeBytes { bytes in
      do throws(Problem) { return .success(try parser.parse(bytes, as: .batch, receivedAt: receivedAt)) } catch {
        return .failure(error)
      }
    }
    let events = try parsed.get()
    if let rejection = events.rejected.first { throw .invalid(rejection.pointer, rejection.detail) }
    try await store(
      EventSubmission(workspace: workspace, records: events.events.bytes, count: events.ranges.count, quarantined: []) {
        _ in
      })
  }
}

extension Partition {
  func claimedChannel(_ ref: ChannelRef) throws(Problem) -> ClaimedChannel {
    guard let definitions = compiled[ref.workspace]?.definitions, let definition = definitions.channels[ref.key],
      let document = self.definitions[ref.workspace]?.latest(.channel, ref.key)
    else { throw Problem(.notFound, "there is no channel \"\(ref.key)\"") }
    return ClaimedChannel(
      ref: ref, document: document, definition: definition, workspace: definitions.workspace.key)
  }

  /// Bots that are asked for what people told them.
  func polledBots() -> [ClaimedChannel] {
    var found: [ClaimedChannel] = []
    for sources in definitions.workspaces {
      for (key, definition) in compiled[sources.workspace.id]?.definitions.channels ?? [:] {
        guard case .telegram(let telegram) = definition.settings, telegram.updates == .polling else { continue }
        do throws(Problem) {
          found.append(try claimedChannel(ChannelRef(workspace: sources.workspace.id, key: key)))
        } catch { continue }
      }
    }
    return found
  }

  /// The best identifier of a person, whoever they are now; empty for nobody.
  fileprivate func telegramOwner(_ workspace: WorkspaceID, _ person: PersonID) -> TelegramOwner {
    var owner = TelegramOwner()
    guard let slot = slotAfterMerges(workspace, person), let state = loadState(slot) else { return owner }
    func first(_ kind: IdentifierKind) -> String? { state.identifiers.first { $0.kind == kind }?.value }
    if let user = first(.user) {
      owner.members = [.init("userId", .string(user))]
    } else if let custom = first(.custom), let colon = custom.firstIndex(of: ":") {
      owner.externalIDs = [
        Node.externalID(.string(String(custom[custom.index(after: colon)...])), type: String(custom[..<colon]))
      ]
    } else if let email = first(.email) {
      owner.traits = [.init("email", .string(email))]
    } else if let phone = first(.phone) {
      owner.traits = [.init("phone", .string(phone))]
    } else if let anonymous = first(.anonymous) {
      owner.members = [.init("anonymousId", .string(anonymous))]
    }
    return owner
  }
}

extension TelegramUpdate {
  /// What it says about marketing by Telegram; `nil` if nothing.
  fileprivate func consents(_ channel: TelegramChannel) -> Bool? {
    switch news {
    case .started: channel.startConsents ? true : nil
    case .stopped, .blocked: false
    case .wrote, .pressed, .unblocked: nil
    }
  }

  /// Under names of their own, so that a nickname overwrites nobody's name.
  fileprivate var traits: [JSONValue.Member] {
    sender.sorted { $0.key < $1.key }.map { .init("telegram_" + $0.key, .string($0.value)) }
  }
}
