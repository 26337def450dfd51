import RoostCore

/// All messages, sent or not, with what became of them.
public struct MessagesPage: Page {
  /// What the list is narrowed to; "" and `nil` stand for everything.
  public struct Filter: Sendable {
    public var journey: String
    public var person: String
    public var status: MessageRow.Status?

    public init(journey: String = "", person: String = "", status: MessageRow.Status? = nil) {
      self.journey = journey
      self.person = person
      self.status = status
    }

    var isEmpty: Bool { journey.isEmpty && person.isEmpty && status == nil }
  }

  public var filter: Filter
  /// Keys of journeys to choose from.
  public var journeys: [String]
  /// Newest first.
  public var rows: [MessageRow]
  public var isFirst: Bool
  public var next: String?

  public init(filter: Filter, journeys: [String], rows: [MessageRow], isFirst: Bool, next: String? = nil) {
    self.filter = filter
    self.journeys = journeys
    self.rows = rows
    self.isFirst = isFirst
    self.next = next
  }

  public var section: Section? { .messages }
  public func title(in frame: Frame) -> Title { .phrase(.messages) }

  public func write(into html: inout HTML, in frame: Frame) {
    let list = Route.messages(workspace: frame.workspaceKey).link
    filters(into: &html, list)
    html.live("messages") { html in
      html("section", .class("card")) { html in
        if !rows.isEmpty {
          html.messageTable(rows, frame.workspaceKey)
        } else if filter.isEmpty {
          html.empty(Section.messages.drawing, .noMessages, .noMessagesHint)
        } else {
          html.empty(Section.messages.drawing, .noSuchMessages, .noSuchMessagesHint)
        }
      }
    }
    let filtered = list.adding("journey", filter.journey).adding("person", filter.person)
      .adding("status", filter.status?.rawValue ?? "")
    html.pager(filtered, isFirst: isFirst, next: next)
  }

  private func filters(into html: inout HTML, _ list: Link) {
    html("form", .class("filters"), .method("get"), .action(list)) { html in
      html("label") { html in
        html("span", say: .status)
        html("select", .name("status")) { html in
          html("option", .value(""), say: .any)
          for status in MessageRow.Status.allCases {
            html(
              "option", .value(status.rawValue), status == filter.status ? .flag(.selected) : .none, say: status.phrase)
          }
        }
      }
      html("label") { html in
        html("span", say: .journey)
        html("select", .name("journey")) { html in
          html("option", .value(""), say: .any)
          for journey in journeys {
            html("option", .value(journey), journey == filter.journey ? .flag(.selected) : .none) { html in
              html.text(journey.excerpt(60))
            }
          }
        }
      }
      html("label") { html in
        html("span", say: .person)
        html.void(
          "input", .name("person"), .type("text"), .value(filter.person), .placeholder(.personReference),
          .fixed(.spellcheck, "false"))
      }
      html("button", .type("submit"), say: .show)
      if !filter.isEmpty { html("a", .class("reset"), .href(list), say: .showEverything) }
    }
  }
}

extension Phrase {
  static let any = Phrase("Any", "Любой")
  static let show = Phrase("Show", "Показать")
  static let showEverything = Phrase("Show everything", "Сбросить")
  static let personReference = Phrase("ID or email:ann@example.com", "ID или email:ann@example.com")
  static let noSuchMessages = Phrase("No message fits", "Подходящих сообщений нет")
  static let noSuchMessagesHint = Phrase("Choose fewer conditions.", "Уберите часть условий.")
}
