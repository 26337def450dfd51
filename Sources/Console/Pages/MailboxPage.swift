import RoostCore

/// The built-in mailbox: letters for which no channel is configured.
public struct MailboxPage: Page {
  public struct Row: Sendable {
    public var id: String
    public var workspace: WorkspaceName
    public var to: String
    public var subject: String
    /// The beginning of the text part.
    public var preview: String
    public var at: Instant

    public init(id: String, workspace: WorkspaceName, to: String, subject: String, preview: String, at: Instant) {
      self.id = id
      self.workspace = workspace
      self.to = to
      self.subject = subject
      self.preview = preview
      self.at = at
    }
  }

  /// Newest first.
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

  public var section: Section? { .mailbox }
  public func title(in frame: Frame) -> Title { .phrase(.mailbox) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html("span", .class("hint")) { html in html.say(total, .letters) }
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.notSent()
    html.live("letters") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else { return html.empty(Section.mailbox.drawing, .noLetters, .noLettersHint) }
        html.table(.mailbox, [Column(.recipient), Column(.subject), Column(.workspace, .minor), Column(.date, .minor)])
        { html in
          for row in rows {
            html("tr") { html in
              html.cell { html in html.data(row.to, charactersMax: 60) }
              html.cell { html in
                html("a", .class("strong"), .href(Route.letter(id: row.id).link)) { html in
                  if row.subject.isEmpty { html.say(.noSubject) } else { html.data(row.subject, charactersMax: 90) }
                }
                html("small") { html in html.data(row.preview, charactersMax: 90) }
              }
              html.cell(.minor, data: row.workspace.name)
              html.cell(.minor) { html in html.time(row.at) }
            }
          }
        }
      }
    }
    html.pager(Route.mailbox.link, isFirst: isFirst, next: next)
  }
}

/// A letter in the built-in mailbox.
public struct LetterPage: Page {
  public var id: String
  public var workspace: WorkspaceName
  /// The message it came from, in its workspace.
  public var messageID: String
  public var letter: LetterContent

  public init(id: String, workspace: WorkspaceName, messageID: String, letter: LetterContent) {
    self.id = id
    self.workspace = workspace
    self.messageID = messageID
    self.letter = letter
  }

  public var section: Section? { .mailbox }
  public func title(in frame: Frame) -> Title { letter.subject.isEmpty ? .phrase(.noSubject) : .data(letter.subject) }
  public func crumbs(in frame: Frame) -> [Crumb] { [Crumb(.phrase(.mailbox), .mailbox)] }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    html("a", .class("button"), .href(Route.message(workspace: workspace.key, id: messageID).link), say: .why)
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.notSent()
    html.letter(letter, body: .letterBody(id: id))
  }
}

extension HTML {
  fileprivate mutating func notSent() {
    self("p", .class("notice"), say: .notSentToAnybody)
  }
}

extension Plural {
  static let letters = Plural(("letter", "letters"), ("письмо", "письма", "писем"))
}

extension Phrase {
  static let notSentToAnybody = Phrase(
    "These letters were not sent to anybody: no channel is configured for them.",
    "Эти письма никому не отправлены: канал для них не настроен.")
  static let noLetters = Phrase("The mailbox is empty", "Ящик пуст")
  static let noLettersHint = Phrase(
    "Letters of workspaces without an e-mail channel arrive here, exactly as they would have been sent.",
    "Сюда приходят письма пространств без почтового канала — такими, какими ушли бы получателю.")
}
