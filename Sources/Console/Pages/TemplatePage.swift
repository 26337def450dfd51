import RoostCore

/// One template as somebody would get it: any person's values or the sample's, in each language, wide and narrow.
public struct TemplatePage: Page {
  /// What the preview is made of.
  public struct Choice: Sendable {
    /// As typed: an id, `user:42`, an e-mail address; "" for the sample.
    public var person: String
    /// "" for the person's own.
    public var language: String
    /// The width of a desktop's window in pixels: 640, which is the letter with a margin, or 1,000.
    public var isWide: Bool

    public init(person: String, language: String, isWide: Bool) {
      self.person = person
      self.language = language
      self.isWide = isWide
    }
  }

  /// A value that is not there, or a name that there is none of.
  public struct Finding: Sendable {
    public var value: String
    /// `/html, 3:8`
    public var place: String
    /// What is wrong with the name; "" for a value that this person does not have.
    public var detail: String

    public init(value: String, place: String, detail: String) {
      self.value = value
      self.place = place
      self.detail = detail
    }
  }

  public var key: String
  public var name: String
  public var channel: String
  public var version: Int
  public var languages: [String]
  public var choice: Choice
  /// The parts but HTML and plain text, by their names.
  public var parts: [(name: String, text: String)]
  public var text: String?
  /// Bytes of the HTML part; `nil` if there is none.
  public var htmlBytes: Int?
  public var missing: [Finding]
  public var unknown: [Finding]
  public var isStrict: Bool
  /// Why nothing could be rendered; "" if it could.
  public var fault: String
  /// The definition as YAML text.
  public var definition: String
  /// Somewhere a test can be sent: the channel is one that hands over.
  public var isSendable: Bool

  public init(
    key: String, name: String, channel: String, version: Int, languages: [String], choice: Choice,
    parts: [(name: String, text: String)], text: String?, htmlBytes: Int?, missing: [Finding], unknown: [Finding],
    isStrict: Bool, fault: String, definition: String, isSendable: Bool
  ) {
    self.key = key
    self.name = name
    self.channel = channel
    self.version = version
    self.languages = languages
    self.choice = choice
    self.parts = parts
    self.text = text
    self.htmlBytes = htmlBytes
    self.missing = missing
    self.unknown = unknown
    self.isStrict = isStrict
    self.fault = fault
    self.definition = definition
    self.isSendable = isSendable
  }

  /// Gmail shows only so much of a letter and cuts the rest off behind a link.
  static let clippedBytes = 102 * 1_024

  public var section: Section? { .templates }
  public func title(in frame: Frame) -> Title { .data(name) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.templates), .templates(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    chooser(into: &html, frame)
    if !fault.isEmpty {
      html("div", .class("notice bad"), .fixed(.role, "alert")) { html in
        html("strong", say: .cannotBeRendered)
        html.text(" ")
        html.data(fault, charactersMax: 600)
      }
    }
    if fault.isEmpty {
      html("section", .class("card letter")) { html in
        html("dl", .class("facts")) { html in
          for part in parts {
            html("div") { html in
              html("dt", data: part.name)
              html("dd") { html in html.data(part.text, charactersMax: 2_000) }
            }
          }
          if let htmlBytes { html.fact(.size) { html in size(htmlBytes, into: &html) } }
        }
        if htmlBytes != nil { frames(into: &html, frame) }
        plainText(into: &html)
      }
    }
    html("div", .class("columns even")) { html in
      html("div") { html in
        findings(into: &html)
        if isSendable { test(into: &html, frame) }
      }
      html("div") { html in
        html.card(.definition) { html in
          html("p", .class("lead")) { html in
            html("code", data: key)
            html.text(" · v\(version) · ")
            html.data(channel)
          }
          html.code(definition, .definition)
        }
      }
    }
  }

  private func chooser(into html: inout HTML, _ frame: Frame) {
    let page = Route.template(workspace: frame.workspaceKey, key: key).link
    html("form", .class("filters"), .method("get"), .action(page)) { html in
      html("label") { html in
        html("span", say: .asWhom)
        html.void(
          "input", .name("person"), .type("text"), .value(choice.person), .placeholder(.sampleOrPerson),
          .fixed(.spellcheck, "false"))
      }
      html("label") { html in
        html("span", say: .language)
        html("select", .name("lang")) { html in
          html("option", .value(""), say: .personsOwn)
          for language in languages {
            html("option", .value(language), language == choice.language ? .flag(.selected) : .none) { html in
              html.text(language.excerpt(20))
            }
          }
        }
      }
      html("label") { html in
        html("span", say: .windowWidth)
        html("select", .name("width")) { html in
          html("option", .value("640")) { html in html.pixels(640) }
          html("option", .value("1000"), choice.isWide ? .flag(.selected) : .none) { html in html.pixels(1_000) }
        }
      }
      html("button", .type("submit"), say: .show)
    }
  }

  private func size(_ bytes: Int, into html: inout HTML) {
    html.text("\((bytes + 512) / 1_024) ")
    html.say(.kilobytes)
    if bytes > Self.clippedBytes {
      html.text(" ")
      html.pill(.bad, .clipped)
      html("small", say: .clippedHint)
    }
  }

  private func frames(into html: inout HTML, _ frame: Frame) {
    let body = Route.templateBody(workspace: frame.workspaceKey, key: key).link
      .adding("person", choice.person).adding("lang", choice.language)
    html("div", .class("previews")) { html in
      html("figure", .class(choice.isWide ? "preview wide" : "preview")) { html in
        html("figcaption") { html in
          html.say(.desktop)
          html.text(" · ")
          html.pixels(choice.isWide ? 1_000 : 640)
        }
        html("iframe", .src(body), .fixed(.sandbox, ""), .title(.desktop)) { _ in }
      }
      html("figure", .class("preview phone")) { html in
        html("figcaption") { html in
          html.say(.phoneWindow)
          html.text(" · ")
          html.pixels(375)
        }
        html("iframe", .src(body), .fixed(.sandbox, ""), .title(.phoneWindow)) { _ in }
      }
    }
  }

  private func plainText(into html: inout HTML) {
    guard let text else {
      if htmlBytes != nil { html("p", .class("hint"), say: .noPlainText) }
      return
    }
    guard htmlBytes != nil else {
      return html("pre", .class("prose")) { html in html.verbatim(text) }
    }
    html("details") { html in
      html("summary", say: .plainText)
      html.code(text, .plainText)
    }
  }

  private func findings(into html: inout HTML) {
    html.card(.missingValues, count: missing.count) { html in
      if missing.isEmpty, unknown.isEmpty { html("p", .class("hint"), say: .nothingMissing) }
      if !missing.isEmpty {
        html("p", .class("hint"), say: isStrict ? .strictHint : .lenientHint)
        list(missing, into: &html)
      }
      if !unknown.isEmpty {
        html("h3", say: .unknownNames)
        list(unknown, into: &html)
      }
    }
  }

  private func list(_ findings: [Finding], into html: inout HTML) {
    html("ul", .class("findings")) { html in
      for finding in findings {
        html("li") { html in
          html("code", data: finding.value)
          html.text(" ")
          html("small", data: finding.place)
          if !finding.detail.isEmpty {
            html.text(" ")
            html.data(finding.detail, charactersMax: 300)
          }
        }
      }
    }
  }

  private func test(into html: inout HTML, _ frame: Frame) {
    html.card(.testSend) { html in
      html.form(.templateTest(workspace: frame.workspaceKey, key: key), frame, .class("mend")) { html in
        html.void("input", .type("hidden"), .name("person"), .value(choice.person))
        html.void("input", .type("hidden"), .name("lang"), .value(choice.language))
        html("label", .for("to"), say: .testAddress)
        html.void(
          "input", .id("to"), .name("to"), .type("text"), .flag(.required), .describedBy("test-hint"),
          .fixed(.spellcheck, "false"))
        html("p", .class("hint"), .id("test-hint"), say: .testHint)
        html("button", .class("primary"), .type("submit"), say: .sendTest)
      }
    }
  }
}

extension HTML {
  fileprivate mutating func pixels(_ count: Int) {
    text("\(count) ")
    say(.pixels)
  }
}

extension Phrase {
  static let pixels = Phrase("px", "пикс.")
  static let kilobytes = Phrase("kB", "кБ")
  static let asWhom = Phrase("As whom", "Чьими глазами")
  static let sampleOrPerson = Phrase("the sample, or user:42", "пример или user:42")
  static let personsOwn = Phrase("the person’s own", "язык человека")
  static let windowWidth = Phrase("Window", "Окно")
  static let desktop = Phrase("Desktop", "Компьютер")
  static let phoneWindow = Phrase("Phone", "Телефон")
  static let size = Phrase("Size", "Размер")
  static let clipped = Phrase("Gmail clips it", "Gmail обрежет")
  static let clippedHint = Phrase(
    "Gmail shows the first 102 kB of a letter and hides the rest, the unsubscribe link too.",
    "Gmail показывает первые 102 кБ письма и прячет остальное, в том числе ссылку отписки.")
  static let cannotBeRendered = Phrase("It cannot be rendered.", "Шаблон не собирается.")
  static let noPlainText = Phrase(
    "There is no plain text part: some readers and filters want one.",
    "Текстовой части нет: она нужна некоторым программам и фильтрам.")
  static let missingValues = Phrase("Missing values", "Недостающие значения")
  static let nothingMissing = Phrase("Everything that it shows is there.", "Всё, что он показывает, есть.")
  static let strictHint = Phrase(
    "The template is strict: a message like this one is not sent.",
    "Шаблон строгий: такое сообщение не отправляется.")
  static let lenientHint = Phrase(
    "The message goes out with gaps in these places.", "Сообщение уйдёт с пробелами в этих местах.")
  static let testSend = Phrase("Test send", "Пробная отправка")
  static let testAddress = Phrase("Address", "Адрес")
  static let testHint = Phrase(
    "Goes by the real channel, marked [Test]. No cap and no figure counts it; its links unsubscribe nobody.",
    "Уйдёт по настоящему каналу с пометкой [Test]. Лимиты и отчёты её не учитывают, ссылки никого не отписывают.")
  static let sendTest = Phrase("Send test", "Отправить")
}
