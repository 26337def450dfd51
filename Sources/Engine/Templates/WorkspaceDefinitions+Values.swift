import Delivery
import Events
import Journeys
import Liquid
import Profiles
import RoostCore

extension WorkspaceDefinitions {
  /// What a template reads, as it is at the moment of a decision, with the language, and the versions of the snippets in
  /// it: enough to render the message later exactly as decided.
  func capture(
    _ template: CompiledTemplate, _ intent: SendIntent, _ state: PersonState, _ place: Int, of effects: [JourneyEffect]
  ) -> TemplateValues {
    let source = ValueSource(definitions: self, state: state) { symbol in
      JourneyEffect.trait(symbol, seenBy: place, of: effects, in: state)
    }
    return source.values(of: template, trigger: intent.trigger, journey: symbols.name(intent.journey))
  }

  /// What a template would read of a person now.
  ///
  /// - Parameter event: the properties of the event that is meant to have started the journey.
  public func values(of template: CompiledTemplate, for state: PersonState, event: LiquidValue?) -> TemplateValues {
    let source = ValueSource(definitions: self, state: state) { state.trait($0) }
    return source.values(of: template, event: event)
  }

  /// A sample's values, with what every template can read where the sample does not say it.
  public func values(ofSample members: [JSONValue.Member]) -> TemplateValues {
    var common: [JSONValue.Member] = [
      .init("unsubscribe_url", .string(Self.unsubscribeMark)), .init("preferences_url", .string(Self.preferencesMark)),
      .init(
        "workspace",
        [
          "key": .string(workspace.key), "name": .string(workspace.name), "currency": .string(workspace.currency),
          "locale": .string(workspace.locale),
        ]),
    ]
    if let bot = telegramBot {
      common.append(.init("telegram_url", .string(Self.telegramURL(bot: bot, token: Self.telegramMark))))
    }
    let missing = common.filter { own in !members.contains { $0.key == own.key } }
    return TemplateValues(root: LiquidValue(.object(members + missing)))
  }

  /// The same values with what the template finds in the catalogue; those of a sample too.
  public func withCatalog(_ values: TemplateValues, of template: CompiledTemplate, at moment: Instant) -> TemplateValues
  {
    var values = values
    recordCatalog(&values, of: template, at: moment)
    return values
  }
}

/// Where the values of a person's templates come from.
struct ValueSource {
  let definitions: WorkspaceDefinitions
  let state: PersonState
  let trait: (Symbol) -> Value?

  /// Most members of a person or an event that is taken as a whole.
  static let membersMax = 500

  func values(of template: CompiledTemplate, trigger: [UInt8], journey: String) -> TemplateValues {
    var values = TemplateValues(of: template.variables) { path in
      let rest = path.parts.dropFirst()
      switch path.parts[0] {
      case "event":
        guard !trigger.isEmpty else { return nil }
        return trigger.withUnsafeBytes { property(EventView(trusted: $0), rest) }
      case "journey": return journey.isEmpty ? nil : LiquidValue.object([.init("key", .string(journey))]).found(rest)
      default: return value(path)
      }
    }
    values.note(template, languages: languages, zone: zone)
    return values
  }

  func values(of template: CompiledTemplate, event: LiquidValue?) -> TemplateValues {
    var values = TemplateValues(of: template.variables) { path in
      path.parts[0] == "event" ? event?.found(path.parts.dropFirst()) : value(path)
    }
    values.note(template, languages: languages, zone: zone)
    return values
  }

  /// The languages that the person reads, the best first, then the workspace's.
  private var languages: [String] {
    let own = ["language", "locale"].compactMap { name -> String? in
      guard let symbol = definitions.symbols.find(name), case .string(let text) = trait(symbol) else { return nil }
      return text
    }
    return own + [definitions.workspace.locale]
  }

  private var zone: String? {
    guard let symbol = definitions.symbols.find("timezone"), case .string(let name) = trait(symbol),
      definitions.zones[name] != nil
    else { return nil }
    return name
  }

  private func value(_ path: VariablePath) -> LiquidValue? {
    let rest = path.parts.dropFirst()
    switch path.parts[0] {
    case "person": return person(rest)
    case "unsubscribe_url" where rest.isEmpty: return .string(WorkspaceDefinitions.unsubscribeMark)
    case "confirm_url" where rest.isEmpty: return .string(WorkspaceDefinitions.confirmMark)
    case "preferences_url" where rest.isEmpty: return .string(WorkspaceDefinitions.preferencesMark)
    case "telegram_url" where rest.isEmpty:
      return definitions.telegramBot.map {
        .string(WorkspaceDefinitions.telegramURL(bot: $0, token: WorkspaceDefinitions.telegramMark))
      }
    case "workspace":
      let workspace = definitions.workspace
      return LiquidValue.object([
        .init("key", .string(workspace.key)), .init("name", .string(workspace.name)),
        .init("currency", .string(workspace.currency)), .init("locale", .string(workspace.locale)),
      ]).found(rest)
    default: return nil
    }
  }

  private func person(_ rest: ArraySlice<String>) -> LiquidValue? {
    guard let name = rest.first else { return wholePerson() }
    if let symbol = definitions.symbols.find(name), let value = trait(symbol), value != .null {
      return LiquidValue(value).found(rest.dropFirst())
    }
    return rest.count == 1 ? identity(name).map { .string($0) } : nil
  }

  private func wholePerson() -> LiquidValue {
    var members: [LiquidValue.Member] = []
    for trait in state.traits.prefix(Self.membersMax) {
      guard let value = self.trait(trait.symbol), value != .null else { continue }
      members.append(.init(definitions.symbols.name(trait.symbol), LiquidValue(value)))
    }
    for name in ["id", "user_id", "email", "phone"] where !members.contains(where: { $0.key == name }) {
      if let text = identity(name) { members.append(.init(name, .string(text))) }
    }
    return .object(members)
  }

  private func identity(_ name: String) -> String? {
    switch name {
    case "id": state.id.text
    case "user_id": state.identifiers.first { $0.kind == .user }?.value
    case "email": ChannelKind.email.address(of: state)
    case "phone": ChannelKind.sms.address(of: state)
    default: nil
    }
  }

  private func property(_ event: EventView, _ rest: ArraySlice<String>) -> LiquidValue? {
    guard let name = rest.first else {
      var members: [LiquidValue.Member] = []
      var cursor = event.fields
      while let field = cursor.next() {
        guard field.section == .property, members.count < Self.membersMax else { continue }
        members.append(.init(definitions.symbols.name(field.symbol), LiquidValue(field.value)))
      }
      return .object(members)
    }
    guard let symbol = definitions.symbols.find(name), let value = event.field(.property, symbol)?.value else {
      return nil
    }
    return LiquidValue(value).found(rest.dropFirst())
  }
}

extension LiquidValue {
  /// What a path of names leads to; `nil` if it leads nowhere.
  func found(_ path: ArraySlice<String>) -> LiquidValue? {
    var value = self
    for name in path {
      guard let member = value[name] else { return nil }
      value = member
    }
    return value
  }
}
