import RoostCore

/// All workspaces of the server; how to make the first one where there is none.
public struct WorkspacesPage: Page {
  public struct Row: Sendable {
    public var key: String
    public var name: String
    public var people: Int
    public var events: Int
    public var publishedJourneys: Int

    public init(key: String, name: String, people: Int, events: Int, publishedJourneys: Int) {
      self.key = key
      self.name = name
      self.people = people
      self.events = events
      self.publishedJourneys = publishedJourneys
    }
  }

  public var rows: [Row]
  /// `http://HOST:PORT`, for examples.
  public var serverAddress: String

  public init(rows: [Row], serverAddress: String) {
    self.rows = rows
    self.serverAddress = serverAddress
  }

  public func title(in frame: Frame) -> Title { .phrase(.allWorkspaces) }

  public func write(into html: inout HTML, in frame: Frame) {
    guard !rows.isEmpty else { return firstSteps(into: &html) }
    let columns = [
      Column(.workspace), Column(.people, .number), Column(.events, .number), Column(.publishedJourneys, .minorNumber),
    ]
    html("section", .class("card")) { html in
      html.table(.allWorkspaces, columns) { html in
        for row in rows {
          html("tr") { html in
            html.cell { html in
              html("a", .class("strong"), .href(Route.overview(workspace: row.key).link), data: row.name)
              html("small", data: row.key)
            }
            html.cell(.number) { html in html.number(row.people) }
            html.cell(.number) { html in html.number(row.events) }
            html.cell(.minorNumber) { html in html.number(row.publishedJourneys) }
          }
        }
      }
    }
  }

  private func firstSteps(into html: inout HTML) {
    html("section", .class("card")) { html in
      html.empty(.bird, .noWorkspace, .noWorkspaceHint)
      html.code(
        """
        curl -X POST \(serverAddress)/api/v1/workspaces \\
          -H "Authorization: Bearer $(cat roost-data/operator.token)" \\
          -H 'Content-Type: application/json' \\
          -d '{"key":"shop","name":"My shop","timezone":"Europe/Rome","currency":"EUR","locale":"en"}'
        """, .example)
    }
  }
}

extension Phrase {
  static let events = Phrase("Events", "События")
  static let publishedJourneys = Phrase("Published journeys", "Запущенные сценарии")
  static let example = Phrase("Example", "Пример")
  static let noWorkspace = Phrase("No workspace yet", "Пока нет ни одного пространства")
  static let noWorkspaceHint = Phrase(
    "A workspace holds one company’s people, segments and journeys. Create the first from a terminal; the answer has its write key and secret key.",
    "В рабочем пространстве живут люди, сегменты и сценарии одной компании. Создайте первое из терминала; в ответе будут ключ записи и секретный ключ."
  )
}
