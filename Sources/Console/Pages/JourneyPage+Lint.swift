import RoostCore

/// What the lint says about a journey's newest version, with the stories that make it happen.
extension JourneyPage {
  public struct LintFinding: Sendable {
    public var isError: Bool
    /// Stable; explained in the documentation.
    public var code: String
    public var pointer: String
    public var message: String
    public var story: [Scene]

    public init(isError: Bool, code: String, pointer: String, message: String, story: [Scene]) {
      self.isError = isError
      self.code = code
      self.pointer = pointer
      self.message = message
      self.story = story
    }
  }

  /// Something that happens in a story.
  public struct Scene: Sendable {
    public var at: Instant
    public var words: String

    public init(at: Instant, words: String) {
      self.at = at
      self.words = words
    }
  }

  func lintCard(into html: inout HTML) {
    guard let lint else { return }
    html.card(.lint, count: lint.isEmpty ? nil : lint.count) { html in
      if lint.isEmpty { html("p", .class("lead"), say: .lintFoundNothing) }
      for finding in lint {
        html("div", .class("event")) { html in
          html("p") { html in
            html.pill(finding.isError ? .bad : .waiting, finding.isError ? .lintError : .lintWarning)
            html.text(" ")
            html("code", data: finding.code)
            html.text(" ")
            html("code", .class("none"), data: finding.pointer)
          }
          html("p", data: finding.message)
          if !finding.story.isEmpty { story(finding.story, into: &html) }
        }
      }
    }
  }

  private func story(_ scenes: [Scene], into html: inout HTML) {
    html("details") { html in
      html("summary", say: .lintStory)
      html("ol") { html in
        for scene in scenes {
          html("li") { html in
            html.time(scene.at, seconds: true)
            html.text(" ")
            html.data(scene.words)
          }
        }
      }
    }
  }
}

extension Phrase {
  static let lint = Phrase("Lint", "Проверка")
  static let lintFoundNothing = Phrase(
    "Nothing was found in the newest version: steps keep their order, and every one can be reached.",
    "В новейшей версии ошибок не найдено: порядок шагов соблюдён, и каждый достижим.")
  static let lintError = Phrase("error", "ошибка")
  static let lintWarning = Phrase("warning", "внимание")
  static let lintStory = Phrase("How it happens", "Как это происходит")
}
