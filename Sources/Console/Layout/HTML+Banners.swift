import RoostCore

/// What stands above the title: simulated time, and what came of a form.
extension HTML {
  mutating func banners(_ frame: Frame) {
    if let now = frame.sandbox, frame.isSignedIn { sandbox(now, frame) }
    switch frame.notice {
    case .done(let done): notice(done)
    case .problem(let problem): fault(problem)
    case nil: break
    }
  }

  private mutating func sandbox(_ now: Instant, _ frame: Frame) {
    self("div", .class("sandbox")) { html in
      html.live("clock", "p") { html in
        html("strong", say: .sandbox)
        html.text(" ")
        html.say(.simulatedTime)
        html.text(" ")
        html.time(now)
        html("small") { html in html.data(html.reader.zone.name) }
      }
      html.form(.clock, frame) { html in
        html.void("input", .type("hidden"), .name("return"), .value(frame.address.removing("notice").text))
        html("span", .class("hint"), say: .moveClock)
        for (value, plural, count) in Self.steps {
          html("button", .class("small"), .name("advance"), .value(value), .type("submit")) { html in
            html.text("+")
            html.say(count, plural)
          }
        }
      }
    }
  }

  private static let steps: [(value: String, plural: Plural, count: Int)] = [
    ("1h", .hours, 1), ("1d", .days, 1), ("7d", .days, 7), ("30d", .days, 30),
  ]

  private mutating func notice(_ done: Notice.Done) {
    self("p", .class("notice good"), .fixed(.role, "status"), say: done.phrase)
  }

  private mutating func fault(_ problem: Problem) {
    self("div", .class("notice bad"), .fixed(.role, "alert")) { html in
      html("p") { html in
        html("strong", say: .nothingChanged)
        html.text(" ")
        html.data(problem.message, charactersMax: 400)
      }
      html.findings(problem.findings)
    }
  }

  /// What to mend, each with its place in the document.
  mutating func findings(_ findings: [Problem.Finding]) {
    guard !findings.isEmpty else { return }
    self("ul", .class("findings")) { html in
      for finding in findings.prefix(50) {
        html("li") { html in
          if !finding.pointer.isEmpty { html("code", data: finding.pointer) }
          html.text(" ")
          html.data(finding.detail, charactersMax: 400)
        }
      }
    }
  }

  /// A form that changes something: sent by POST with the session's token.
  mutating func form(
    _ route: Route, _ frame: Frame, _ attribute: Attribute = .none, content: (inout HTML) -> Void
  ) {
    self("form", .method("post"), .action(route.link), attribute) { html in
      html.void("input", .type("hidden"), .name("csrf"), .value(frame.csrfToken))
      content(&html)
    }
  }
}

extension Notice.Done {
  var phrase: Phrase {
    switch self {
    case .redriven: Phrase("Handed over again.", "Отправлено заново.")
    case .testSent:
      Phrase(
        "The test is on its way; it is listed among the messages.",
        "Пробное сообщение в пути; оно есть в списке сообщений.")
    case .published:
      Phrase("Published. New people enter this version.", "Опубликовано. Новые люди входят в эту версию.")
    case .paused:
      Phrase(
        "Paused. Everyone stays where they are; nothing is skipped.",
        "Приостановлено. Все остаются на своих местах, ничего не пропускается.")
    case .resumed: Phrase("Resumed.", "Возобновлено.")
    case .started: Phrase("Started.", "Запущено.")
    case .stopped: Phrase("Stopped. What has not gone out is not sent.", "Остановлено. Что не ушло, не уйдёт.")
    case .archived: Phrase("Archived. Nobody enters any more.", "В архиве. Больше никто не входит.")
    case .saved: Phrase("Saved.", "Сохранено.")
    case .replayed: Phrase("Mended and taken in.", "Исправлено и принято.")
    case .clockMoved:
      Phrase(
        "The clock has moved; everything due by now has happened.",
        "Время сдвинуто; всё, что должно было произойти, произошло.")
    }
  }
}

extension Phrase {
  static let sandbox = Phrase("Sandbox", "Песочница")
  static let simulatedTime = Phrase("Simulated time:", "Время симуляции:")
  static let moveClock = Phrase("Move the clock", "Сдвинуть время")
  static let nothingChanged = Phrase("Nothing was changed.", "Ничего не изменено.")
}
