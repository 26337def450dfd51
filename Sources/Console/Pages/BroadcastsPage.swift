import RoostCore

/// All broadcasts with how far each has come.
public struct BroadcastsPage: Page {
  /// Where a broadcast stands.
  public enum Status: String, CaseIterable, Sendable {
    case draft, scheduled, sending, testing, paused, stopped, finished
  }

  public struct Row: Sendable {
    public var key: String
    public var name: String
    public var status: Status
    /// Who is in it, and how many of them had their turn.
    public var audience: Int
    public var turns: Int
    /// Messages handed over.
    public var sent: Int
    public var startedAt: Instant?

    public init(
      key: String, name: String, status: Status, audience: Int, turns: Int, sent: Int, startedAt: Instant?
    ) {
      self.key = key
      self.name = name
      self.status = status
      self.audience = audience
      self.turns = turns
      self.sent = sent
      self.startedAt = startedAt
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  public var section: Section? { .broadcasts }
  public func title(in frame: Frame) -> Title { .phrase(.broadcasts) }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("broadcasts") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else { return html.empty(Section.broadcasts.drawing, .noBroadcasts, .noBroadcastsHint) }
        let columns = [
          Column(.broadcast), Column(.status), Column(.audience, .number), Column(.turns, .number),
          Column(.sentCount, .number), Column(.begun, .minor),
        ]
        html.table(.broadcasts, columns) { html in
          for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
        }
      }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("a", .class("strong"), .href(Route.broadcast(workspace: workspace, key: row.key).link), data: row.name)
      html("small", data: row.key)
    }
    html.cell { html in html.pill(row.status.tone, row.status.phrase) }
    html.cell(.number) { html in html.number(row.audience) }
    html.cell(.number) { html in html.number(row.turns) }
    html.cell(.number) { html in html.number(row.sent) }
    html.cell(.minor) { html in
      if let startedAt = row.startedAt { html.time(startedAt) } else { html.nothing() }
    }
  }
}

extension BroadcastsPage.Status {
  var tone: Tone {
    switch self {
    case .draft: .neutral
    case .sending, .testing: .good
    case .scheduled, .paused: .waiting
    case .stopped, .finished: .quiet
    }
  }

  var phrase: Phrase {
    switch self {
    case .draft: Phrase("Draft", "Черновик")
    case .scheduled: Phrase("Scheduled", "Запланирована")
    case .sending: Phrase("Sending", "Отправляется")
    case .testing: Phrase("Testing", "Идёт тест")
    case .paused: Phrase("Paused", "Приостановлена")
    case .stopped: Phrase("Stopped", "Остановлена")
    case .finished: Phrase("Finished", "Завершена")
    }
  }
}

extension Phrase {
  static let broadcast = Phrase("Broadcast", "Рассылка")
  static let audience = Phrase("Audience", "Аудитория")
  static let turns = Phrase("Had their turn", "Обработано")
  static let sentCount = Phrase("Sent", "Отправлено")
  static let noBroadcasts = Phrase("No broadcasts yet", "Рассылок пока нет")
  static let noBroadcastsHint = Phrase(
    "A broadcast is one message to many people at once. Upload one with PUT …/broadcasts/KEY or roost broadcast put, and start it here.",
    "Рассылка — одно сообщение сразу многим. Загрузите её из файла и запустите здесь."
  )
}
