import RoostCore

/// A person as lists name them.
public struct PersonName: Hashable, Sendable {
  public var id: String
  /// The best that is known: e-mail, user id, phone or the id itself.
  public var label: String

  public init(id: String, label: String) {
    self.id = id
    self.label = label
  }
}

/// A message in a list.
public struct MessageRow: Sendable {
  /// What became of a message; the names are the interface's.
  public enum Status: String, CaseIterable, Sendable {
    case scheduled, held, suppressed, sent, delivered, opened, clicked, bounced, complained, failed, ambiguous
  }

  public var id: String
  public var person: PersonName
  public var journey: String
  public var version: Int
  public var step: String
  public var channel: String
  public var template: String
  public var messageClass: MessageClass
  public var status: Status
  /// A code of the published list of reasons; "" if there is none.
  public var reason: String
  public var to: String
  public var subject: String
  /// When the message was decided.
  public var at: Instant
  public var sentAt: Instant?

  public init(
    id: String, person: PersonName, journey: String, version: Int, step: String, channel: String, template: String,
    messageClass: MessageClass, status: Status, reason: String, to: String, subject: String, at: Instant,
    sentAt: Instant? = nil
  ) {
    self.id = id
    self.person = person
    self.journey = journey
    self.version = version
    self.step = step
    self.channel = channel
    self.template = template
    self.messageClass = messageClass
    self.status = status
    self.reason = reason
    self.to = to
    self.subject = subject
    self.at = at
    self.sentAt = sentAt
  }
}

extension MessageRow.Status {
  var tone: Tone {
    switch self {
    case .sent, .delivered, .opened, .clicked: .good
    case .scheduled, .held: .waiting
    case .suppressed: .quiet
    case .bounced, .complained, .failed, .ambiguous: .bad
    }
  }

  var phrase: Phrase {
    switch self {
    case .scheduled: Phrase("Scheduled", "Запланировано")
    case .held: Phrase("Held", "Отложено")
    case .suppressed: Phrase("Suppressed", "Не отправлено")
    case .sent: Phrase("Sent", "Отправлено")
    case .delivered: Phrase("Delivered", "Доставлено")
    case .opened: Phrase("Opened", "Открыто")
    case .clicked: Phrase("Clicked", "Клик")
    case .bounced: Phrase("Bounced", "Возврат")
    case .complained: Phrase("Complained", "Жалоба")
    case .failed: Phrase("Failed", "Ошибка")
    case .ambiguous: Phrase("Ambiguous", "Неизвестно")
    }
  }
}

extension HTML {
  mutating func messageTable(_ rows: [MessageRow], _ workspace: String, withPerson: Bool = true) {
    let columns = [
      Column(.status), Column(.message), Column(.recipient, .minor), Column(.journey, .minor),
      Column(.time, .minor),
    ]
    table(.messages, columns) { html in
      for row in rows {
        html("tr") { html in
          html.cell { html in
            html.pill(row.status.tone, row.status.phrase)
            if !row.reason.isEmpty { html("small") { html in html.reason(row.reason) } }
          }
          html.cell { html in
            html("a", .class("strong"), .href(Route.message(workspace: workspace, id: row.id).link)) { html in
              if row.subject.isEmpty { html.say(.noSubject) } else { html.data(row.subject, charactersMax: 90) }
            }
            html("small") { html in
              html.data(row.channel)
              html.text(" · ")
              html.data(row.template)
            }
            html("small", .class("narrow")) { html in
              if withPerson {
                html.data(row.person.label)
                html.text(" · ")
              }
              html.time(row.sentAt ?? row.at)
            }
          }
          html.cell(.minor) { html in html.recipient(row, workspace) }
          html.cell(.minor) { html in
            if !row.journey.isEmpty {
              html("a", .href(Route.sender(workspace: workspace, journey: row.journey).link)) { html in
                html.data(row.journey)
              }
            }
            html("small") { html in
              html.data(row.step)
              if row.version > 0 { html.text(" · v\(row.version)") }
            }
          }
          html.cell(.minor) { html in html.time(row.sentAt ?? row.at) }
        }
      }
    }
  }

  private mutating func recipient(_ row: MessageRow, _ workspace: String) {
    // A test is nobody's.
    guard row.person.id != PersonID(0).text else { return data(row.to) }
    self("a", .href(Route.person(workspace: workspace, id: row.person.id).link)) { html in html.data(row.person.label) }
    if row.to != row.person.label, !row.to.isEmpty { self("small", data: row.to) }
  }

  /// A reason in words; codes that are not known here as they are.
  mutating func reason(_ code: String) {
    if let phrase = Phrase.reason(code) { say(phrase) } else { data(code) }
  }
}

extension Phrase {
  static let status = Phrase("Status", "Статус")
  static let message = Phrase("Message", "Сообщение")
  static let recipient = Phrase("Recipient", "Получатель")
  static let journey = Phrase("Journey", "Сценарий")
  static let time = Phrase("Time", "Время")
  static let noSubject = Phrase("No subject", "Без темы")

  static func reason(_ code: String) -> Phrase? {
    switch code {
    case "no_consent": Phrase("no consent", "нет согласия")
    case "frequency_cap": Phrase("frequency cap reached", "исчерпан лимит частоты")
    case "quiet_hours": Phrase("quiet hours", "тихие часы")
    case "unsubscribed": Phrase("unsubscribed", "отписан")
    case "bounced_before": Phrase("address bounced before", "адрес уже возвращал письма")
    case "no_address": Phrase("no address", "нет адреса")
    case "holdout": Phrase("in the holdout group", "в контрольной группе")
    case "offer_expired": Phrase("offer expired", "предложение истекло")
    case "budget": Phrase("budget used up", "бюджет исчерпан")
    case "journey_exit": Phrase("left the journey", "вышел из сценария")
    case "broadcast_stopped": Phrase("the broadcast was stopped", "рассылка остановлена")
    case "duplicate_intent": Phrase("already sent", "уже отправлено")
    case "complained_before": Phrase("complained before", "жаловался на письма")
    case "no_template": Phrase("no template", "нет шаблона")
    case "paused": Phrase("asked for a pause", "просил о паузе")
    case "missing_values": Phrase("values missing, the template is strict", "не хватает значений, шаблон строгий")
    case "no_voucher": Phrase("no voucher left to give", "не осталось промокодов")
    case "unconfirmed": Phrase("consent not confirmed", "согласие не подтверждено")
    case "blocked": Phrase("address blocked by an operator", "адрес заблокирован оператором")
    case "rejected": Phrase("rejected by the receiving server", "отклонено сервером получателя")
    case "attempts_exhausted": Phrase("all attempts failed", "все попытки не удались")
    case "too_old": Phrase("too old to try again", "слишком поздно пробовать снова")
    default: nil
    }
  }
}
