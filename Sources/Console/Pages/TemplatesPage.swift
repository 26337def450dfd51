import RoostCore

/// All templates, snippets and layouts.
public struct TemplatesPage: Page {
  public struct Row: Sendable {
    public var key: String
    public var name: String
    /// `email` …; "" for snippets and layouts.
    public var channel: String
    /// `message`, `snippet` or `layout`.
    public var kind: String
    public var languages: [String]
    public var version: Int
    public var updatedAt: Instant
    /// Things that nothing in the workspace is called.
    public var findings: Int

    public init(
      key: String, name: String, channel: String, kind: String, languages: [String], version: Int, updatedAt: Instant,
      findings: Int
    ) {
      self.key = key
      self.name = name
      self.channel = channel
      self.kind = kind
      self.languages = languages
      self.version = version
      self.updatedAt = updatedAt
      self.findings = findings
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  public var section: Section? { .templates }
  public func title(in frame: Frame) -> Title { .phrase(.templates) }

  public func write(into html: inout HTML, in frame: Frame) {
    html("p") { html in html("a", .href(Route.vouchers(workspace: frame.workspaceKey).link), say: .vouchers) }
    html("section", .class("card")) { html in
      guard !rows.isEmpty else { return html.empty(Section.templates.drawing, .noTemplates, .noTemplatesHint) }
      let columns = [
        Column(.template), Column(.channel), Column(.languages, .minor), Column(.version, .minorNumber),
        Column(.lastChange, .minor),
      ]
      html.table(.templates, columns) { html in
        for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
      }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("a", .class("strong"), .href(Route.template(workspace: workspace, key: row.key).link), data: row.name)
      if row.name != row.key { html("small", data: row.key) }
      if row.findings > 0 { html.pill(.bad, .unknownNames) }
    }
    html.cell { html in
      switch row.kind {
      case "snippet": html.pill(.quiet, .snippet)
      case "layout": html.pill(.quiet, .layout)
      default: html.data(row.channel)
      }
    }
    html.cell(.minor, data: row.languages.joined(separator: ", "))
    html.cell(.minorNumber) { html in html.number(row.version) }
    html.cell(.minor) { html in html.time(row.updatedAt) }
  }
}

extension Phrase {
  static let templates = Phrase("Templates", "Шаблоны")
  static let version = Phrase("Version", "Версия")
  static let languages = Phrase("Languages", "Языки")
  static let snippet = Phrase("snippet", "фрагмент")
  static let layout = Phrase("layout", "макет")
  static let unknownNames = Phrase("unknown names", "неизвестные имена")
  static let noTemplates = Phrase("There are no templates yet", "Шаблонов пока нет")
  static let noTemplatesHint = Phrase(
    "Put one with PUT …/templates/{key}, or with roost journey apply.",
    "Добавьте шаблон через PUT …/templates/{key} или roost journey apply.")
}
