import RoostCore

extension MessagePage {
  /// One thing that the decision rested on.
  public enum Reason: Sendable {
    case segment(key: String, isMember: Bool)
    case confirmed(at: Instant)
    case zone(name: String, source: ZoneSource)
    case quietHours(from: Instant, to: Instant)
    /// A cap by its place in the policies, from 1; 0: the person's own. `fullUntil` `nil`: there was a place.
    case cap(number: Int, rule: String, count: Int, max: Int, fullUntil: Instant?)
    case insteadOf(channel: String)
    /// The address gets nothing; `cause` as the interface says it: `bounced`.
    case suppressed(cause: String, at: Instant, message: String?)
    case bestHour(at: Instant, Basis, permille: Int, seen: Int)
    case channel(key: String, Basis, permille: Int, sent: Int, answered: Int)
    case unusableChannel(key: String, reason: String)
    case holdout(share: String, isGlobal: Bool)
    case heldUntil(Instant)
    case mailbox
    case policies(version: Int)
    case template(version: Int, language: String)
    case seed(String)
    /// A sentence as it was kept.
    case note(String)
  }

  public enum ZoneSource: Sendable { case trait, device, country, phone, workspace }
  /// From whom something was learned.
  public enum Basis: Sendable { case person, segment, workspace, nothing }

  func write(_ reason: Reason, into html: inout HTML, _ workspace: String) {
    switch reason {
    case .segment(let key, let isMember):
      html.say(isMember ? .inSegment : .notInSegment)
      html.text(" ")
      html("a", .href(Route.segment(workspace: workspace, key: key).link), data: key)
    case .confirmed(let at):
      html.say(.consentConfirmed)
      html("small") { html in html.time(at, seconds: true) }
    case .zone(let name, let source):
      html.say(.timeZone)
      html.text(" ")
      html.data(name)
      html("small", say: source.phrase)
    case .quietHours(let from, let to):
      html.say(.quietHours)
      html("small") { html in
        html.time(from)
        html.text(" – ")
        html.time(to)
      }
    case .cap(let number, let rule, let count, let max, let until): write(number, rule, count, max, until, into: &html)
    case .insteadOf(let channel):
      html.say(.insteadOfChannel)
      html.text(" ")
      html.data(channel)
    case .suppressed(let cause, let at, let message): write(cause, at, message, into: &html, workspace)
    case .bestHour(let at, let basis, let permille, let seen): write(at, basis, permille, seen, into: &html)
    case .channel(let key, let basis, let permille, let sent, let answered):
      html.say(.channel)
      html.text(" ")
      html.data(key)
      html.text(": ")
      html.say(.expectedToAnswer, percent(permille))
      html("small") { html in
        html.say(basis.phrase)
        if basis == .person { html.text(" · \(answered) / \(sent)") }
      }
    case .unusableChannel(let key, let code):
      html.say(.channel)
      html.text(" ")
      html.data(key)
      html.text(": ")
      html.reason(code)
    case .holdout(let share, let isGlobal):
      html.say(isGlobal ? .notInGlobalHoldout : .notInHoldout, share)
    case .heldUntil(let at):
      html.say(.heldUntilMoment)
      html.text(" ")
      html.time(at, seconds: true)
    case .mailbox: html.say(.keptInMailbox)
    case .policies(let version):
      html("a", .href(Route.policies(workspace: workspace).link), say: .policies)
      html("small") { html in html.text("v\(version)") }
    case .template(let version, let language):
      html.say(.template)
      html("small") { html in html.data("v\(version)" + (language.isEmpty ? "" : " · \(language)")) }
    case .seed(let seed):
      html.say(.seed)
      html("small") { html in html("code", data: seed) }
    case .note(let text): html.data(text, charactersMax: 400)
    }
  }

  private func write(
    _ number: Int, _ rule: String, _ count: Int, _ max: Int, _ fullUntil: Instant?, into html: inout HTML
  ) {
    if number == 0 { html.say(.ownCap) } else { html.say(.capNumber, "\(number)") }
    html.text(": ")
    html.say(.ofPlaces, "\(count) / \(max)")
    html("small") { html in
      if !rule.isEmpty {
        html.data(rule)
        html.text(" · ")
      }
      guard let fullUntil else { return html.say(.hasPlace) }
      html.say(.fullUntil)
      html.text(" ")
      html.time(fullUntil)
    }
  }

  private func write(
    _ cause: String, _ at: Instant, _ message: String?, into html: inout HTML, _ workspace: String
  ) {
    html.say(.addressGetsNothing)
    html.text(" ")
    if let phrase = Phrase.suppressionCause(cause) { html.say(phrase) } else { html.data(cause) }
    html("small") { html in
      html.time(at, seconds: true)
      guard let message else { return }
      html.text(" · ")
      html("a", .href(Route.message(workspace: workspace, id: message).link), say: .message)
    }
  }

  private func write(_ at: Instant, _ basis: Basis, _ permille: Int, _ seen: Int, into html: inout HTML) {
    html.say(.bestHour)
    if basis != .nothing {
      html.text(" ")
      html.time(at)
    }
    html("small") { html in
      html.say(basis.phrase)
      html.text(" · ")
      if basis != .nothing { html.text(percent(permille) + " · ") }
      html.say(.hoursSeen, "\(seen)")
    }
  }

  private func percent(_ permille: Int) -> String { "\(permille / 10).\(permille % 10)%" }
}

extension MessagePage.ZoneSource {
  fileprivate var phrase: Phrase {
    switch self {
    case .trait: Phrase("by the trait timezone", "по часовому поясу человека")
    case .device: Phrase("by the device last seen", "по последнему устройству")
    case .country: Phrase("by the trait country", "по стране человека")
    case .phone: Phrase("by the telephone number", "по номеру телефона")
    case .workspace: Phrase("the workspace’s: nothing else is known", "зона проекта: другого не известно")
    }
  }
}

extension MessagePage.Basis {
  fileprivate var phrase: Phrase {
    switch self {
    case .person: Phrase("by what the person did", "по действиям человека")
    case .segment: Phrase("by the people in the segment", "по людям из сегмента")
    case .workspace: Phrase("by everybody in the workspace", "по всем людям проекта")
    case .nothing: Phrase("too little is known, so nothing was chosen", "известно слишком мало, поэтому без выбора")
    }
  }
}

extension Phrase {
  static let inSegment = Phrase("In the segment", "В сегменте")
  static let notInSegment = Phrase("Not in the segment", "Не в сегменте")
  static let consentConfirmed = Phrase("The consent was confirmed", "Согласие подтверждено")
  static let timeZone = Phrase("Time zone", "Часовой пояс")
  static let capNumber = Phrase("Cap {}", "Лимит {}")
  static let ownCap = Phrase("The person’s own cap", "Лимит, выбранный человеком")
  static let ofPlaces = Phrase("{} taken", "занято {}")
  static let hasPlace = Phrase("there was a place", "место было")
  static let fullUntil = Phrase("full until", "занято до")
  static let insteadOfChannel = Phrase("Instead of the channel", "Вместо канала")
  static let addressGetsNothing = Phrase("The address gets nothing:", "На адрес ничего не отправляется:")
  static let bestHour = Phrase("Best hour", "Лучший час")
  static let hoursSeen = Phrase("{} hours seen", "учтено часов: {}")
  static let expectedToAnswer = Phrase("{} expected to answer", "ожидаемый отклик {}")
  static let notInHoldout = Phrase(
    "Not in the journey’s holdout group ({})", "Не в контрольной группе сценария ({})")
  static let notInGlobalHoldout = Phrase("Not in the global holdout ({})", "Не в общей контрольной группе ({})")
  static let heldUntilMoment = Phrase("Held until", "Отложено до")
  static let keptInMailbox = Phrase(
    "No such channel is configured: the built-in mailbox keeps it.",
    "Такой канал не настроен: сообщение лежит во встроенном ящике.")
  static let seed = Phrase("Seed of the decision", "Начальное число решения")

  /// Why an address gets nothing.
  static func suppressionCause(_ cause: String) -> Phrase? {
    switch cause {
    case "bounced": Phrase("it refused mail for good", "сообщения возвращаются")
    case "complained": Phrase("its owner complained", "получатель пожаловался")
    case "unsubscribed": Phrase("its owner unsubscribed", "получатель отписался")
    case "manual": Phrase("put on the list by hand", "внесён вручную")
    default: nil
    }
  }
}
