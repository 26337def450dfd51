/// The rules for marketing messages: how often, when not, and who gets none; with the document to edit.
public struct PoliciesPage: Page {
  public struct Cap: Sendable {
    /// What becomes of a message beyond it.
    public enum Over: Hashable, Sendable {
      case hold, skip
      case replace(channel: String)
    }
    public var max: Int
    /// `7d`, `month`.
    public var per: String
    /// As the document has it: `channel:email`.
    public var scope: String
    public var isCalendar: Bool
    public var over: Over

    public init(max: Int, per: String, scope: String, isCalendar: Bool, over: Over) {
      self.max = max
      self.per = per
      self.scope = scope
      self.isCalendar = isCalendar
      self.over = over
    }
  }

  public struct QuietHours: Sendable {
    /// `21:00`
    public var from: String
    public var to: String
    public var isHeld: Bool

    public init(from: String, to: String, isHeld: Bool) {
      self.from = from
      self.to = to
      self.isHeld = isHeld
    }
  }

  public var caps: [Cap]
  public var quietHours: QuietHours?
  /// `5%`
  public var globalHoldout: String
  /// 0 as long as none were put.
  public var version: Int
  /// The document as its author may edit it.
  public var definition: String

  public init(caps: [Cap], quietHours: QuietHours?, globalHoldout: String, version: Int, definition: String) {
    self.caps = caps
    self.quietHours = quietHours
    self.globalHoldout = globalHoldout
    self.version = version
    self.definition = definition
  }

  public var section: Section? { .policies }
  public func title(in frame: Frame) -> Title { .phrase(.policies) }

  public func write(into html: inout HTML, in frame: Frame) {
    html("section", .class("card")) { html in
      html("dl", .class("facts")) { html in
        html.fact(.quietHours) { html in
          guard let quietHours else { return html.nothing() }
          html.data("\(quietHours.from)–\(quietHours.to)")
          html("small", say: quietHours.isHeld ? .heldUntilMorning : .skipped)
        }
        html.fact(.globalHoldout) { html in html.data(globalHoldout) }
      }
      html("p", .class("hint"), say: .policiesHint)
      html("p") { html in
        html("a", .href(Route.suppressions(workspace: frame.workspaceKey).link), say: .suppressions)
      }
    }
    html.card(.caps) { html in
      guard !caps.isEmpty else { return html.empty(Section.policies.drawing, .noCaps, .noCapsHint) }
      html.table(.caps, [Column(.atMost, .number), Column(.per), Column(.ofWhat), Column(.window), Column(.beyond)]) {
        html in
        for cap in caps { html("tr") { html in write(cap, into: &html) } }
      }
    }
    html.card(.definition) { html in
      html.form(.policies(workspace: frame.workspaceKey), frame, .class("mend")) { html in
        html("label", .for("body"), say: .policiesAsYAML)
        html(
          "textarea", .id("body"), .name("body"), .fixed(.rows, "16"), .fixed(.spellcheck, "false"),
          .describedBy("policies-hint")
        ) { html in html.verbatim(definition) }
        html("p", .class("hint"), .id("policies-hint"), say: .policiesSaveHint)
        html("button", .class("primary"), .type("submit"), say: .save)
      }
    }
  }

  private func write(_ cap: Cap, into html: inout HTML) {
    html.cell(.number) { html in html.number(cap.max) }
    html.cell(data: cap.per)
    html.cell(data: cap.scope)
    html.cell { html in html.say(cap.isCalendar ? .calendarWindow : .rollingWindow) }
    html.cell { html in
      switch cap.over {
      case .hold: html.say(.heldUntilFree)
      case .skip: html.say(.skipped)
      case .replace(let channel):
        html.say(.replacedBy)
        html("code", data: channel)
      }
    }
  }
}

extension Phrase {
  static let policies = Phrase("Policies", "Правила")
  static let caps = Phrase("Frequency caps", "Лимиты частоты")
  static let quietHours = Phrase("Quiet hours", "Тихие часы")
  static let globalHoldout = Phrase("Global holdout", "Общая контрольная группа")
  static let atMost = Phrase("At most", "Не больше")
  static let per = Phrase("Per", "За")
  static let ofWhat = Phrase("Of", "Каких")
  static let window = Phrase("Window", "Окно")
  static let beyond = Phrase("Beyond it", "Сверх лимита")
  static let calendarWindow = Phrase("calendar", "календарное")
  static let rollingWindow = Phrase("rolling", "скользящее")
  static let heldUntilFree = Phrase("held until there is a place", "ждёт свободного места")
  static let heldUntilMorning = Phrase("held until they end", "ждёт их конца")
  static let skipped = Phrase("not sent", "не отправляется")
  static let replacedBy = Phrase("instead by ", "вместо него — ")
  static let save = Phrase("Save", "Сохранить")
  static let policiesAsYAML = Phrase("The document as YAML or JSON", "Документ в YAML или JSON")
  static let policiesHint = Phrase(
    "For marketing messages, by the clocks of each person. Transactional messages know no caps and no quiet hours.",
    "Для рекламных сообщений, по часам каждого человека. Для служебных нет ни лимитов, ни тихих часов.")
  static let policiesSaveHint = Phrase(
    "It replaces the rules as a whole. Whatever waits already asks again at the time it was given.",
    "Заменит правила целиком. Что уже ждёт, спросит снова в назначенное время.")
  static let noCaps = Phrase("No caps", "Лимитов нет")
  static let noCapsHint = Phrase(
    "A cap says how many messages a person gets at most: three in seven days, one e-mail a day.",
    "Лимит задаёт, сколько сообщений человек получит самое большее: три за неделю, одно письмо в день.")
}
