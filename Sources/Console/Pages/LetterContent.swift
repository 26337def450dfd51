import RoostCore

/// What a message says.
public struct LetterContent: Sendable {
  public var from: String
  public var to: String
  public var subject: String
  public var at: Instant
  /// The plain text part.
  public var text: String
  /// There is an HTML part, served apart for the frame.
  public var hasHTML: Bool

  public init(from: String, to: String, subject: String, at: Instant, text: String, hasHTML: Bool) {
    self.from = from
    self.to = to
    self.subject = subject
    self.at = at
    self.text = text
    self.hasHTML = hasHTML
  }
}

extension HTML {
  /// Header, HTML part in a frame without scripts, forms and origin, and the text part.
  mutating func letter(_ letter: LetterContent, body: Route) {
    self("section", .class("card letter")) { html in
      html("dl", .class("facts")) { html in
        html.fact(.from) { html in html.data(letter.from) }
        html.fact(.to) { html in html.data(letter.to) }
        html.fact(.subject) { html in html("strong", data: letter.subject) }
        html.fact(.date) { html in html.time(letter.at) }
      }
      if letter.hasHTML {
        html("iframe", .src(body.link), .fixed(.sandbox, ""), .title(.letterContent)) { _ in }
        html("details") { html in
          html("summary", say: .plainText)
          html.code(letter.text, .plainText)
        }
      } else {
        html("pre", .class("prose")) { html in html.verbatim(letter.text) }
      }
    }
  }
}

extension Phrase {
  static let from = Phrase("From", "От")
  static let to = Phrase("To", "Кому")
  static let subject = Phrase("Subject", "Тема")
  static let date = Phrase("Date", "Дата")
  static let letterContent = Phrase("Content of the letter", "Содержание письма")
  static let plainText = Phrase("Plain text part", "Текстовая часть")
}
