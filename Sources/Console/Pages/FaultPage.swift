import RoostCore

/// A page in place of one that cannot be shown: what happened and what to do, in plain words.
public struct FaultPage: Page {
  public enum Kind: Int, CaseIterable, Sendable {
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case failed = 500
    case unavailable = 503
  }

  public var kind: Kind
  /// What to tell whoever runs the server, such as a request's id; "" if there is nothing.
  public var reference: String

  public init(kind: Kind, reference: String) {
    self.kind = kind
    self.reference = reference
  }

  /// The HTTP status that goes with the page.
  public var status: Int { kind.rawValue }
  public func title(in frame: Frame) -> Title { .phrase(kind.title) }

  public func write(into html: inout HTML, in frame: Frame) {
    html("section", .class("card")) { html in
      html("p", .class("lead"), say: kind.words)
      if !reference.isEmpty {
        html("p", .class("hint")) { html in
          html.say(.reference)
          html.text(" ")
          html("code", data: reference)
        }
      }
      html("p") { html in html("a", .class("button"), .href(Route.workspaces.link), say: .backToStart) }
    }
  }
}

extension FaultPage.Kind {
  var title: Phrase {
    switch self {
    case .badRequest: Phrase("That request makes no sense", "Запрос не понят")
    case .forbidden: Phrase("Not allowed", "Нет доступа")
    case .notFound: Phrase("Nothing here", "Здесь ничего нет")
    case .failed: Phrase("Something broke", "Что-то сломалось")
    case .unavailable: Phrase("Not ready yet", "Сервер ещё не готов")
    }
  }

  var words: Phrase {
    switch self {
    case .badRequest:
      Phrase(
        "The address or the form had something unexpected in it. Go back and try again.",
        "В адресе или форме было что-то неожиданное. Вернитесь и попробуйте ещё раз.")
    case .forbidden:
      Phrase(
        "The form was too old, or it did not come from these pages. Open the page anew and try again.",
        "Форма устарела или пришла не с этих страниц. Откройте страницу заново и повторите.")
    case .notFound:
      Phrase(
        "There is no such page, or what it showed was erased or renamed.",
        "Такой страницы нет, или то, что она показывала, удалено или переименовано.")
    case .failed:
      Phrase(
        "The server could not make this page. Nothing you did is lost; the server’s log says more.",
        "Сервер не смог собрать страницу. Ваши действия не потеряны; подробности — в журнале сервера.")
    case .unavailable:
      Phrase(
        "The server is starting or busy. Try again in a few seconds.",
        "Сервер запускается или занят. Попробуйте через несколько секунд.")
    }
  }
}

extension Phrase {
  static let reference = Phrase("For the log:", "Для журнала:")
  static let backToStart = Phrase("Back to the start", "На главную")
}
