import RoostCore

/// What one may do to a journey, and how people enter it.
extension JourneyPage {
  public func writeActions(into html: inout HTML, in frame: Frame) {
    html.pill(status.tone, status.phrase)
    if let draftVersion, findings.isEmpty, status != .archived {
      html.form(.journeyAction(workspace: frame.workspaceKey, key: key, action: .publish), frame) { html in
        html.void("input", .type("hidden"), .name("version"), .value(draftVersion))
        html("button", .class("primary"), .type("submit")) { html in
          html.say(.publish)
          html.text(" v\(draftVersion)")
        }
      }
    }
    switch status {
    case .published: button(.pause, .pause, "plain-border", into: &html, frame)
    case .paused: button(.resume, .resume, "primary", into: &html, frame)
    case .draft, .archived: break
    }
    if status != .archived { archive(into: &html, frame) }
  }

  private func button(
    _ action: Route.JourneyAction, _ phrase: Phrase, _ look: StaticString, into html: inout HTML, _ frame: Frame
  ) {
    html.form(.journeyAction(workspace: frame.workspaceKey, key: key, action: action), frame) { html in
      html("button", .class(look), .type("submit"), say: phrase)
    }
  }

  /// Archiving asks once more, without a script.
  private func archive(into html: inout HTML, _ frame: Frame) {
    html("details", .class("confirm")) { html in
      html("summary", .class("button"), say: .archiveAsk)
      html("div", .class("popover")) { html in
        html("p", say: .archiveExplained)
        button(.archive, .archive, "danger", into: &html, frame)
      }
    }
  }
}

extension HTML {
  mutating func entry(_ entry: JourneyPage.Entry, _ workspace: String) {
    self("p", .class("enter")) { html in
      switch entry {
      case .segment(let key):
        html("b", say: .entersSegment)
        html.text(" ")
        html("a", .href(Route.segment(workspace: workspace, key: key).link), data: key)
      case .event(let name):
        html("b", say: .entersEvent)
        html.text(" ")
        html.data(name)
      case .other(let words):
        html("b", say: .enters)
        html.text(" ")
        html.data(words)
      }
    }
  }
}

extension Phrase {
  static let publish = Phrase("Publish", "Запустить")
  static let pause = Phrase("Pause", "Приостановить")
  static let resume = Phrase("Resume", "Возобновить")
  static let archive = Phrase("Archive", "В архив")
  static let archiveAsk = Phrase("Archive…", "В архив…")
  static let archiveExplained = Phrase(
    "Nobody enters any more, and people inside leave without further messages. This cannot be undone.",
    "Больше никто не войдёт, а кто внутри — выйдет без новых сообщений. Отменить это нельзя.")
  static let entersSegment = Phrase("Enters with the segment", "Вход вместе с сегментом")
  static let entersEvent = Phrase("Enters on the event", "Вход по событию")
  static let enters = Phrase("Enters", "Вход")
}
