import RoostCore

/// Rehearsals of the last 30 days, and the form that begins another.
public struct RehearsalsPage: Page {
  public enum State: Sendable, Equatable {
    case running(percent: Int)
    case done, failed, cancelled
  }

  public struct Row: Sendable {
    public var id: String
    public var createdAt: Instant
    public var from: Instant
    public var to: Instant
    /// Keys of what was rehearsed.
    public var journeys: [String]
    public var state: State

    public init(id: String, createdAt: Instant, from: Instant, to: Instant, journeys: [String], state: State) {
      self.id = id
      self.createdAt = createdAt
      self.from = from
      self.to = to
      self.journeys = journeys
      self.state = state
    }
  }

  /// Newest first.
  public var rows: [Row]
  /// Keys of journeys to choose from.
  public var journeys: [String]
  /// What the form proposes.
  public var from: String
  public var to: String

  public init(rows: [Row], journeys: [String], from: String, to: String) {
    self.rows = rows
    self.journeys = journeys
    self.from = from
    self.to = to
  }

  public var section: Section? { .journeys }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.journeys), .journeys(workspace: frame.workspaceKey))]
  }
  public func title(in frame: Frame) -> Title { .phrase(.rehearsals) }

  public func write(into html: inout HTML, in frame: Frame) {
    if !journeys.isEmpty { begin(into: &html, frame) }
    html.live("rehearsals") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else { return html.empty(Section.journeys.drawing, .noRehearsals, .noRehearsalsHint) }
        html.table(
          .rehearsals, [Column(.journeys), Column(.period), Column(.status), Column(.begun, .minor)]
        ) { html in
          for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
        }
      }
    }
  }

  private func begin(into html: inout HTML, _ frame: Frame) {
    html.card(.rehearse) { html in
      html("p", .class("lead"), say: .rehearseHint)
      html.form(.rehearsals(workspace: frame.workspaceKey), frame, .class("filters")) { html in
        html("label") { html in
          html("span", say: .journey)
          html("select", .name("journey")) { html in
            for journey in journeys {
              html("option", .value(journey)) { html in html.text(journey.excerpt(60)) }
            }
          }
        }
        day("from", .periodFrom, from, into: &html)
        day("to", .periodTo, to, into: &html)
        html("label") { html in
          html("span", say: .published)
          html("select", .name("live")) { html in
            html("option", .value("no"), say: .standAside)
            html("option", .value("yes"), say: .compete)
          }
        }
        html("button", .class("primary"), .type("submit"), say: .rehearse)
      }
    }
  }

  private func day(_ name: StaticString, _ phrase: Phrase, _ value: String, into html: inout HTML) {
    html("label") { html in
      html("span", say: phrase)
      html.void("input", .type("date"), .name(name), .value(value), .flag(.required))
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("a", .class("strong"), .href(Route.rehearsal(workspace: workspace, id: row.id).link)) { html in
        html.data(row.journeys.joined(separator: ", "), charactersMax: 80)
      }
    }
    html.cell { html in
      html.date(row.from)
      html.text(" – ")
      html.date(row.to)
    }
    html.cell { html in html.rehearsalState(row.state) }
    html.cell(.minor) { html in html.time(row.createdAt) }
  }
}

extension HTML {
  mutating func rehearsalState(_ state: RehearsalsPage.State) {
    switch state {
    case .running(let percent):
      self("span", .class("pill waiting")) { html in
        html.say(.rehearsing)
        html.text(" \(percent) %")
      }
    case .done: pill(.good, .rehearsalDone)
    case .failed: pill(.bad, .rehearsalFailed)
    case .cancelled: pill(.quiet, .rehearsalCancelled)
    }
  }
}

extension Phrase {
  static let rehearsals = Phrase("Rehearsals", "Репетиции")
  static let rehearse = Phrase("Rehearse", "Отрепетировать")
  static let rehearseHint = Phrase(
    "See who would have got what, when and in which order, in a past period. The engine is the real one; nothing is sent.",
    "Посмотрите, кто, что, когда и в каком порядке получил бы за прошедший период. Движок настоящий, ничего не отправляется."
  )
  static let period = Phrase("Period", "Период")
  static let periodFrom = Phrase("From", "С")
  static let periodTo = Phrase("To (not included)", "По (не включая)")
  static let begun = Phrase("Begun", "Начата")
  static let published = Phrase("Published journeys", "Запущенные сценарии")
  static let standAside = Phrase("stand aside", "не участвуют")
  static let compete = Phrase("take part", "участвуют")
  static let rehearsing = Phrase("Running", "Идёт")
  static let rehearsalDone = Phrase("Done", "Готово")
  static let rehearsalFailed = Phrase("Failed", "Ошибка")
  static let rehearsalCancelled = Phrase("Cancelled", "Отменена")
  static let noRehearsals = Phrase("No rehearsals yet", "Репетиций пока нет")
  static let noRehearsalsHint = Phrase(
    "A draft shows here what it would have done, before anybody gets it. From files: roost journey rehearse FILE --from … --to …",
    "Здесь черновик покажет, что он сделал бы, прежде чем кто-то это получит. Из файлов: roost journey rehearse FILE --from … --to …"
  )
}
