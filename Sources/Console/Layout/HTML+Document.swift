import RoostCore

/// The document around a page: head, bar, navigation, banner, title.
extension HTML {
  mutating func document(_ page: some Page, _ frame: Frame) {
    doctype()
    self("html", .lang(reader.language)) { html in
      html("head") { html in html.head(page.title(in: frame), frame) }
      html("body", .class(frame.isSignedIn ? "app" : "door")) { html in
        html("a", .class("skip"), .href(anchor: "#main"), say: .skipToContent)
        if frame.isSignedIn {
          html.bar(frame)
          html.navigation(page.section, frame)
        }
        html("main", .id("main"), .fixed(.tabindex, "-1")) { html in
          html.banners(frame)
          html.heading(page, frame)
          page.write(into: &html, in: frame)
        }
        if !frame.isSignedIn {
          html("footer", .class("languages")) { html in html.languageSwitch(frame) }
        }
      }
    }
  }

  private mutating func head(_ title: Title, _ frame: Frame) {
    void("meta", .fixed(.charset, "utf-8"))
    self("title") { html in
      switch title {
      case .phrase(let phrase): html.say(phrase)
      case .data(let name): html.text(name.excerpt(80))
      }
      if let workspace = frame.workspace { html.text(" · " + workspace.name.excerpt(40)) }
      html.text(" · Roost")
    }
    void("meta", .fixed(.name, "viewport"), .fixed(.content, "width=device-width, initial-scale=1"))
    void("meta", .fixed(.name, "color-scheme"), .fixed(.content, "light dark"))
    void("meta", .fixed(.name, "robots"), .fixed(.content, "noindex"))
    void("link", .fixed(.rel, "icon"), .type("image/svg+xml"), .href(Asset.icon.link))
    void("link", .fixed(.rel, "stylesheet"), .href(Asset.stylesheet.link))
    self("script", .src(Asset.script.link), .flag(.defer)) { _ in }
  }

  private mutating func bar(_ frame: Frame) {
    self("header", .class("bar")) { html in
      html("a", .class("brand"), .href(Route.workspaces.link)) { html in
        html.mark()
        html.text("Roost")
      }
      html.workspaceSwitch(frame)
      html("div", .class("bar-end")) { html in
        html.languageSwitch(frame)
        html.form(.signOut, frame, .class("sign-out")) { html in
          html("button", .class("plain"), .type("submit"), say: .signOut)
        }
      }
    }
  }

  private mutating func workspaceSwitch(_ frame: Frame) {
    guard let current = frame.workspace ?? frame.workspaces.first else { return }
    self("details", .class("switch")) { html in
      html("summary", .title(.workspace)) { html in html.data(current.name, charactersMax: 40) }
      html("ul") { html in
        for workspace in frame.workspaces.prefix(20) {
          html("li") { html in
            html("a", .href(Route.overview(workspace: workspace.key).link), workspace == current ? .currentPage : .none)
            {
              html in
              html.data(workspace.name, charactersMax: 60)
              html("small", data: workspace.key)
            }
          }
        }
        html("li") { html in html("a", .href(Route.workspaces.link), say: .allWorkspaces) }
      }
    }
  }

  private mutating func languageSwitch(_ frame: Frame) {
    self("nav", .class("language"), .label(.language)) { html in
      for language in Language.allCases {
        let link = frame.address.removing("language").removing("notice").adding("language", language.rawValue)
        html("a", .href(link), .lang(language), language == html.reader.language ? .fixedCurrent : .none) { html in
          html.text(language.ownName.description)
        }
      }
    }
  }

  private mutating func navigation(_ current: Section?, _ frame: Frame) {
    self("nav", .class("sections"), .label(.sections)) { html in
      html("ul") { html in
        for section in Section.allCases where !frame.workspaceKey.isEmpty || section == .mailbox {
          html("li") { html in
            html("a", .href(section.route(frame.workspaceKey).link), section == current ? .currentPage : .none) {
              html in
              html.icon(section.drawing)
              html("span", say: section.phrase)
              if section == .quarantine, frame.quarantined > 0 {
                html("b", .class("badge")) { html in html.number(frame.quarantined) }
              }
            }
          }
        }
      }
    }
  }

  private mutating func heading(_ page: some Page, _ frame: Frame) {
    self("header", .class("head")) { html in
      let crumbs = page.crumbs(in: frame)
      if !crumbs.isEmpty {
        html("nav", .class("crumbs"), .label(.breadcrumbs)) { html in
          html("ol") { html in
            for crumb in crumbs {
              html("li") { html in html("a", .href(crumb.route.link)) { html in html.title(crumb.title, 60) } }
            }
          }
        }
      }
      html("div", .class("head-row")) { html in
        html("h1") { html in html.title(page.title(in: frame), 120) }
        html("div", .class("actions")) { html in page.writeActions(into: &html, in: frame) }
      }
    }
  }

  private mutating func title(_ title: Title, _ charactersMax: Int) {
    switch title {
    case .phrase(let phrase): say(phrase)
    case .data(let name): data(name, charactersMax: charactersMax)
    }
  }
}

extension Attribute {
  static let fixedCurrent = Attribute.fixed(.current, "true")
}

extension Section {
  func route(_ workspace: String) -> Route {
    switch self {
    case .overview: .overview(workspace: workspace)
    case .people: .people(workspace: workspace)
    case .segments: .segments(workspace: workspace)
    case .journeys: .journeys(workspace: workspace)
    case .broadcasts: .broadcasts(workspace: workspace)
    case .messages: .messages(workspace: workspace)
    case .channels: .channels(workspace: workspace)
    case .policies: .policies(workspace: workspace)
    case .templates: .templates(workspace: workspace)
    case .mailbox: .mailbox
    case .quarantine: .quarantine(workspace: workspace)
    }
  }

  var phrase: Phrase {
    switch self {
    case .overview: .overview
    case .people: .people
    case .segments: .segments
    case .journeys: .journeys
    case .broadcasts: .broadcasts
    case .messages: .messages
    case .channels: .channels
    case .policies: .policies
    case .templates: .templates
    case .mailbox: .mailbox
    case .quarantine: .quarantine
    }
  }
}

extension Phrase {
  static let skipToContent = Phrase("Skip to content", "К содержанию")
  static let signOut = Phrase("Sign out", "Выйти")
  static let workspace = Phrase("Workspace", "Рабочее пространство")
  static let allWorkspaces = Phrase("All workspaces", "Все пространства")
  static let language = Phrase("Language", "Язык")
  static let sections = Phrase("Sections", "Разделы")
  static let breadcrumbs = Phrase("Breadcrumbs", "Путь")
  static let overview = Phrase("Overview", "Обзор")
  static let people = Phrase("People", "Люди")
  static let segments = Phrase("Segments", "Сегменты")
  static let journeys = Phrase("Journeys", "Сценарии")
  static let broadcasts = Phrase("Broadcasts", "Рассылки")
  static let messages = Phrase("Messages", "Сообщения")
  static let mailbox = Phrase("Mailbox", "Почтовый ящик")
  static let quarantine = Phrase("Quarantine", "Карантин")
}
