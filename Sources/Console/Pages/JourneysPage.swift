import RoostCore

/// How many people a journey has seen.
public struct JourneyFigures: Sendable {
  /// Entries, repeated ones included.
  public var entered: Int
  public var inside: Int
  public var finished: Int
  public var exited: Int
  /// Of these, who reached the goal.
  public var goals: Int
  /// Who entered and gets nothing, for comparison.
  public var heldOut: Int
  /// Messages handed over to a channel.
  public var messages: Int

  public init(
    entered: Int, inside: Int, finished: Int, exited: Int, goals: Int = 0, heldOut: Int = 0, messages: Int
  ) {
    self.entered = entered
    self.inside = inside
    self.finished = finished
    self.exited = exited
    self.goals = goals
    self.heldOut = heldOut
    self.messages = messages
  }
}

/// All journeys with their figures.
public struct JourneysPage: Page {
  /// Where a journey stands in its life.
  public enum Status: String, CaseIterable, Sendable {
    case draft, published, paused, archived
  }

  public struct Row: Sendable {
    public var key: String
    public var name: String
    public var status: Status
    public var figures: JourneyFigures

    public init(key: String, name: String, status: Status, figures: JourneyFigures) {
      self.key = key
      self.name = name
      self.status = status
      self.figures = figures
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) {
    self.rows = rows
  }

  public var section: Section? { .journeys }
  public func title(in frame: Frame) -> Title { .phrase(.journeys) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html("a", .class("button"), .href(Route.rehearsals(workspace: frame.workspaceKey).link), say: .rehearsals)
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("journeys") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else { return html.empty(Section.journeys.drawing, .noJourneys, .noJourneysHint) }
        let columns = [
          Column(.journey), Column(.status), Column(.enteredCount, .number), Column(.insideCount, .number),
          Column(.finishedCount, .minorNumber), Column(.exitedCount, .minorNumber), Column(.messages, .minorNumber),
        ]
        html.table(.journeys, columns) { html in
          for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
        }
      }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("a", .class("strong"), .href(Route.journey(workspace: workspace, key: row.key).link), data: row.name)
      html("small", data: row.key)
    }
    html.cell { html in html.pill(row.status.tone, row.status.phrase) }
    html.cell(.number) { html in html.number(row.figures.entered) }
    html.cell(.number) { html in html.number(row.figures.inside) }
    html.cell(.minorNumber) { html in html.number(row.figures.finished) }
    html.cell(.minorNumber) { html in html.number(row.figures.exited) }
    html.cell(.minorNumber) { html in html.number(row.figures.messages) }
  }
}

extension JourneysPage.Status {
  var tone: Tone {
    switch self {
    case .draft: .neutral
    case .published: .good
    case .paused: .waiting
    case .archived: .quiet
    }
  }

  var phrase: Phrase {
    switch self {
    case .draft: Phrase("Draft", "Черновик")
    case .published: Phrase("Live", "Запущен")
    case .paused: Phrase("Paused", "Приостановлен")
    case .archived: Phrase("Archived", "В архиве")
    }
  }
}

extension Phrase {
  static let enteredCount = Phrase("Entered", "Вошли")
  static let insideCount = Phrase("Inside", "Внутри")
  static let finishedCount = Phrase("Finished", "Завершили")
  static let exitedCount = Phrase("Left early", "Вышли раньше")
  static let goalsCount = Phrase("Reached the goal", "Достигли цели")
  static let heldOutCount = Phrase("Held out", "Контрольная группа")
  static let noJourneys = Phrase("No journeys yet", "Сценариев пока нет")
  static let noJourneysHint = Phrase(
    "A journey leads every person through waits and messages, in the right order, once. Upload one with PUT …/journeys/KEY and publish it here.",
    "Сценарий ведёт каждого человека через ожидания и сообщения, по порядку и без повторов. Загрузите его через PUT …/journeys/KEY и запустите здесь."
  )
}
