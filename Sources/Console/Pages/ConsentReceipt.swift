import RoostCore

/// What somebody agreed to or refused: what, when, where, by which wording.
public struct ConsentReceipt: Sendable {
  /// `marketing`, `marketing.email`, `partner_offers`, `tracking`…
  public var purpose: String
  public var isGranted: Bool
  public var at: Instant
  public var source: String
  /// "" if unknown.
  public var textVersion: String

  public init(purpose: String, isGranted: Bool, at: Instant, source: String, textVersion: String) {
    self.purpose = purpose
    self.isGranted = isGranted
    self.at = at
    self.source = source
    self.textVersion = textVersion
  }
}

extension HTML {
  mutating func consentCard(_ consents: [ConsentReceipt]) {
    card(.consents, count: consents.count) { html in
      guard !consents.isEmpty else { return html("p", .class("lead"), say: .noConsents) }
      html("ul", .class("runs")) { html in
        for consent in consents { html("li") { html in html.consent(consent) } }
      }
    }
  }

  mutating func consent(_ consent: ConsentReceipt) {
    self("b", data: consent.purpose)
    text(" ")
    pill(consent.isGranted ? .good : .quiet, consent.isGranted ? .granted : .refused)
    self("small") { html in
      html.time(consent.at)
      if !consent.source.isEmpty {
        html.text(" · ")
        html.data(consent.source)
      }
      if !consent.textVersion.isEmpty {
        html.text(" · ")
        html.say(.wording)
        html.text(" ")
        html.data(consent.textVersion)
      }
    }
  }
}

extension Phrase {
  static let consents = Phrase("Consents", "Согласия")
  static let noConsents = Phrase("No consent is recorded.", "Согласий не записано.")
  static let granted = Phrase("Granted", "Дано")
  static let refused = Phrase("Refused", "Отказ")
  static let wording = Phrase("wording", "редакция")
}
