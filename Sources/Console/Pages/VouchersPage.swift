import RoostCore

/// The pools of vouchers: what is left of each, and which templates wait for it.
public struct VouchersPage: Page {
  public struct Row: Sendable {
    public var key: String
    public var name: String
    public var codes: Int
    public var given: Int
    public var left: Int
    /// From when on no code is given; `nil` if never.
    public var expiresAt: Instant?
    public var isExpired: Bool
    /// The keys of templates that show its codes.
    public var templates: [String]

    public init(
      key: String, name: String, codes: Int, given: Int, left: Int, expiresAt: Instant?, isExpired: Bool,
      templates: [String]
    ) {
      self.key = key
      self.name = name
      self.codes = codes
      self.given = given
      self.left = left
      self.expiresAt = expiresAt
      self.isExpired = isExpired
      self.templates = templates
    }

    /// Messages ask for its codes and get none: they are not sent.
    var isShort: Bool { !templates.isEmpty && (isExpired || left == 0) }
  }

  public var rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  public var section: Section? { .templates }
  public func title(in frame: Frame) -> Title { .phrase(.vouchers) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.templates), .templates(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    if rows.contains(where: \.isShort) {
      html("p", .class("notice bad"), .fixed(.role, "alert"), say: .vouchersShort)
    }
    html("section", .class("card")) { html in html("p", .class("hint"), say: .vouchersHint) }
    html("section", .class("card")) { html in
      guard !rows.isEmpty else { return html.empty(Section.templates.drawing, .noVouchers, .noVouchersHint) }
      let columns = [
        Column(.voucherPool), Column(.vouchersLeft, .number), Column(.vouchersGiven, .minorNumber),
        Column(.voucherCodes, .minorNumber), Column(.vouchersUntil, .minor), Column(.templates),
      ]
      html.table(.vouchers, columns) { html in
        for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
      }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("span", .class("strong"), data: row.name)
      if row.name != row.key { html("small", data: row.key) }
      html.text(" ")
      if row.isExpired {
        html.pill(row.isShort ? .bad : .quiet, .poolExpired)
      } else if row.left == 0 {
        html.pill(row.isShort ? .bad : .quiet, .poolEmpty)
      }
    }
    html.cell(.number) { html in html.number(row.left) }
    html.cell(.minorNumber) { html in html.number(row.given) }
    html.cell(.minorNumber) { html in html.number(row.codes) }
    html.cell(.minor) { html in
      if let expiresAt = row.expiresAt { html.time(expiresAt) } else { html.nothing() }
    }
    html.cell { html in
      guard !row.templates.isEmpty else { return html.nothing() }
      for (place, template) in row.templates.prefix(10).enumerated() {
        if place > 0 { html.text(", ") }
        html("a", .href(Route.template(workspace: workspace, key: template).link), data: template)
      }
      if row.templates.count > 10 { html.text(" …") }
    }
  }
}

extension Phrase {
  static let vouchers = Phrase("Vouchers", "Промокоды")
  static let vouchersHint = Phrase(
    """
    Each message whose template shows a code of a pool is given one of its own, just before it goes out. A message for \
    which there is none is not sent.
    """,
    """
    Каждое сообщение, в шаблоне которого есть код из пула, получает свой код прямо перед отправкой. Если кода не \
    нашлось, сообщение не отправляется.
    """)
  static let vouchersShort = Phrase(
    "A pool that templates use is empty or has expired: messages that need its codes are not sent. Bring new codes.",
    "Пул, который нужен шаблонам, пуст или истёк: сообщения с его кодами не отправляются. Добавьте новые коды.")
  static let voucherPool = Phrase("Pool", "Пул")
  static let vouchersLeft = Phrase("Left", "Осталось")
  static let vouchersGiven = Phrase("Given", "Выдано")
  static let voucherCodes = Phrase("Codes", "Кодов")
  static let vouchersUntil = Phrase("Given until", "Выдаются до")
  static let poolExpired = Phrase("expired", "истёк")
  static let poolEmpty = Phrase("empty", "пуст")
  static let noVouchers = Phrase("There are no pools of vouchers yet", "Пулов промокодов пока нет")
  static let noVouchersHint = Phrase(
    "Put one with PUT …/vouchers/{pool}, and bring its codes with roost import vouchers codes.txt --pool KEY.",
    "Добавьте пул через PUT …/vouchers/{pool}, а его коды — через roost import vouchers codes.txt --pool KEY.")
}
