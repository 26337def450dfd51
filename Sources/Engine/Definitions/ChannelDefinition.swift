import RoostCore

/// A way out for messages, as it was put.
public struct ChannelDefinition: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case smtp = "email.smtp"
  }
  public var key: String
  public var kind: Kind
  /// `smtp://…` or `smtps://…`, with user and password where the server asks for them; of several accounts the first.
  public var url: String
  /// `Shop <hi@shop.example>`.
  public var from: String
  public var replyTo: String?
  /// What only e-mail has.
  public var email: EmailSettings
  /// What a message costs, for reckoning ahead; `nil` if it was not said.
  public var price: ChannelPrice?

  public init(_ body: JSONValue, key: String) throws(Problem) {
    var findings: [Problem.Finding] = []
    func text(_ name: String, _ remedy: String) -> String {
      if let text = body[name]?.string, !text.isEmpty { return text }
      findings.append(.init(pointer: "/" + name, detail: remedy))
      return ""
    }
    let kinds = Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let type = text("type", "a channel needs a type: \(kinds)")
    var email = EmailSettings()
    email.read(body, &findings)
    let url = email.accounts.first?.url ?? ""
    let from = text("from", "a channel needs a sender such as \"Shop <hi@shop.example>\"")
    let kind = Kind(rawValue: type)
    if kind == nil, !type.isEmpty {
      findings.append(.init(pointer: "/type", detail: "\"\(type)\" is none of \(kinds)"))
    }
    let known = ["type", "from", "replyTo", "price"] + EmailSettings.members
    for member in body.members ?? [] where !known.contains(member.key) {
      findings.append(
        .init(pointer: "/" + pointerToken(member.key), detail: "a channel has \(known.joined(separator: ", "))"))
    }
    if let given = body["price"] {
      price = ChannelPrice(given)
      if price == nil {
        findings.append(
          .init(pointer: "/price", detail: "expected an amount such as {\"amount\": \"0.0045\", \"currency\": \"EUR\"}")
        )
      }
    }
    guard let kind, findings.isEmpty else {
      throw Problem(.invalid, "the channel cannot be used", findings: findings)
    }
    self.key = key
    self.kind = kind
    self.url = url
    self.from = from
    replyTo = body["replyTo"]?.string
    self.email = email
  }

  /// The document without passwords and private keys.
  public static func redacted(_ body: JSONValue) -> JSONValue {
    switch body {
    case .object(let members):
      .object(
        members.map { member in
          switch (member.key, member.value) {
          case ("url", .string(let url)): .init("url", .string(redactedURL(url)))
          case ("privateKey", _): .init("privateKey", "***")
          default: .init(member.key, redacted(member.value))
          }
        })
    case .array(let items):
      .array(
        items.map { item in if case .string(let url) = item { .string(redactedURL(url)) } else { redacted(item) } })
    default: body
    }
  }

  private static func redactedURL(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://"), scheme.upperBound < at else {
      return url
    }
    let user = url[scheme.upperBound..<at].prefix { $0 != ":" }
    return url[..<scheme.upperBound] + user + ":***" + url[at...]
  }
}
