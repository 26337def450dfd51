import RoostCore

/// The words of hosted pages in one language: the workspace's own, else English or Russian.
struct HostedWords: Sendable {
  /// For `<html lang>`.
  let language: String
  private let own: JSONValue?
  private let builtIn: [String: String]

  /// - Parameters:
  ///   - wanted: languages in order of preference, such as `ru-RU`.
  ///   - document: the workspace's preference centre.
  init(wanted: [String], document: JSONValue?) {
    let texts = document?["languages"]
    for language in wanted.map({ $0.lowercased() }) {
      let short = String(language.prefix { $0 != "-" })
      for name in language == short ? [language] : [language, short] {
        let own = texts?.members?.first { $0.key.lowercased() == name }
        guard own != nil || Self.texts[name] != nil else { continue }
        self.language = own?.key ?? name
        self.own = own?.value
        builtIn = Self.texts[name] ?? Self.english
        return
      }
    }
    language = "en"
    own = texts?["en"]
    builtIn = Self.english
  }

  subscript(_ key: String) -> String { own?[key]?.string ?? builtIn[key] ?? Self.english[key] ?? key }

  /// A purpose's name; its own word where nobody named it.
  func purpose(_ purpose: String) -> String {
    let key = "purpose." + purpose
    return own?[key]?.string ?? builtIn[key] ?? Self.english[key] ?? purpose
  }

  private static let texts: [String: [String: String]] = ["en": english, "ru": russian]

  private static let english: [String: String] = [
    "title": "What would you like to hear from us?",
    "intro": "Tick what you want and save. You can come back to this page at any time.",
    "save": "Save", "saved": "Saved.", "none": "Send me nothing any more",
    "noneDone": "Done: you will get no more marketing from us.", "pause": "Pause for 30 days",
    "paused": "Paused: no marketing until", "resume": "End the pause", "resumed": "The pause has ended.",
    "frequency": "How often?", "frequency.all": "Whenever there is something", "frequency.daily": "At most once a day",
    "frequency.weekly": "At most once a week", "frequency.monthly": "At most once a month",
    "confirmTitle": "Confirm your subscription", "confirmAsk": "Do you want to hear from us?",
    "confirmAct": "Yes, I do", "confirmDone": "Thank you: your subscription is confirmed.",
    "unsubscribeTitle": "Unsubscribe", "unsubscribeAsk": "Do you want no more of these e-mails?",
    "unsubscribeAct": "Unsubscribe", "unsubscribeDone": "You are unsubscribed.",
    "more": "Choose what you get", "invalidTitle": "This link does not work",
    "invalid": "It is not complete, or no longer valid. Use the link of a newer message.", "privacy": "Privacy",
    "purpose.marketing": "News and offers", "purpose.marketing.email": "News and offers by e-mail",
    "purpose.marketing.sms": "News and offers by text message", "purpose.marketing.push": "Push notifications",
    "purpose.marketing.telegram": "News and offers in Telegram",
    "purpose.marketing.inapp": "News and offers on the site and in the app",
    "purpose.partner_offers": "Offers of our partners",
    "purpose.tracking": "We may see whether messages are opened and which links are clicked",
  ]

  private static let russian: [String: String] = [
    "title": "О чём вам писать?",
    "intro": "Отметьте то, что хотите получать, и сохраните. Вернуться на эту страницу можно в любое время.",
    "save": "Сохранить", "saved": "Сохранено.", "none": "Больше ничего не присылайте",
    "noneDone": "Готово: больше никакой рекламы от нас не будет.", "pause": "Сделать паузу на 30 дней",
    "paused": "Пауза: никакой рекламы до", "resume": "Закончить паузу", "resumed": "Пауза окончена.",
    "frequency": "Как часто?", "frequency.all": "Когда есть что сказать", "frequency.daily": "Не чаще раза в день",
    "frequency.weekly": "Не чаще раза в неделю", "frequency.monthly": "Не чаще раза в месяц",
    "confirmTitle": "Подтвердите подписку", "confirmAsk": "Вы хотите получать наши сообщения?",
    "confirmAct": "Да, хочу", "confirmDone": "Спасибо, подписка подтверждена.",
    "unsubscribeTitle": "Отписаться", "unsubscribeAsk": "Больше не присылать таких писем?",
    "unsubscribeAct": "Отписаться", "unsubscribeDone": "Вы отписаны.", "more": "Выбрать, что присылать",
    "invalidTitle": "Ссылка не работает",
    "invalid": "Она неполная или уже не действует. Откройте ссылку из более нового сообщения.",
    "privacy": "Конфиденциальность", "purpose.marketing": "Новости и предложения",
    "purpose.marketing.email": "Новости и предложения по электронной почте",
    "purpose.marketing.sms": "Новости и предложения по СМС", "purpose.marketing.push": "Уведомления",
    "purpose.marketing.telegram": "Новости и предложения в Telegram",
    "purpose.marketing.inapp": "Новости и предложения на сайте и в приложении",
    "purpose.partner_offers": "Предложения партнёров",
    "purpose.tracking": "Можно учитывать, что письмо открыто и по каким ссылкам перешли",
  ]
}

extension HTTPRequest {
  /// `?lang=` and then `Accept-Language` (RFC 9110 12.5.4), most wanted first.
  var wantedLanguages: [String] {
    var wanted: [(tag: String, weight: Double)] = []
    for item in (headers.first(name: "accept-language") ?? "").split(separator: ",").prefix(20) {
      let parts = item.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let tag = parts.first, tag != "*" else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if weight > 0 { wanted.append((tag, weight)) }
    }
    // Stable: of equal weight the first counts.
    let ordered = wanted.enumerated().sorted { a, b in
      a.element.weight != b.element.weight ? a.element.weight > b.element.weight : a.offset < b.offset
    }
    return (query("lang").map { [$0] } ?? []) + ordered.map(\.element.tag)
  }
}
