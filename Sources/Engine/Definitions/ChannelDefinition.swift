import RoostCore

/// A way out for messages, as it was put.
public struct ChannelDefinition: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case smtp = "email.smtp"
  }
  public var key: String
  public var kind: Kind
  /// `smtp://…` or `smtps://…`, with user and password where the server asks for them.
  public var url: String
  /// `Shop <hi@shop.example>`.
  public var from: String
  public var replyTo: String?

  public init(_ body: JSONValue, key: String) throws(Problem) {
    var findings: [Problem.Finding] = []
    func text(_ name: String, _ remedy: String) -> String {
      if let text = body[name]?.string, !text.isEmpty { return text }
      findings.append(.init(pointer: "/" + name, detail: remedy))
      return ""
    }
    let kinds = Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let type = text("type", "a channel needs a type: \(kinds)")
    let url = text("url", "a channel needs a url such as smtp://127.0.0.1:1025")
    let from = text("from", "a channel needs a sender such as \"Shop <hi@shop.example>\"")
    let kind = Kind(rawValue: type)
    if kind == nil, !type.isEmpty {
      findings.append(.init(pointer: "/type", detail: "\"\(type)\" is none of \(kinds)"))
    }
    for member in body.members ?? [] where !["type", "url", "from", "replyTo"].contains(member.key) {
      findings.append(
        .init(pointer: "/" + pointerToken(member.key), detail: "a channel has type, url, from and replyTo"))
    }
    guard let kind, findings.isEmpty else {
      throw Problem(.invalid, "the channel cannot be used", findings: findings)
    }
    self.key = key
    self.kind = kind
    self.url = url
    self.from = from
    replyTo = body["replyTo"]?.string
  }

  /// The document without the password.
  public static func redacted(_ body: JSONValue) -> JSONValue {
    guard let members = body.members else { return body }
    return .object(
      members.map { member in
        guard member.key == "url", let url = member.value.string else { return member }
        return .init("url", .string(redactedURL(url)))
      })
  }

  private static func redactedURL(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://"), scheme.upperBound < at else {
      return url
    }
    let user = url[scheme.upperBound..<at].prefix { $0 != ":" }
    return url[..<scheme.upperBound] + user + ":***" + url[at...]
  }
}
