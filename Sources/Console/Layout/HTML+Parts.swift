import RoostCore

/// The parts that pages are made of.
extension HTML {
  /// A titled block.
  mutating func card(_ title: Phrase, count: Int? = nil, content: (inout HTML) -> Void) {
    self("section", .class("card")) { html in
      html("h2") { html in
        html.say(title)
        if let count {
          html("span", .class("count")) { html in html.number(count) }
        }
      }
      content(&html)
    }
  }

  /// A table under a heading that says what it lists; scrolls sideways where it must.
  mutating func table(_ caption: Phrase, _ columns: [Column], rows: (inout HTML) -> Void) {
    self("div", .class("table"), .fixed(.role, "region"), .label(caption), .fixed(.tabindex, "0")) { html in
      html("table") { html in
        html("thead") { html in
          html("tr") { html in
            for column in columns {
              html("th", .class(column.kind.classes), .fixed(.scope, "col"), say: column.title)
            }
          }
        }
        html("tbody", content: rows)
      }
    }
  }

  mutating func cell(_ kind: Column.Kind = .main, content: (inout HTML) -> Void) {
    self("td", .class(kind.classes), content: content)
  }

  mutating func cell(_ kind: Column.Kind = .main, data text: String) {
    cell(kind) { html in
      if text.isEmpty { html.nothing() } else { html.data(text) }
    }
  }

  /// Where there is no value.
  mutating func nothing() {
    self("span", .class("none")) { html in html.text("—") }
  }

  /// A state in a word and a colour.
  mutating func pill(_ tone: Tone, _ phrase: Phrase) {
    self("span", .class(tone.classes), say: phrase)
  }

  /// A name and its value in a list of facts.
  mutating func fact(_ name: Phrase, content: (inout HTML) -> Void) {
    self("div") { html in
      html("dt", say: name)
      html("dd", content: content)
    }
  }

  /// A figure that one reads from afar.
  mutating func figure(_ name: Phrase, _ count: Int, to route: Route? = nil, hint: ((inout HTML) -> Void)? = nil) {
    self("div") { html in
      html("dt") { html in
        if let route { html("a", .href(route.link), say: name) } else { html.say(name) }
      }
      html("dd") { html in html.number(count) }
      if let hint { html("dd", .class("hint"), content: hint) }
    }
  }

  /// What one sees where nothing is yet: what would be here, and how it gets here.
  mutating func empty(_ drawing: Drawing, _ title: Phrase, _ hint: Phrase) {
    self("div", .class("empty")) { html in
      html.icon(drawing)
      html("p", .class("what-is-missing"), say: title)
      html("p", say: hint)
    }
  }

  /// Text to read or copy as it is.
  mutating func code(_ text: String, _ label: Phrase) {
    self("pre", .class("code"), .fixed(.tabindex, "0"), .fixed(.role, "region"), .label(label)) { html in
      html.verbatim(text)
    }
  }

  /// Ways to the next part of a list, and back to its beginning.
  mutating func pager(_ list: Link, isFirst: Bool, next: String?) {
    guard !isFirst || next != nil else { return }
    self("nav", .class("pager"), .label(.pages)) { html in
      if !isFirst { html("a", .class("button"), .href(list), say: .toBeginning) }
      if let next { html("a", .class("button"), .href(list.adding("cursor", next)), say: .nextPage) }
    }
  }

  /// A value as it was sent.
  mutating func value(_ value: Value) {
    switch value {
    case .null: self("code", .class("none")) { html in html.text("null") }
    case .bool(let flag): self("code") { html in html.text(flag ? "true" : "false") }
    case .number(let number): text(plain(number))
    case .string(let text): data(text, charactersMax: 400)
    case .json(let json): self("code") { html in html.data(json, charactersMax: 400) }
    }
  }

  private func plain(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A column of a table.
struct Column {
  enum Kind {
    case main
    /// Right-aligned figures.
    case number
    /// Left out where the table is narrow.
    case minor
    case minorNumber
    /// Ids and keys.
    case code

    var classes: StaticString {
      switch self {
      case .main: "main"
      case .number: "number"
      case .minor: "minor"
      case .minorNumber: "number minor"
      case .code: "code"
      }
    }
  }

  var title: Phrase
  var kind: Kind

  init(_ title: Phrase, _ kind: Kind = .main) {
    self.title = title
    self.kind = kind
  }
}

/// What a state means to the reader.
enum Tone {
  case good, waiting, bad, quiet, neutral

  var classes: StaticString {
    switch self {
    case .good: "pill good"
    case .waiting: "pill waiting"
    case .bad: "pill bad"
    case .quiet: "pill quiet"
    case .neutral: "pill"
    }
  }
}

extension Phrase {
  static let pages = Phrase("Pages", "Страницы")
  static let nextPage = Phrase("Next page", "Дальше")
  static let toBeginning = Phrase("Back to the beginning", "В начало")
}
