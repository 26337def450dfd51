import Delivery
import Events
import Journeys
import Liquid
import Profiles
import RoostCore

extension WorkspaceDefinitions {
  /// A message as a journey decided about it: to where it goes, and what it will say.
  ///
  /// - Parameters:
  ///   - place: the intent's place among `effects`, since later steps may have set traits.
  ///   - refused: as `PersonEffects.recordedRefusals`.
  func message(
    _ intent: SendIntent, _ state: PersonState, _ place: Int, of effects: [JourneyEffect], refused: Set<IntentID>?,
    now: Instant, seed: UInt64
  ) -> MessageRecord {
    var (channelKey, templateKey) = (intent.channel, intent.template)
    if case .deliver(let passage, _) = intent.decision {
      (channelKey, templateKey) = (passage.channel, passage.template)
    }
    let template = templates[templateKey]
    var content = template.map { capture($0, intent, state, place, of: effects) } ?? TemplateValues()
    if let template { recordCatalog(&content, of: template, at: now) }
    var bytes: [UInt8] = []
    content.encode(into: &bytes)
    var message = MessageRecord(
      id: intent.id, workspace: workspace.id, person: state.id,
      userID: state.identifiers.first { $0.kind == .user }?.value ?? "",
      email: ChannelKind.email.address(of: state) ?? "", journey: symbols.name(intent.journey),
      version: intent.version, step: intent.step, channel: channelKey, template: templateKey,
      templateVersion: template?.version ?? 0, messageClass: intent.messageClass, decision: intent.decision,
      subject: template?.subject(content, in: self, at: now) ?? "", values: bytes,
      createdAt: intent.createdAt, now: now, scheduledAt: now)
    var reasons = reasons(intent, state)
    reasons.seed = seed
    reasons.isMailbox = channel(for: channelKey, address: message.to) == nil
    reasons.language = content.language
    message.reasons = reasons
    (message.entry, message.place) = (intent.entry, intent.stepIndex)
    if let refused {
      if refused.contains(message.id) { message.refuse(.missingValues, detail: "", now: now) }
    } else if let template, template.isStrict {
      refuse(&message, template, content, now: now)
    }
    return message
  }

  /// A strict template is not sent with gaps.
  private func refuse(
    _ message: inout MessageRecord, _ template: CompiledTemplate, _ values: TemplateValues, now: Instant
  ) {
    guard message.status == .scheduled else { return }
    let missing = template.missing(values, in: self, at: now)
    guard !missing.isEmpty else { return }
    let detail = "missing: " + missing.prefix(10).map { "\($0.value.path) (\($0.part))" }.joined(separator: ", ")
    message.refuse(.missingValues, detail: detail, now: now)
    message.why.append("the template is strict; \(detail)")
  }

  /// The channel that a step names, by key or by kind; `nil`: the built-in mailbox.
  ///
  /// - Parameter address: where the message goes, if that is known: a device's address suits channels of its service only.
  public func channel(for name: String, address: String = "") -> ChannelDefinition? {
    if let channel = channels[name] { return channel }
    let service = PushService(name: address.prefix { $0 != ":" })
    return channels.values.filter { channel in
      channel.kind.channel.rawValue == name
        && (service == nil || channel.services.contains(service!))
    }.min { $0.key < $1.key }
  }

  /// What stands in a decided message for links that only the hand-off can make.
  public static let unsubscribeMark = "roost-link:unsubscribe"
  public static let preferencesMark = "roost-link:preferences"

  public static let confirmMark = "roost-link:confirm"

  /// Stands for the token alone: `{{ telegram_url }}` is the address of the bot with it.
  public static let telegramMark = "roost-link:telegram"

  /// The name of the workspace's first bot by key; `nil` if it has none that says its name.
  public var telegramBot: String? {
    for (_, definition) in channels.sorted(by: { $0.key < $1.key }) {
      if case .telegram(let telegram) = definition.settings, let bot = telegram.bot { return bot }
    }
    return nil
  }

  /// Where a person's chat with the bot becomes known as theirs.
  public static func telegramURL(bot: String, token: String) -> String { "https://t.me/\(bot)?start=\(token)" }

  /// What a decision rested on, but for what is known of the message alone.
  private func reasons(_ intent: SendIntent, _ state: PersonState) -> DecisionReasons {
    var reasons = DecisionReasons(intent.decision, policies: policies, symbols: symbols)
    if intent.messageClass == .marketing { reasons.consentPolicy = workspace.consentPolicy }
    if !intent.trigger.isEmpty {
      reasons.trigger = intent.trigger.withUnsafeBytes { bytes in
        let event = EventView(trusted: bytes)
        return .init(event: symbols.name(event.name), id: event.messageID, at: event.timestamp)
      }
    }
    guard let journey = journeys.version(intent.version, of: intent.journey) else { return reasons }
    reasons.enteredAt = intent.enteredAt
    reasons.bestHour = intent.bestHour
    reasons.memberships = journey.segments.map { .init(segment: $0.key, isMember: state.isMember($0.slot)) }
    if journey.holdout != .none { reasons.holdout = journey.holdout.text }
    if intent.messageClass == .marketing, policies.globalHoldout != .none {
      reasons.globalHoldout = policies.globalHoldout.text
    }
    return reasons
  }
}
