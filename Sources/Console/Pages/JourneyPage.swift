import RoostCore

/// One journey: its rules, its steps with the people at each, its versions.
public struct JourneyPage: Page {
  public enum Entry: Sendable {
    case segment(String)
    case event(String)
    /// Any other way in, in words.
    case other(String)
  }

  public enum ReEntry: Sendable {
    case never, always
    case after(TimeSpan)
  }

  public struct Version: Sendable {
    public var number: Int
    public var createdAt: Instant
    public var publishedAt: Instant?
    /// People who go by this version now.
    public var inside: Int

    public init(number: Int, createdAt: Instant, publishedAt: Instant? = nil, inside: Int) {
      self.number = number
      self.createdAt = createdAt
      self.publishedAt = publishedAt
      self.inside = inside
    }
  }

  public var key: String
  public var name: String
  public var status: JourneysPage.Status
  public var messageClass: MessageClass
  public var entry: Entry
  public var reEntry: ReEntry
  /// Rules by which people leave early, in words.
  public var exits: [String]
  public var figures: JourneyFigures
  /// The version that new people enter.
  public var publishedVersion: Int?
  /// A newer version that is not published yet.
  public var draftVersion: Int?
  /// What stands in the way of publishing the draft.
  public var findings: [Problem.Finding]
  /// What the lint says about the newest version; `nil`: it was not asked.
  public var lint: [LintFinding]?
  /// The version whose steps and definition are shown.
  public var shownVersion: Int
  public var steps: [JourneyStep]
  /// Newest first.
  public var versions: [Version]
  /// The shown version as YAML or JSON text.
  public var definition: String

  public init(
    key: String, name: String, status: JourneysPage.Status, messageClass: MessageClass, entry: Entry, reEntry: ReEntry,
    exits: [String], figures: JourneyFigures, publishedVersion: Int? = nil, draftVersion: Int? = nil,
    findings: [Problem.Finding], lint: [LintFinding]? = nil, shownVersion: Int, steps: [JourneyStep],
    versions: [Version], definition: String
  ) {
    self.key = key
    self.name = name
    self.status = status
    self.messageClass = messageClass
    self.entry = entry
    self.reEntry = reEntry
    self.exits = exits
    self.figures = figures
    self.publishedVersion = publishedVersion
    self.draftVersion = draftVersion
    self.findings = findings
    self.lint = lint
    self.shownVersion = shownVersion
    self.steps = steps
    self.versions = versions
    self.definition = definition
  }

  public var section: Section? { .journeys }
  public func title(in frame: Frame) -> Title { .data(name) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.journeys), .journeys(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    if !findings.isEmpty {
      html("div", .class("notice bad")) { html in
        html("p", say: .draftHasFindings)
        html.findings(findings)
      }
    }
    html.live("figures") { html in figuresList(into: &html, frame.workspaceKey) }
    html("div", .class("columns")) { html in
      html("div") { html in
        html.live("steps") { html in
          html.card(.steps) { html in
            html.entry(entry, frame.workspaceKey)
            if steps.isEmpty { html("p", .class("lead"), say: .noSteps) } else { html.steps(steps) }
          }
        }
        lintCard(into: &html)
        html.card(.definition) { html in html.code(definition, .definition) }
      }
      html("div") { html in
        rules(into: &html)
        versionList(into: &html, frame.workspaceKey)
      }
    }
  }

  private func figuresList(into html: inout HTML, _ workspace: String) {
    html("dl", .class("figures")) { html in
      html.figure(.enteredCount, figures.entered)
      html.figure(.insideCount, figures.inside)
      html.figure(.finishedCount, figures.finished)
      html.figure(.exitedCount, figures.exited)
      if figures.goals > 0 { html.figure(.goalsCount, figures.goals) }
      if figures.heldOut > 0 { html.figure(.heldOutCount, figures.heldOut) }
      html("div") { html in
        html("dt") { html in
          html("a", .href(Route.messages(workspace: workspace).link.adding("journey", key)), say: .messages)
        }
        html("dd") { html in html.number(figures.messages) }
      }
    }
  }

  private func rules(into html: inout HTML) {
    html.card(.rules) { html in
      html("dl", .class("facts")) { html in
        html.fact(.key) { html in html("code", data: key) }
        html.fact(.messageClass) { html in html.say(messageClass.phrase) }
        html.fact(.again) { html in
          switch reEntry {
          case .never: html.say(.never)
          case .always: html.say(.always)
          case .after(let span):
            html.say(.afterSpan)
            html.text(" ")
            html.span(span)
          }
        }
        if !exits.isEmpty {
          html.fact(.leavesOn) { html in
            for exit in exits { html("div", data: exit) }
          }
        }
      }
    }
  }

  private func versionList(into html: inout HTML, _ workspace: String) {
    html.card(.versions, count: versions.count) { html in
      html("ul", .class("runs")) { html in
        for version in versions {
          html("li") { html in
            let link = Route.journey(workspace: workspace, key: key).link.adding("version", String(version.number))
            html("a", .class("strong"), .href(link), version.number == shownVersion ? .fixedCurrent : .none) { html in
              html.text("v\(version.number)")
            }
            html.text(" ")
            if version.number == publishedVersion { html.pill(status.tone, status.phrase) }
            if version.number == draftVersion { html.pill(.neutral, JourneysPage.Status.draft.phrase) }
            html("small") { html in
              html.time(version.publishedAt ?? version.createdAt)
              if version.inside > 0 {
                html.text(" · ")
                html.say(version.inside, .people)
                html.text(" ")
                html.say(.insideNow)
              }
            }
          }
        }
      }
    }
  }
}

extension MessageClass {
  var phrase: Phrase {
    switch self {
    case .marketing: Phrase("Marketing", "Маркетинговое")
    case .transactional: Phrase("Transactional", "Транзакционное")
    }
  }
}

extension Phrase {
  static let steps = Phrase("Steps", "Шаги")
  static let noSteps = Phrase("This version has no steps.", "В этой версии нет шагов.")
  static let rules = Phrase("Rules", "Правила")
  static let key = Phrase("Key", "Ключ")
  static let messageClass = Phrase("Class of messages", "Класс сообщений")
  static let again = Phrase("Entering again", "Повторный вход")
  static let never = Phrase("never", "никогда")
  static let always = Phrase("always", "всегда")
  static let afterSpan = Phrase("after", "через")
  static let leavesOn = Phrase("Leaves on", "Выходит, если")
  static let versions = Phrase("Versions", "Версии")
  static let insideNow = Phrase("inside", "внутри")
  static let draftHasFindings = Phrase(
    "The draft cannot be published before this is mended:", "Черновик нельзя запустить, пока не исправлено:")
}
