import RoostCore

/// Events that could not be taken in, kept until somebody mends them.
public struct QuarantinePage: Page {
  public struct Row: Sendable {
    public var id: String
    public var receivedAt: Instant
    /// `track`, `identify`…; "" where not even that could be read.
    public var type: String
    public var event: String
    /// An enumerated reason.
    public var reason: String
    public var pointer: String
    public var detail: String

    public init(
      id: String, receivedAt: Instant, type: String, event: String, reason: String, pointer: String, detail: String
    ) {
      self.id = id
      self.receivedAt = receivedAt
      self.type = type
      self.event = event
      self.reason = reason
      self.pointer = pointer
      self.detail = detail
    }
  }

  public var rows: [Row]
  public var total: Int
  public var isFirst: Bool
  public var next: String?

  public init(rows: [Row], total: Int, isFirst: Bool, next: String? = nil) {
    self.rows = rows
    self.total = total
    self.isFirst = isFirst
    self.next = next
  }

  public var section: Section? { .quarantine }
  public func title(in frame: Frame) -> Title { .phrase(.quarantine) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html("span", .class("hint")) { html in html.say(total, .events) }
  }

  public func write(into html: inout HTML, in frame: Frame) {
    let workspace = frame.workspaceKey
    html("section", .class("card")) { html in
      guard !rows.isEmpty else { return html.empty(Section.quarantine.drawing, .nothingRejected, .nothingRejectedHint) }
      let columns = [Column(.whatIsWrong), Column(.event), Column(.place, .minor), Column(.received, .minor)]
      html.table(.quarantine, columns) { html in
        for row in rows {
          html("tr") { html in
            html.cell { html in
              html("a", .class("strong"), .href(Route.quarantined(workspace: workspace, id: row.id).link)) { html in
                html.data(row.detail, charactersMax: 120)
              }
              html("small") { html in html.dropReason(row.reason) }
            }
            html.cell { html in
              if row.event.isEmpty { html.nothing() } else { html.data(row.event, charactersMax: 60) }
              html("small", data: row.type)
            }
            html.cell(.minor) { html in html("code", data: row.pointer.isEmpty ? "/" : row.pointer) }
            html.cell(.minor) { html in html.time(row.receivedAt) }
          }
        }
      }
    }
    html.pager(Route.quarantine(workspace: workspace).link, isFirst: isFirst, next: next)
  }
}

/// A rejected event, to be mended and replayed.
public struct QuarantinedPage: Page {
  public var row: QuarantinePage.Row
  /// The event as it came, or as it was last edited.
  public var body: String

  public init(row: QuarantinePage.Row, body: String) {
    self.row = row
    self.body = body
  }

  public var section: Section? { .quarantine }
  public func title(in frame: Frame) -> Title { row.event.isEmpty ? .phrase(.rejectedEvent) : .data(row.event) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.quarantine), .quarantine(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.card(.whatIsWrong) { html in
      html("p", .class("lead")) { html in html.data(row.detail, charactersMax: 600) }
      html("dl", .class("facts")) { html in
        html.fact(.reasonCode) { html in
          html.dropReason(row.reason)
          html("small") { html in html("code", data: row.reason) }
        }
        html.fact(.place) { html in html("code", data: row.pointer.isEmpty ? "/" : row.pointer) }
        html.fact(.received) { html in html.time(row.receivedAt, seconds: true) }
      }
    }
    html.card(.mend) { html in
      html.form(.quarantineReplay(workspace: frame.workspaceKey, id: row.id), frame, .class("mend")) { html in
        html("label", .for("body"), say: .eventAsJSON)
        html(
          "textarea", .id("body"), .name("body"), .fixed(.rows, "16"), .fixed(.spellcheck, "false"),
          .describedBy("mend-hint")
        ) {
          html in html.verbatim(body)
        }
        html("p", .class("hint"), .id("mend-hint"), say: .mendHint)
        html("button", .class("primary"), .type("submit"), say: .replay)
      }
    }
  }
}

extension Plural {
  static let events = Plural(("event", "events"), ("событие", "события", "событий"))
}

extension Phrase {
  static let whatIsWrong = Phrase("What is wrong", "Что не так")
  static let place = Phrase("Place", "Место")
  static let reasonCode = Phrase("Reason", "Причина")
  static let rejectedEvent = Phrase("Rejected event", "Отклонённое событие")
  static let mend = Phrase("Mend and replay", "Исправить и принять")
  static let eventAsJSON = Phrase("The event as JSON", "Событие в JSON")
  static let mendHint = Phrase(
    "It is taken in as if it came just now, with its own timestamp. A messageId that was seen before changes nothing.",
    "Оно будет принято, как если бы пришло сейчас, со своим временем. Повторный messageId ничего не изменит.")
  static let replay = Phrase("Replay", "Принять")
  static let nothingRejected = Phrase("Nothing is in quarantine", "Карантин пуст")
  static let nothingRejectedHint = Phrase(
    "Events that break a rule are kept here instead of being lost: with the reason, to be mended and replayed.",
    "События с ошибками не теряются, а ждут здесь: с причиной, чтобы исправить их и принять.")
}
