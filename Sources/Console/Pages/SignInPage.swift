import RoostCore

/// The door: the operator token, or the one-time link that `serve` prints.
public struct SignInPage: Page {
  /// The last try did not open.
  public var isRefused: Bool
  /// Where to go afterwards: a path on this server, as it was asked for.
  public var returnTo: Link

  public init(isRefused: Bool, returnTo: Link) {
    self.isRefused = isRefused
    self.returnTo = returnTo
  }

  public func title(in frame: Frame) -> Title { .phrase(.signIn) }

  public func write(into html: inout HTML, in frame: Frame) {
    html("section", .class("card")) { html in
      html.mark()
      html("p", say: .linkExplained)
      html("form", .method("post"), .action(Route.signIn.link)) { html in
        html.void("input", .type("hidden"), .name("return"), .value(returnTo.text))
        html("label", .for("token"), say: .operatorToken)
        html.void(
          "input", .id("token"), .name("token"), .type("password"), .fixed(.autocomplete, "current-password"),
          .fixed(.spellcheck, "false"), .describedBy("token-hint"), .flag(.required), .flag(.autofocus))
        if isRefused { html("p", .class("wrong"), .fixed(.role, "alert"), say: .tokenRefused) }
        html("p", .class("hint"), .id("token-hint")) { html in
          html.say(.tokenPlace)
          html.text(" ")
          html("code") { html in html.text("operator.token") }
        }
        html("button", .class("primary"), .type("submit"), say: .signIn)
      }
    }
  }
}

extension Phrase {
  static let signIn = Phrase("Sign in", "Вход")
  static let operatorToken = Phrase("Operator token", "Токен оператора")
  static let linkExplained = Phrase(
    "Roost prints a one-time link when it starts: opening it signs you in. Or paste the operator token here.",
    "При запуске Roost печатает одноразовую ссылку: откройте её, и вы войдёте. Или вставьте токен оператора.")
  static let tokenPlace = Phrase("It is in the data directory, in the file", "Он лежит в каталоге данных, в файле")
  static let tokenRefused = Phrase(
    "That is not the token, or the link was used already.", "Это не тот токен, или ссылка уже использована.")
}
