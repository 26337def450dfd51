import RoostCore

/// One message: what it says, what became of it, and why it was decided.
public struct MessagePage: Page {
  /// What set the decision off.
  public enum Trigger: Sendable {
    case event(name: String, at: Instant)
    case segment(key: String, at: Instant)
    /// Time alone: the wait before it was over.
    case time(at: Instant)
  }

  /// A try to hand the message over.
  public struct Attempt: Sendable {
    public var at: Instant
    public var status: MessageRow.Status
    /// What the other side answered.
    public var answer: String

    public init(at: Instant, status: MessageRow.Status, answer: String) {
      self.at = at
      self.status = status
      self.answer = answer
    }
  }

  public var message: MessageRow
  public var trigger: Trigger
  /// The receipt on which the message rests; `nil` where none was found or needed.
  public var consent: ConsentReceipt?
  /// How often the person had entered the journey.
  public var entry: Int
  /// What else the decision rested on.
  public var reasons: [Reason] = []
  public var attempts: [Attempt]
  /// What was rendered; `nil` if nothing was.
  public var letter: LetterContent?

  public init(
    message: MessageRow, trigger: Trigger, consent: ConsentReceipt? = nil, entry: Int, reasons: [Reason] = [],
    attempts: [Attempt], letter: LetterContent? = nil
  ) {
    self.reasons = reasons
    self.message = message
    self.trigger = trigger
    self.consent = consent
    self.entry = entry
    self.attempts = attempts
    self.letter = letter
  }

  public var section: Section? { .messages }
  public func title(in frame: Frame) -> Title {
    message.subject.isEmpty ? .phrase(.noSubject) : .data(message.subject)
  }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.messages), .messages(workspace: frame.workspaceKey))]
  }
  public func writeActions(into html: inout HTML, in frame: Frame) {
    html.pill(message.status.tone, message.status.phrase)
  }

  public func write(into html: inout HTML, in frame: Frame) {
    let workspace = frame.workspaceKey
    html("div", .class("columns")) { html in
      html("div") { html in
        if let letter {
          html.letter(letter, body: .messageBody(workspace: workspace, id: message.id))
        } else {
          html("section", .class("card")) { html in
            html.empty(Section.mailbox.drawing, .notRendered, .notRenderedHint)
          }
        }
      }
      html("div") { html in
        why(into: &html, workspace)
        facts(into: &html)
        if !attempts.isEmpty { attemptList(into: &html) }
      }
    }
  }

  private func why(into html: inout HTML, _ workspace: String) {
    html.card(.why) { html in
      html("ol", .class("why")) { html in
        html("li") { html in writeTrigger(into: &html, workspace) }
        if !message.journey.isEmpty {
          html("li") { html in
            html("b", say: .journey)
            html.text(" ")
            html("a", .href(Route.sender(workspace: workspace, journey: message.journey).link), data: message.journey)
            html("small") { html in
              html.text("v\(message.version) · ")
              html.say(.step)
              html.text(" ")
              html.data(message.step)
              html.text(" · ")
              html.say(.entryNumber, html.reader.grouped(entry))
            }
          }
        }
        html("li") { html in
          if let consent {
            html.say(.restsOn)
            html.text(" ")
            html.consent(consent)
          } else {
            html.say(message.messageClass == .transactional ? .needsNoConsent : .noReceipt)
          }
        }
        for reason in reasons { html("li") { html in write(reason, into: &html, workspace) } }
        html("li") { html in
          html.pill(message.status.tone, message.status.phrase)
          if !message.reason.isEmpty {
            html.text(" ")
            html.reason(message.reason)
            html("small") { html in html("code", data: message.reason) }
          }
        }
      }
    }
  }

  private func writeTrigger(into html: inout HTML, _ workspace: String) {
    switch trigger {
    case .event(let name, let at):
      html("b", say: .event)
      html.text(" ")
      html.data(name)
      html("small") { html in html.time(at, seconds: true) }
    case .segment(let key, let at):
      html("b", say: .enteredSegment)
      html.text(" ")
      html("a", .href(Route.segment(workspace: workspace, key: key).link), data: key)
      html("small") { html in html.time(at, seconds: true) }
    case .time(let at):
      html("b", say: .waitWasOver)
      html("small") { html in html.time(at, seconds: true) }
    }
  }

  private func facts(into html: inout HTML) {
    html.card(.facts) { html in
      html("dl", .class("facts")) { html in
        html.fact(.messageID) { html in html("code", data: message.id) }
        html.fact(.messageClass) { html in html.say(message.messageClass.phrase) }
        html.fact(.channel) { html in html.data(message.channel) }
        html.fact(.template) { html in html.data(message.template) }
        html.fact(.decided) { html in html.time(message.at, seconds: true) }
        if let sent = message.sentAt { html.fact(.handedOver) { html in html.time(sent, seconds: true) } }
      }
    }
  }

  private func attemptList(into html: inout HTML) {
    html.card(.attempts, count: attempts.count) { html in
      html("ul", .class("runs")) { html in
        for attempt in attempts {
          html("li") { html in
            html.pill(attempt.status.tone, attempt.status.phrase)
            html.text(" ")
            html.time(attempt.at, seconds: true)
            if !attempt.answer.isEmpty { html("small") { html in html.data(attempt.answer, charactersMax: 400) } }
          }
        }
      }
    }
  }
}

extension Phrase {
  static let why = Phrase("Why this message?", "Почему это сообщение?")
  static let event = Phrase("Event", "Событие")
  static let enteredSegment = Phrase("Entered the segment", "Попал в сегмент")
  static let waitWasOver = Phrase("A wait was over", "Закончилось ожидание")
  static let step = Phrase("step", "шаг")
  static let entryNumber = Phrase("entry {}", "вход №\u{00A0}{}")
  static let restsOn = Phrase("Rests on the consent", "Основание — согласие")
  static let needsNoConsent = Phrase(
    "Transactional: part of what the person asked for, needs no consent.",
    "Транзакционное: часть того, о чём человек просил, согласия не требует.")
  static let noReceipt = Phrase("No consent receipt was found.", "Записи о согласии не найдено.")
  static let facts = Phrase("Facts", "Подробности")
  static let messageID = Phrase("Message ID", "ID сообщения")
  static let channel = Phrase("Channel", "Канал")
  static let template = Phrase("Template", "Шаблон")
  static let decided = Phrase("Decided", "Решено")
  static let handedOver = Phrase("Handed over", "Передано")
  static let attempts = Phrase("Attempts", "Попытки")
  static let notRendered = Phrase("Nothing was rendered", "Текст не создавался")
  static let notRenderedHint = Phrase(
    "The message was stopped before its text was made; see “Why this message?”.",
    "Сообщение остановлено до создания текста; см. «Почему это сообщение?».")
}
