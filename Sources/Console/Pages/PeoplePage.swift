import RoostCore

/// Search for people.
public struct PeoplePage: Page {
  public struct Row: Sendable {
    public var person: PersonName
    /// "" where there is none.
    public var userID: String
    public var email: String
    public var createdAt: Instant
    public var lastSeenAt: Instant
    public var orders: Int

    public init(
      person: PersonName, userID: String, email: String, createdAt: Instant, lastSeenAt: Instant, orders: Int
    ) {
      self.person = person
      self.userID = userID
      self.email = email
      self.createdAt = createdAt
      self.lastSeenAt = lastSeenAt
      self.orders = orders
    }
  }

  /// What was searched for, as typed.
  public var query: String
  public var rows: [Row]
  /// All people of the workspace.
  public var total: Int
  public var isFirst: Bool
  /// Cursor of the next page.
  public var next: String?

  public init(query: String, rows: [Row], total: Int, isFirst: Bool, next: String? = nil) {
    self.query = query
    self.rows = rows
    self.total = total
    self.isFirst = isFirst
    self.next = next
  }

  public var section: Section? { .people }
  public func title(in frame: Frame) -> Title { .phrase(.people) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html("span", .class("hint")) { html in html.say(total, .people) }
  }

  public func write(into html: inout HTML, in frame: Frame) {
    let list = Route.people(workspace: frame.workspaceKey).link
    html("form", .class("search"), .method("get"), .action(list), .fixed(.role, "search")) { html in
      html("label", .class("hidden"), .for("query"), say: .searchPeople)
      html.void(
        "input", .id("query"), .name("query"), .type("search"), .value(query), .placeholder(.searchPeople),
        .fixed(.autocomplete, "off"), .fixed(.spellcheck, "false"))
      html("button", .class("primary"), .type("submit"), say: .search)
    }
    html("section", .class("card")) { html in
      if rows.isEmpty {
        if query.isEmpty {
          html.empty(Section.people.drawing, .noPeople, .noPeopleHint)
        } else {
          html.empty(Section.people.drawing, .nobodyFound, .nobodyFoundHint)
        }
      } else {
        results(into: &html, frame.workspaceKey)
      }
    }
    html.pager(list.adding("query", query), isFirst: isFirst, next: next)
  }

  private func results(into html: inout HTML, _ workspace: String) {
    let columns = [
      Column(.person), Column(.userID, .minor), Column(.orders, .minorNumber), Column(.known, .minor),
      Column(.lastSeen),
    ]
    html.table(.people, columns) { html in
      for row in rows {
        html("tr") { html in
          html.cell { html in
            html(
              "a", .class("strong"), .href(Route.person(workspace: workspace, id: row.person.id).link),
              data: row.person.label)
            html("small") { html in
              if row.email.isEmpty || row.email == row.person.label {
                html.data(row.person.id)
              } else {
                html.data(row.email)
              }
            }
          }
          html.cell(.minor, data: row.userID)
          html.cell(.minorNumber) { html in html.number(row.orders) }
          html.cell(.minor) { html in html.date(row.createdAt) }
          html.cell { html in html.time(row.lastSeenAt) }
        }
      }
    }
  }
}

extension Plural {
  static let people = Plural(("person", "people"), ("человек", "человека", "человек"))
}

extension Phrase {
  static let person = Phrase("Person", "Человек")
  static let userID = Phrase("User ID", "ID клиента")
  static let orders = Phrase("Orders", "Заказы")
  static let known = Phrase("Known since", "Известен с")
  static let lastSeen = Phrase("Last seen", "Последняя активность")
  static let search = Phrase("Search", "Найти")
  static let searchPeople = Phrase(
    "E-mail, phone, user ID or anonymous ID", "Почта, телефон, ID клиента или анонимный ID")
  static let noPeople = Phrase("Nobody is known yet", "Пока никого нет")
  static let noPeopleHint = Phrase(
    "People appear with their first event. Send one, or import a file.",
    "Люди появляются с первым событием. Отправьте его или загрузите файл.")
  static let nobodyFound = Phrase("Nobody found", "Никого не нашлось")
  static let nobodyFoundHint = Phrase(
    "Search takes a whole e-mail address, phone number, user ID or anonymous ID.",
    "Ищите по полному адресу почты, номеру телефона, ID клиента или анонимному ID.")
}
