import RoostCore

/// The addresses that get nothing: why, since when, and the way off the list.
public struct SuppressionsPage: Page {
  public struct Row: Sendable {
    /// `email:ann@example.com`; "" where only the hash is left.
    public var reference: String
    public var channel: String
    public var address: String
    /// `bounced`, `complained`, `unsubscribed`, `manual`.
    public var cause: String
    public var at: Instant
    public var person: PersonName
    public var message: String?
    public var detail: String

    public init(
      reference: String, channel: String, address: String, cause: String, at: Instant, person: PersonName,
      message: String?, detail: String
    ) {
      self.reference = reference
      self.channel = channel
      self.address = address
      self.cause = cause
      self.at = at
      self.person = person
      self.message = message
      self.detail = detail
    }
  }

  public var rows: [Row]
  public var isFirst: Bool
  public var next: String?

  public init(rows: [Row], isFirst: Bool, next: String?) {
    self.rows = rows
    self.isFirst = isFirst
    self.next = next
  }

  public var section: Section? { .policies }
  public func title(in frame: Frame) -> Title { .phrase(.suppressions) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.policies), .policies(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    let workspace = frame.workspaceKey
    html("section", .class("card")) { html in
      html("p", .class("hint"), say: .suppressionsHint)
      html.form(.suppressions(workspace: workspace), frame, .class("filters")) { html in
        html("label", .for("address"), say: .emailAddress)
        html.void("input", .id("address"), .name("address"), .type("email"))
        html("button", .type("submit"), say: .putOnList)
      }
    }
    html.card(.suppressions) { html in
      guard !rows.isEmpty else { return html.empty(Section.policies.drawing, .noSuppressions, .noSuppressionsHint) }
      html.table(
        .suppressions,
        [Column(.address), Column(.channel), Column(.cause), Column(.time), Column(.recipient), Column(.actions)]
      ) { html in
        for row in rows { html("tr") { html in write(row, into: &html, frame) } }
      }
      html.pager(Route.suppressions(workspace: workspace).link, isFirst: isFirst, next: next)
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ frame: Frame) {
    let workspace = frame.workspaceKey
    html.cell { html in
      if row.address.isEmpty { html.nothing() } else { html.data(row.address) }
      if !row.detail.isEmpty { html("small") { html in html.data(row.detail, charactersMax: 200) } }
    }
    html.cell(data: row.channel)
    html.cell { html in
      if let phrase = Phrase.suppressionCause(row.cause) { html.say(phrase) } else { html.data(row.cause) }
      if let message = row.message {
        html("small") { html in
          html("a", .href(Route.message(workspace: workspace, id: message).link), say: .message)
        }
      }
    }
    html.cell { html in html.time(row.at) }
    html.cell { html in
      html("a", .href(Route.person(workspace: workspace, id: row.person.id).link), data: row.person.label)
    }
    html.cell { html in
      guard !row.reference.isEmpty else { return html.nothing() }
      html.form(.suppressionLift(workspace: workspace), frame) { html in
        html.void("input", .type("hidden"), .name("reference"), .value(row.reference))
        html("button", .type("submit"), say: .takeOffList)
      }
    }
  }
}

extension Phrase {
  static let suppressions = Phrase("Addresses that get nothing", "Адреса, на которые не пишем")
  static let suppressionsHint = Phrase(
    """
    An address is put here when messages to it come back for good, or its owner complains. Another address of the same \
    person is free. Receipts and the like still go to who complained, never to an address that bounced.
    """,
    """
    Адрес попадает сюда, когда сообщения с него окончательно возвращаются или получатель жалуется. Другой адрес того же \
    человека свободен. Чеки и подобное получит и тот, кто пожаловался, но не адрес, который не принимает почту.
    """)
  static let emailAddress = Phrase("E-mail address", "Адрес электронной почты")
  static let putOnList = Phrase("Put on the list", "Внести в список")
  static let takeOffList = Phrase("Take off the list", "Убрать из списка")
  static let address = Phrase("Address", "Адрес")
  static let cause = Phrase("Why", "Почему")
  static let actions = Phrase("Actions", "Действия")
  static let noSuppressions = Phrase("No addresses", "Адресов нет")
  static let noSuppressionsHint = Phrase(
    "Nothing has come back, and nobody has complained.", "Ничего не вернулось, и никто не жаловался.")
}
