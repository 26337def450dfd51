import Channels
import Delivery
import Engine
import Profiles
import RoostCore

/// The links of letters that lead back here: tracking, unsubscribing, the preference centre.
struct LetterLinks: Sendable {
  let signer: LinkSigner
  /// Where people reach this installation, without a slash at the end.
  let baseURL: String

  /// The letter's parts with their links in place.
  ///
  /// * What templates wrote for `{{ unsubscribe_url }}` and `{{ preferences_url }}` becomes this message's own links.
  /// * A marketing letter that has neither of them gets a line with both: nobody should have to look for the way out.
  /// * Links to the web and a picture for openings are tracked as the channel and the person allow.
  func place(
    in letter: inout (text: String?, html: String?), of message: MessageRecord, settings: EmailSettings,
    isTracked: Bool, language: String
  ) {
    let origin = LinkOrigin(message)
    let needsWayOut =
      message.messageClass == .marketing && !Self.hasWayOut(letter.text) && !Self.hasWayOut(letter.html)
    let clicks = isTracked && settings.tracksClicks
    func tracked(_ url: String) -> String? {
      let url = self.placed(url, message, origin)
      guard url.utf8.count <= MessageLink.urlBytesMax, !url.hasPrefix(baseURL + "/") else { return nil }
      return "\(baseURL)/c/\(signer.token(.click(origin, url: url, label: "")))"
    }
    func placed(_ part: String) -> String {
      LinkMarks.replaced(in: part) { link(of: $0, message, origin) }
    }
    let footer =
      needsWayOut
      ? LetterFooter(language: language, unsubscribe: unsubscribeURL(origin), preferences: preferencesURL(origin)) : nil
    if var text = letter.text {
      // First the links of the letter itself, so that ours are not looked at.
      if clicks { text = LinkRewriter.rewrite(text: text, tracked) }
      text = placed(text)
      if let footer { text += footer.text }
      letter.text = text
    }
    if var html = letter.html {
      if clicks { html = LinkRewriter.rewrite(html: html, tracked) }
      html = placed(html)
      if let footer { html.insertAtBodyEnd(footer.html) }
      if isTracked, settings.tracksOpens {
        html.insertAtBodyEnd(
          "<img src=\"\(baseURL)/o/\(signer.token(.open(origin)))\" alt=\"\" width=\"1\" height=\"1\" "
            + "style=\"border:0;width:1px;height:1px\">")
      }
      letter.html = html
    }
  }

  private static func hasWayOut(_ part: String?) -> Bool {
    part.map { !LinkMarks.found(in: $0).isDisjoint(with: [.unsubscribe, .preferences]) } ?? false
  }

  private func link(of mark: LinkMarks.Mark, _ message: MessageRecord, _ origin: LinkOrigin) -> String {
    switch mark {
    case .unsubscribe: unsubscribeURL(origin)
    case .preferences: preferencesURL(origin)
    case .confirm: confirmURL(of: message)
    case .telegram: telegramToken(of: message)
    }
  }

  /// A tracked link leads on to what it says once its marks are in place.
  private func placed(_ url: String, _ message: MessageRecord, _ origin: LinkOrigin) -> String {
    LinkMarks.replaced(in: url) { link(of: $0, message, origin) }
  }

  /// Whoever presses Start with it is the message's person, for a while; of a test nobody.
  private func telegramToken(of message: MessageRecord) -> String {
    let until = message.isTest ? message.createdAt : message.createdAt + MessageLink.telegramLife
    return signer.token(.telegram(message.workspace, message.person, until: until))
  }

  /// What `tracked_url` makes of a link: one that notes the click and leads on. Only links to the web can be such.
  func trackedURL(of message: MessageRecord) -> @Sendable (_ url: String, _ label: String) -> String {
    let origin = LinkOrigin(message)
    return { url, label in
      let url = placed(url, message, origin)
      guard LinkRewriter.isWeb(url), url.utf8.count <= MessageLink.urlBytesMax, !url.hasPrefix(baseURL + "/") else {
        return url
      }
      return "\(baseURL)/c/\(signer.token(.click(origin, url: url, label: label)))"
    }
  }

  /// The same in a message's fields as somebody looks at them, or as another channel takes them: links work, nothing is
  /// tracked. Outside e-mail both lead to the preference centre, where every channel has its own switch.
  func place(in fields: inout [String: String], of message: MessageRecord, isEmail: Bool) {
    let origin = LinkOrigin(message)
    for (name, text) in fields {
      fields[name] = LinkMarks.replaced(in: text) {
        link(of: $0 == .unsubscribe && !isEmail ? .preferences : $0, message, origin)
      }
    }
  }

  /// Where a channel's provider may report what became of messages, or of this one.
  func callbackURL(_ channel: ChannelRef, _ message: String? = nil) -> String {
    "\(baseURL)/v1/inbound/http/\(signer.token(.inbound(channel.workspace, channel: channel.key)))"
      + (message.map { "?\(CallbackRules.messageField)=\($0)" } ?? "")
  }

  /// By which a browser or an app says that the message was tapped; a test is nobody's.
  func tapToken(of message: MessageRecord) -> String? {
    message.isTest ? nil : signer.token(.tap(LinkOrigin(message)))
  }

  /// Where whoever reads the message confirms a consent: for the address that it went to, and for a while.
  func confirmURL(of message: MessageRecord) -> String {
    let origin = LinkOrigin(workspace: message.workspace, person: message.person, message: message.id)
    let link = MessageLink.confirm(
      origin, address: AddressSuppression.hash(message.to), issuedAt: message.createdAt)
    return "\(baseURL)/confirm/\(signer.token(link))"
  }

  /// The same where nobody is written to: the links work and change nobody's settings.
  func placeForNobody(in fields: inout [String: String], _ workspace: WorkspaceID) {
    let origin = LinkOrigin(workspace: workspace, person: PersonID(0), message: nil)
    for (name, text) in fields {
      fields[name] = LinkMarks.replaced(in: text) { mark in
        switch mark {
        case .unsubscribe: unsubscribeURL(origin)
        case .preferences: preferencesURL(origin)
        case .confirm: nil
        case .telegram: signer.token(.telegram(workspace, PersonID(0), until: Instant(milliseconds: 0)))
        }
      }
    }
  }

  func unsubscribeURL(_ origin: LinkOrigin) -> String { "\(baseURL)/u/\(signer.token(.unsubscribe(origin)))" }
  func preferencesURL(_ origin: LinkOrigin) -> String { "\(baseURL)/p/\(signer.token(.preferences(origin)))" }

  /// The header fields of a message: RFC 8058 for marketing, and for all a name by which a bounce is recognised.
  func headers(of message: MessageRecord) -> [EmailMessage.Header] {
    var headers: [EmailMessage.Header] = []
    if message.messageClass == .marketing {
      let origin = LinkOrigin(message)
      headers.append(.init(name: "List-Unsubscribe", value: "<\(unsubscribeURL(origin))>"))
      headers.append(.init(name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click"))
    }
    if message.isTest { headers.append(.init(name: "X-Roost-Test", value: "true")) }
    headers.append(
      .init(name: Self.messageField, value: signer.addressToken(.bounce(message.workspace, message.id))))
    return headers
  }

  /// The field that names the message to ourselves, for bounces that quote it.
  static let messageField = "X-Roost-Message"
}

extension LinkOrigin {
  /// Links of a test are nobody's: whoever looks at one must not unsubscribe anybody.
  fileprivate init(_ message: MessageRecord) {
    self.init(workspace: message.workspace, person: message.person, message: message.isTest ? nil : message.id)
  }
}

/// The line at the end of a marketing letter whose template has no way out.
private struct LetterFooter {
  var language: String
  var unsubscribe: String
  var preferences: String

  private var words: (unsubscribe: String, preferences: String) {
    language.lowercased().hasPrefix("ru")
      ? ("Отписаться", "Настроить рассылку") : ("Unsubscribe", "Change what you get")
  }

  var text: String { "\n-- \n\(words.unsubscribe): \(unsubscribe)\n\(words.preferences): \(preferences)\n" }

  var html: String {
    "<p style=\"margin:24px 0 0;font-size:12px;line-height:18px;color:#666\"><a href=\"\(unsubscribe)\" "
      + "style=\"color:#666\">\(words.unsubscribe)</a> · <a href=\"\(preferences)\" style=\"color:#666\">"
      + "\(words.preferences)</a></p>"
  }
}

extension String {
  /// Puts markup before the last `</body>`, or at the end.
  fileprivate mutating func insertAtBodyEnd(_ markup: String) {
    let mark = Array("</body".utf8)
    let place: Int? = withUTF8 { bytes in
      guard bytes.count >= mark.count else { return nil }
      return (0...(bytes.count - mark.count)).last { place in
        bytes[place] == mark[0] && mark.indices.allSatisfy { bytes[place + $0] | 0x20 == mark[$0] | 0x20 }
      }
    }
    insert(contentsOf: markup, at: place.map { utf8.index(startIndex, offsetBy: $0) } ?? endIndex)
  }
}
