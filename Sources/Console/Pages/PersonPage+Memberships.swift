import RoostCore

/// A person's segments and journeys.
extension PersonPage {
  func memberships(into html: inout HTML, _ workspace: String) {
    html.card(.segments, count: segments.count) { html in
      guard !segments.isEmpty else { return html("p", .class("lead"), say: .inNoSegment) }
      html("ul", .class("tags")) { html in
        for segment in segments {
          html("li") { html in
            html("a", .href(Route.segment(workspace: workspace, key: segment.key).link), data: segment.name)
          }
        }
      }
    }
    html.card(.journeys, count: journeys.count) { html in
      guard !journeys.isEmpty else { return html("p", .class("lead"), say: .inNoJourney) }
      html("ul", .class("runs")) { html in
        for journey in journeys { html("li") { html in run(journey, into: &html, workspace) } }
      }
    }
  }

  private func run(_ run: JourneyRow, into html: inout HTML, _ workspace: String) {
    html("a", .class("strong"), .href(Route.journey(workspace: workspace, key: run.key).link), data: run.name)
    html.text(" ")
    html.pill(run.phase.tone, run.phase.phrase)
    html("small") { html in
      html.text("v\(run.version) · ")
      html.say(.entered)
      html.text(" ")
      html.time(run.enteredAt)
      if !run.step.isEmpty {
        html.text(" · ")
        html.data(run.step)
      }
      if let due = run.dueAt {
        html.text(" · ")
        html.say(.goesOn)
        html.text(" ")
        html.time(due)
      }
    }
  }
}

extension PersonPage.RunPhase {
  var tone: Tone {
    switch self {
    case .running: .waiting
    case .finished: .good
    case .exited, .heldOut: .quiet
    }
  }

  var phrase: Phrase {
    switch self {
    case .running: Phrase("Inside", "Внутри")
    case .finished: Phrase("Finished", "Завершён")
    case .exited: Phrase("Left", "Вышел")
    case .heldOut: Phrase("Held out", "Контрольная группа")
    }
  }
}

extension HTML {
  /// A kind of identifier in words; a workspace's own kinds by their names.
  mutating func identifierKind(_ kind: String) {
    switch kind {
    case "user": say(.userID)
    case "email": say(.email)
    case "phone": say(.phone)
    case "anonymous": say(.anonymousID)
    case "device": say(.device)
    default: data(kind)
    }
  }
}

extension Phrase {
  static let email = Phrase("E-mail", "Почта")
  static let phone = Phrase("Phone", "Телефон")
  static let anonymousID = Phrase("Anonymous ID", "Анонимный ID")
  static let device = Phrase("Device", "Устройство")
  static let identity = Phrase("Identity", "Кто это")
  static let personID = Phrase("Person ID", "ID профиля")
  static let mergedProfiles = Phrase("Merged profiles", "Объединено профилей")
  static let recency = Phrase("Recency", "Давность")
  static let frequency = Phrase("Frequency", "Частота")
  static let monetary = Phrase("Monetary", "Сумма")
  static let averageOrder = Phrase("Average order", "Средний чек")
  static let refunds = Phrase("Refunds", "Возвраты")
  static let firstOrder = Phrase("First order", "Первый заказ")
  static let lastOrder = Phrase("Last order", "Последний заказ")
  static let traits = Phrase("Traits", "Свойства")
  static let noTraits = Phrase("No traits are known.", "Свойства неизвестны.")
  static let inNoSegment = Phrase("In no segment now.", "Сейчас ни в одном сегменте.")
  static let inNoJourney = Phrase("Has entered no journey.", "Не входил ни в один сценарий.")
  static let entered = Phrase("entered", "вход")
  static let goesOn = Phrase("goes on", "дальше")
}
