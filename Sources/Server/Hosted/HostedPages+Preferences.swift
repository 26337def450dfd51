import Delivery
import NIOHTTP1
import RoostCore
import Runtime

extension HostedPages {
  private static let pauseDays: Int64 = 30

  /// What a form asked for, said above the next one.
  private enum Done {
    case saved, none, paused, resumed

    var key: String {
      switch self {
      case .saved: "saved"
      case .none: "noneDone"
      case .paused: "saved"
      case .resumed: "resumed"
      }
    }
  }

  /// The page behind `/p/TOKEN`. A link that was not made here and one whose person is gone are answered alike.
  func preferences(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    guard case .preferences(let origin)? = link, let view = try await view(origin) else { return invalid(request) }
    return page(request, view, nil)
  }

  private func view(_ origin: LinkOrigin) async throws(Problem) -> PreferenceView? {
    try await node.perform { partition throws(Problem) in partition.preferences(origin) }
  }

  /// Takes the form: receipts for what changed, durable before the answer.
  func save(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    guard case .preferences(let origin)? = link, let before = try await view(origin) else { return invalid(request) }
    guard request.body.count <= 65_536, let fields = formFields(String(decoding: request.body, as: UTF8.self)) else {
      throw .invalid("", "the form cannot be read")
    }
    let (all, done) = wish(fields, before)
    for news in all { try await node.record(MessageFeedback(origin, news)) }
    guard let after = try await view(origin) else { return invalid(request) }
    return page(request, after, done)
  }

  private func wish(
    _ fields: [(name: String, value: String)], _ view: PreferenceView
  ) -> ([MessageFeedback.News], Done) {
    switch fields.first(where: { $0.name == "do" })?.value {
    case "none":
      // All marketing, what the page asks about, and nothing twice.
      var answers = ["marketing": false]
      for choice in view.choices where choice.isGranted { answers[choice.purpose] = false }
      return ([.answered(answers, source: "unsubscribe")], .none)
    case "pause": return ([.paused(until: node.receiptTime() + .days(Self.pauseDays))], .paused)
    case "resume": return ([.paused(until: nil)], .resumed)
    default:
      let wanted = Set(fields.filter { $0.name == "on" }.map(\.value))
      var answers: [String: Bool] = [:]
      for choice in view.choices where choice.isGranted != wanted.contains(choice.purpose) {
        answers[choice.purpose] = wanted.contains(choice.purpose)
      }
      var news: [MessageFeedback.News] = answers.isEmpty ? [] : [.answered(answers, source: "preference_centre")]
      let frequency = fields.first { $0.name == "frequency" }.flatMap { MarketingFrequency(rawValue: $0.value) }
      if let frequency, frequency != view.frequency, view.frequencies.contains(frequency) {
        news.append(.frequency(frequency))
      }
      return (news, .saved)
    }
  }

  private func page(_ request: HTTPRequest, _ view: PreferenceView, _ done: Done?) -> HTTPResponse {
    let words = HostedWords(wanted: request.wantedLanguages + [view.workspace.locale], document: view.document)
    let choices = view.choices.map { choice -> Markup in
      """
      <label><input type="checkbox" name="on" value="\(choice.purpose)"\(choice.isGranted ? " checked" : "" as Markup)>\
      <span>\(words.purpose(choice.purpose))</span></label>
      """
    }
    let often = view.frequencies.map { frequency -> Markup in
      """
      <label><input type="radio" name="frequency" value="\(frequency.rawValue)"\
      \(frequency == view.frequency ? " checked" : "" as Markup)>\
      <span>\(words["frequency." + frequency.rawValue])</span></label>
      """
    }
    let frequencies: Markup =
      often.isEmpty ? "" : "<fieldset><legend>\(words["frequency"])</legend>\(Markup(joining: often))</fieldset>"
    let notice: Markup = done.map { "<p class=\"notice\" role=\"status\">\(words[$0.key])</p>" } ?? ""
    let pause: Markup =
      view.pausedUntil.map {
        "<p>\(words["paused"]) <time datetime=\"\($0.text)\">\(String($0.text.prefix(10)))</time></p>"
      } ?? ""
    let pauseButton: Markup =
      view.pausedUntil == nil
      ? "<button name=\"do\" value=\"pause\">\(words["pause"])</button>"
      : "<button name=\"do\" value=\"resume\">\(words["resume"])</button>"
    let privacy: Markup =
      view.document?["privacyUrl"]?.string.map {
        "<footer><a href=\"\($0)\" rel=\"noreferrer\">\(words["privacy"])</a></footer>"
      } ?? ""
    return HostedPage(
      words: words, title: words["title"], sender: view.workspace.name,
      body: """
        \(notice)<p>\(words["intro"])</p>\(pause)
        <form method="post">\(Markup(joining: choices))\(frequencies)
        <div class="actions"><button class="main" name="do" value="save">\(words["save"])</button>\(pauseButton)\
        <button name="do" value="none">\(words["none"])</button></div></form>\(privacy)
        """
    ).response()
  }
}
