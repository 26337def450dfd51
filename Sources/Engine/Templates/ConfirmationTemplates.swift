import Delivery
import RoostCore

/// The messages that ask somebody to confirm a consent, for workspaces that have none of their own. A workspace's template
/// under the same key takes the place of the built-in one.
public enum ConfirmationTemplates {
  public static func key(_ kind: ChannelKind) -> String { "confirm-\(kind.rawValue)" }

  /// How such messages name their step; they belong to no journey.
  public static func step(_ kind: ChannelKind) -> String { "confirm-\(kind.rawValue)" }

  /// The built-in document, of version 0; `nil` for a key that is none of them.
  public static func document(_ key: String) -> Document? {
    guard let kind = ChannelKind.allCases.first(where: { self.key($0) == key }), let body = body(kind) else {
      return nil
    }
    return Document(kind: .template, key: key, version: 0, body: body, createdAt: .distantPast)
  }

  /// Those that the policies ask for and the workspace has not.
  static func missing(
    _ templates: [String: CompiledTemplate], _ policies: DeliveryPolicies, library: TemplateLibrary
  ) throws(Problem) -> [(key: String, value: CompiledTemplate)] {
    var found: [(key: String, value: CompiledTemplate)] = []
    for kind in policies.doubleOptIn where policies.confirming[kind]?.template == nil {
      guard templates[key(kind)] == nil, let document = document(key(kind)) else { continue }
      found.append((document.key, try CompiledTemplate(document, library: library)))
    }
    return found
  }

  private static func body(_ kind: ChannelKind) -> JSONValue? {
    switch kind {
    case .email:
      var members = letter(english).members ?? []
      members += [.init("channel", "email"), .init("language", "en"), .init("languages", ["ru": letter(russian)])]
      return .object(members)
    case .sms, .telegram:
      return [
        "channel": .string(kind.rawValue), "language": "en", "text": .string("\(english.ask) {{ confirm_url }}"),
        "languages": ["ru": ["text": .string("\(russian.ask) {{ confirm_url }}")]],
      ]
    case .push:
      return [
        "channel": "push", "language": "en", "title": .string(english.subject), "body": .string(english.ask),
        "url": "{{ confirm_url }}",
        "languages": [
          "ru": [
            "title": .string(russian.subject), "body": .string(russian.ask), "url": "{{ confirm_url }}",
          ]
        ],
      ]
    case .webhook, .inapp: return nil
    }
  }

  private struct Words {
    var subject: String
    var ask: String
    var button: String
    var otherwise: String
  }

  private static let english = Words(
    subject: "Please confirm: news from {{ workspace.name }}",
    ask: "You asked for news from {{ workspace.name }}. Please confirm that it was you:", button: "Confirm",
    otherwise: "If it was not you, do nothing: you will get no news.")
  private static let russian = Words(
    subject: "Подтвердите подписку на {{ workspace.name }}",
    ask: "Вы подписались на новости {{ workspace.name }}. Подтвердите, что это были вы:", button: "Подтвердить",
    otherwise: "Если это были не вы, ничего не делайте: новости приходить не будут.")

  private static func letter(_ words: Words) -> JSONValue {
    [
      "subject": .string(words.subject),
      "text": .string("\(words.ask)\n\n{{ confirm_url }}\n\n\(words.otherwise)\n"),
      "html": .string(
        "<p>\(words.ask)</p><p><a href=\"{{ confirm_url }}\" style=\"display:inline-block;padding:12px 20px;"
          + "background:#1a5fb4;color:#ffffff;text-decoration:none\">\(words.button)</a></p><p>\(words.otherwise)</p>"),
    ]
  }
}
