import RoostCore

/// A step of a journey, with the people at it.
public struct JourneyStep: Sendable {
  public enum Kind: Sendable {
    case wait(TimeSpan)
    /// Until a time of day or of the week, as written: `10:00`, `MON 10:00`.
    case waitUntil(String)
    /// Until a date in the person's life returns.
    case waitDate(trait: String)
    /// Until the person is likeliest to be there, no longer than a span.
    case waitBestHour(within: TimeSpan)
    /// For an event, no longer than a span if there is one.
    case waitFor(event: String, within: TimeSpan?)
    case send(id: String, channel: String, template: String)
    case webhook(url: String, template: String)
    case branch
    case split
    case set(trait: String, value: Value)
    case exit
    /// A kind without words of its own here: its name and what it does.
    case other(name: String, detail: String)
  }

  /// One way on from a branch, a split or a wait for an event.
  public struct Arm: Sendable {
    public enum Head: Sendable {
      case condition
      case share
      /// The event came.
      case answered
    }
    public var head: Head
    /// The condition or the share in words; "" for "otherwise".
    public var condition: String
    public var steps: [JourneyStep]

    public init(_ head: Head = .condition, condition: String, steps: [JourneyStep]) {
      self.head = head
      self.condition = condition
      self.steps = steps
    }
  }

  public var kind: Kind
  /// People who are at this step now.
  public var waiting: Int
  /// People who have gone through it.
  public var passed: Int
  public var arms: [Arm]

  public init(_ kind: Kind, waiting: Int, passed: Int, arms: [Arm] = []) {
    self.kind = kind
    self.waiting = waiting
    self.passed = passed
    self.arms = arms
  }
}

extension HTML {
  mutating func steps(_ steps: [JourneyStep]) {
    self("ol", .class("steps")) { html in
      for step in steps {
        html("li") { html in
          html("div", .class("step")) { html in
            html.icon(step.kind.drawing)
            html("div", .class("what")) { html in html.what(step.kind) }
            html.counts(step)
          }
          for arm in step.arms { html.arm(arm) }
        }
      }
    }
  }

  private mutating func arm(_ arm: JourneyStep.Arm) {
    self("div", .class("arm")) { html in
      html("p", .class("condition")) { html in
        switch arm.head {
        case .answered: html("b", say: .whenItComes)
        case .share: html("b", data: arm.condition)
        case .condition where arm.condition.isEmpty: html("b", say: .otherwise)
        case .condition:
          html("b", say: .ifCondition)
          html.text(" ")
          html.data(arm.condition, charactersMax: 240)
        }
      }
      if arm.steps.isEmpty { html("p", .class("hint"), say: .straightOn) } else { html.steps(arm.steps) }
    }
  }

  private mutating func what(_ kind: JourneyStep.Kind) {
    switch kind {
    case .wait(let span):
      self("b", say: .wait)
      text(" ")
      self.span(span)
    case .waitUntil(let moment):
      self("b", say: .waitUntil)
      text(" ")
      data(moment)
    case .send(let id, let channel, let template):
      self("b", say: .send)
      text(" ")
      data(template)
      self("small") { html in
        html.data(channel)
        html.text(" · ")
        html.data(id)
      }
    case .waitDate(let trait):
      self("b", say: .waitUntil)
      text(" ")
      self("code", data: trait)
    case .waitBestHour(let window):
      self("b", say: .waitBestHour)
      self("small") { html in
        html.say(.noLongerThan)
        html.text(" ")
        html.span(window)
      }
    case .waitFor(let event, let window):
      self("b", say: .waitFor)
      text(" ")
      data(event)
      if let window {
        self("small") { html in
          html.say(.noLongerThan)
          html.text(" ")
          html.span(window)
        }
      }
    case .webhook(let url, let template):
      self("b", say: .callAddress)
      text(" ")
      data(url)
      self("small") { html in html.data(template) }
    case .branch:
      self("b", say: .branch)
    case .split:
      self("b", say: .splitByLot)
    case .set(let trait, let value):
      self("b", say: .setTrait)
      text(" ")
      self("code", data: trait)
      text(" = ")
      self.value(value)
    case .exit:
      self("b", say: .exit)
    case .other(let name, let detail):
      self("b", data: name)
      text(" ")
      data(detail)
    }
  }

  private mutating func counts(_ step: JourneyStep) {
    self("div", .class("counts")) { html in
      if step.waiting > 0 {
        html("span", .class("here"), .title(.waitingHere)) { html in
          html.number(step.waiting)
          html.text(" ")
          html.say(.here)
        }
      }
      html("span", .title(.passedHere)) { html in
        html.number(step.passed)
        html.text(" ")
        html.say(.passed)
      }
    }
  }
}

extension JourneyStep.Kind {
  var drawing: Drawing {
    switch self {
    case .wait, .waitUntil, .waitDate, .waitBestHour, .waitFor:
      Drawing("M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5")
    case .send: Drawing("M1.8 4h12.4v8.5H1.8zM2 4.3l6 4.7 6-4.7")
    case .branch, .split: Drawing("M8 2v4M8 6 3.5 9.5V14M8 6l4.5 3.5V14")
    case .set: Drawing("M2.5 13.5 3 10l7.5-7.5 3 3L6 13z")
    case .exit: Drawing("M9 2.5H3v11h6M7 8h7M11.5 5.5 14 8l-2.5 2.5")
    case .webhook: Drawing("M2 8h11M9.5 4.5 13 8l-3.5 3.5")
    case .other: Drawing("M8 3v10M3 8h10")
    }
  }
}

extension Phrase {
  static let wait = Phrase("Wait", "Ждать")
  static let waitUntil = Phrase("Wait until", "Ждать до")
  static let waitBestHour = Phrase("Wait until their best hour", "Ждать лучшего часа человека")
  static let waitFor = Phrase("Wait for", "Ждать событие")
  static let noLongerThan = Phrase("at most", "не дольше")
  static let whenItComes = Phrase("When it comes", "Когда наступит")
  static let send = Phrase("Send", "Отправить")
  static let callAddress = Phrase("Call", "Вызвать")
  static let splitByLot = Phrase("Split by lot", "Разделить случайно")
  static let branch = Phrase("Branch", "Развилка")
  static let setTrait = Phrase("Set", "Записать")
  static let exit = Phrase("Leave the journey", "Выйти из сценария")
  static let ifCondition = Phrase("If", "Если")
  static let otherwise = Phrase("Otherwise", "Иначе")
  static let straightOn = Phrase("straight on", "сразу дальше")
  static let here = Phrase("here", "здесь")
  static let passed = Phrase("passed", "прошли")
  static let waitingHere = Phrase("People at this step now", "Люди на этом шаге сейчас")
  static let passedHere = Phrase("People who went through this step", "Люди, прошедшие этот шаг")
}
