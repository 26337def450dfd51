import RoostCore

/// One broadcast: how far it has come, its variants, what one may do with it.
public struct BroadcastPage: Page {
  public typealias Status = BroadcastsPage.Status

  /// What would become of it if everybody had their turn now.
  public struct Estimate: Sendable {
    public var audience: Int
    public var reachable: Int
    /// By the code of the reason.
    public var held: [(reason: String, count: Int)]
    public var suppressed: [(reason: String, count: Int)]
    public var heldOut: Int
    /// How long it takes at its rate; `nil` if nothing limits it.
    public var duration: TimeSpan?

    public init(
      audience: Int, reachable: Int, held: [(reason: String, count: Int)],
      suppressed: [(reason: String, count: Int)], heldOut: Int, duration: TimeSpan?
    ) {
      self.audience = audience
      self.reachable = reachable
      self.held = held
      self.suppressed = suppressed
      self.heldOut = heldOut
      self.duration = duration
    }
  }

  public struct Variant: Sendable {
    public var label: String
    /// In the trial.
    public var sent: Int
    public var opened: Int
    public var clicked: Int
    public var isWinner: Bool

    public init(label: String, sent: Int, opened: Int, clicked: Int, isWinner: Bool) {
      self.label = label
      self.sent = sent
      self.opened = opened
      self.clicked = clicked
      self.isWinner = isWinner
    }
  }

  public var row: BroadcastsPage.Row
  /// The journey that its messages name.
  public var journey: String
  public var counts: [(status: MessageRow.Status, count: Int)]
  public var heldOut: Int
  public var variants: [Variant]
  public var beginsAt: Instant?
  public var decidesAt: Instant?
  public var endedAt: Instant?
  /// It is over, and everybody and every message was counted once more.
  public var isProved: Bool
  public var definition: String
  public var estimate: Estimate?

  public init(
    row: BroadcastsPage.Row, journey: String, counts: [(status: MessageRow.Status, count: Int)], heldOut: Int,
    variants: [Variant], beginsAt: Instant?, decidesAt: Instant?, endedAt: Instant?, isProved: Bool,
    definition: String, estimate: Estimate?
  ) {
    self.row = row
    self.journey = journey
    self.counts = counts
    self.heldOut = heldOut
    self.variants = variants
    self.beginsAt = beginsAt
    self.decidesAt = decidesAt
    self.endedAt = endedAt
    self.isProved = isProved
    self.definition = definition
    self.estimate = estimate
  }

  public var section: Section? { .broadcasts }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.broadcasts), .broadcasts(workspace: frame.workspaceKey))]
  }
  public func title(in frame: Frame) -> Title { .data(row.name) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html.pill(row.status.tone, row.status.phrase)
    let link = Route.broadcast(workspace: frame.workspaceKey, key: row.key).link
    html("a", .class("button"), .href(link.adding("estimate", "yes")), say: .estimate)
    switch row.status {
    case .draft: button(.start, .start, "primary", into: &html, frame)
    case .scheduled, .sending, .testing: button(.pause, .pause, "plain-border", into: &html, frame)
    case .paused: button(.resume, .resume, "primary", into: &html, frame)
    case .stopped, .finished: return
    }
    if row.status != .draft { stop(into: &html, frame) }
  }

  private func button(
    _ action: Route.BroadcastAction, _ phrase: Phrase, _ look: StaticString, into html: inout HTML, _ frame: Frame
  ) {
    html.form(.broadcastAction(workspace: frame.workspaceKey, key: row.key, action: action), frame) { html in
      html("button", .class(look), .type("submit"), say: phrase)
    }
  }

  /// Stopping asks once more, without a script.
  private func stop(into html: inout HTML, _ frame: Frame) {
    html("details", .class("confirm")) { html in
      html("summary", .class("button"), say: .stopAsk)
      html("div", .class("popover")) { html in
        html("p", say: .stopExplained)
        button(.stop, .stop, "danger", into: &html, frame)
      }
    }
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("figures") { html in figures(into: &html, frame.workspaceKey) }
    if let estimate { write(estimate, into: &html) }
    html("div", .class("columns")) { html in
      html("div") { html in
        if !variants.isEmpty { html.live("variants") { html in variantTable(into: &html) } }
        html.card(.definition) { html in html.code(definition, .definition) }
      }
      html("div") { html in facts(into: &html, frame.workspaceKey) }
    }
  }

  private func figures(into html: inout HTML, _ workspace: String) {
    html("dl", .class("figures")) { html in
      html.figure(.audience, row.audience)
      html.figure(.turns, row.turns)
      if heldOut > 0 { html.figure(.heldOutCount, heldOut) }
      for (status, count) in counts {
        html("div") { html in
          html("dt") { html in
            let link = Route.messages(workspace: workspace).link
            html("a", .href(link.adding("journey", journey).adding("status", status.rawValue)), say: status.phrase)
          }
          html("dd") { html in html.number(count) }
        }
      }
    }
  }

  private func write(_ estimate: Estimate, into html: inout HTML) {
    html.card(.estimate) { html in
      html("p", .class("lead"), say: .estimateHint)
      html("dl", .class("facts")) { html in
        html.fact(.audience) { html in html.number(estimate.audience) }
        html.fact(.atOnce) { html in html.number(estimate.reachable) }
        for (phrase, list) in [(Phrase.later, estimate.held), (.notAtAll, estimate.suppressed)] {
          for (reason, count) in list {
            html.fact(phrase) { html in
              html.number(count)
              html.text(" · ")
              html.reason(reason)
            }
          }
        }
        if estimate.heldOut > 0 { html.fact(.heldOutCount) { html in html.number(estimate.heldOut) } }
        if let duration = estimate.duration { html.fact(.takes) { html in html.span(duration) } }
      }
    }
  }

  private func variantTable(into html: inout HTML) {
    html.card(.variants) { html in
      html.table(
        .variants,
        [Column(.variant), Column(.sentCount, .number), Column(.openedCount, .number), Column(.clickedCount, .number)]
      ) { html in
        for variant in variants {
          html("tr") { html in
            html.cell { html in
              html.data(variant.label, charactersMax: 120)
              if variant.isWinner {
                html.text(" ")
                html.pill(.good, .winner)
              }
            }
            html.cell(.number) { html in html.number(variant.sent) }
            html.cell(.number) { html in html.number(variant.opened) }
            html.cell(.number) { html in html.number(variant.clicked) }
          }
        }
      }
    }
  }

  private func facts(into html: inout HTML, _ workspace: String) {
    html.card(.course) { html in
      html("dl", .class("facts")) { html in
        html.fact(.key) { html in html("code", data: row.key) }
        for (phrase, moment) in [
          (Phrase.begins, row.startedAt == nil ? beginsAt : nil), (.begun, row.startedAt), (.decides, decidesAt),
          (.ended, endedAt),
        ] {
          if let moment { html.fact(phrase) { html in html.time(moment) } }
        }
        html.fact(.messages) { html in
          html("a", .href(Route.messages(workspace: workspace).link.adding("journey", journey)), say: .showMessages)
        }
      }
      if isProved { html("p", .class("lead"), say: .proved) }
    }
  }
}

extension Phrase {
  static let estimate = Phrase("Estimate", "Оценить")
  static let estimateHint = Phrase(
    "If everybody had their turn now. Nothing is sent.",
    "Если бы очередь каждого пришла сейчас. Ничего не отправляется.")
  static let start = Phrase("Start", "Запустить")
  static let stop = Phrase("Stop", "Остановить")
  static let stopAsk = Phrase("Stop…", "Остановить…")
  static let stopExplained = Phrase(
    "What has not gone out is not sent. This cannot be undone.",
    "Что ещё не ушло, отправлено не будет. Отменить это нельзя.")
  static let atOnce = Phrase("At once", "Сразу")
  static let later = Phrase("Later", "Позже")
  static let notAtAll = Phrase("Not at all", "Не получат")
  static let takes = Phrase("Takes", "Займёт")
  static let variants = Phrase("Variants in the trial", "Варианты в тесте")
  static let variant = Phrase("Variant", "Вариант")
  static let winner = Phrase("Winner", "Победитель")
  static let openedCount = Phrase("Opened", "Открыли")
  static let clickedCount = Phrase("Clicked", "Кликнули")
  static let course = Phrase("Course", "Ход")
  static let begins = Phrase("Begins", "Начнётся")
  static let decides = Phrase("Decision", "Решение")
  static let ended = Phrase("Ended", "Окончена")
  static let showMessages = Phrase("Show messages", "Показать сообщения")
  static let proved = Phrase(
    "Everybody in the audience and every message was counted once more at the end: nobody is missing, nothing is open.",
    "В конце все люди аудитории и все сообщения пересчитаны: никто не пропущен, ничего не осталось.")
}
