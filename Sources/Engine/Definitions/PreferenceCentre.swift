import Delivery
import RoostCore

/// What a workspace says about its preference centre: which purposes it asks about, and in which words.
///
/// ```
/// {"purposes": ["marketing.email", "partner_offers"], "frequencies": ["all", "weekly", "monthly"], "privacyUrl": "https://shop.example/privacy",
///  "languages": {"it": {"title": "Le tue preferenze", "purpose.marketing.email": "Novità via e-mail"}}}
/// ```
public enum PreferenceCentre {
  public static let purposesMax = 30
  private static let languagesMax = 100
  private static let textBytesMax = 1_000

  /// The words that the pages use; a language of one's own gives all or some, English stands for the rest.
  public static let texts: [String] = [
    "title", "intro", "save", "saved", "none", "noneDone", "pause", "paused", "resume", "resumed", "frequency",
    "frequency.all",
    "frequency.daily", "frequency.weekly", "frequency.monthly", "confirmTitle", "confirmAsk", "confirmAct",
    "confirmDone",
    "unsubscribeTitle",
    "unsubscribeAsk", "unsubscribeAct", "unsubscribeDone", "more", "invalidTitle", "invalid", "privacy",
  ]

  /// Checks a document; findings name the members.
  public static func check(_ body: JSONValue) throws(Problem) {
    var findings: [Problem.Finding] = []
    guard let members = body.members else { throw .invalid("", "the preference centre is an object") }
    for member in members where !["purposes", "frequencies", "languages", "privacyUrl"].contains(member.key) {
      findings.append(
        .init(
          pointer: "/" + pointerToken(member.key), detail: "there are purposes, frequencies, languages and privacyUrl"))
    }
    if let value = body["purposes"] {
      let purposes = value.array?.compactMap(\.string) ?? []
      if purposes.isEmpty || purposes.count != value.array?.count || purposes.count > purposesMax
        || Set(purposes).count != purposes.count || !purposes.allSatisfy(isPurpose)
      {
        findings.append(
          .init(
            pointer: "/purposes",
            detail: "are 1 to \(purposesMax) different names such as marketing.email or partner_offers"))
      }
    }
    if let value = body["frequencies"] {
      let known = MarketingFrequency.allCases.filter { $0 != .never }
      let names = value.array?.compactMap { $0.string.flatMap(MarketingFrequency.init(rawValue:)) } ?? []
      if value.array == nil || names.count != value.array?.count || Set(names).count != names.count
        || names.contains(.never)
      {
        findings.append(
          .init(
            pointer: "/frequencies", detail: "are some of \(known.map(\.rawValue).joined(separator: ", ")), or none"))
      }
    }
    if let url = body["privacyUrl"], !(url.string ?? "").hasPrefix("https://") {
      findings.append(.init(pointer: "/privacyUrl", detail: "is an address that begins with https://"))
    }
    if let languages = body["languages"] { check(languages: languages, &findings) }
    guard findings.isEmpty else {
      throw Problem(.invalid, "the preference centre cannot be used", findings: findings)
    }
  }

  private static func check(languages: JSONValue, _ findings: inout [Problem.Finding]) {
    guard let members = languages.members, members.count <= languagesMax else {
      return findings.append(
        .init(pointer: "/languages", detail: "are at most \(languagesMax) of a language's code and its texts"))
    }
    for language in members {
      let pointer = "/languages/" + pointerToken(language.key)
      if !isLanguage(language.key) {
        findings.append(.init(pointer: pointer, detail: "is no language's code such as it or pt-BR"))
      }
      guard let texts = language.value.members else {
        findings.append(.init(pointer: pointer, detail: "is an object of texts"))
        continue
      }
      for text in texts {
        let place = pointer + "/" + pointerToken(text.key)
        if !self.texts.contains(text.key), !text.key.hasPrefix("purpose.") {
          findings.append(
            .init(pointer: place, detail: "is none of \(self.texts.joined(separator: ", ")) and purpose.NAME"))
        }
        if text.value.string.map({ $0.isEmpty || $0.utf8.count > textBytesMax }) ?? true {
          findings.append(.init(pointer: place, detail: "is a text of 1 to \(textBytesMax) bytes"))
        }
      }
    }
  }

  static func isPurpose(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      }
  }

  private static func isLanguage(_ text: String) -> Bool {
    (2...12).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
  }

  /// How often people may choose to get marketing; an empty list: they are not asked.
  public static func frequencies(_ body: JSONValue?) -> [MarketingFrequency] {
    guard let list = body?["frequencies"]?.array else { return [.all, .weekly, .monthly] }
    return list.compactMap { $0.string.flatMap(MarketingFrequency.init(rawValue:)) }
  }

  /// The purposes that a document lists; `nil` if it leaves them open.
  public static func purposes(_ body: JSONValue?) -> [String]? { body?["purposes"]?.array?.compactMap(\.string) }
}
