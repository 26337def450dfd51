import RoostCore

/// The credentials in a channel's document: members of certain names, and passwords within URLs, wherever they stand.
public enum ChannelSecrets {
  /// What stands for a credential in answers. A document that is put with it keeps the credential it has.
  public static let redacted = "***"

  /// Members whose texts, and all texts below them, are credentials, in lower case.
  static let names: Set<String> = [
    "password", "privatekey", "private_key", "secret", "token", "apikey", "api_key", "authorization", "x-api-key",
    "credentials",
  ]

  /// The document with every credential replaced by what `transform` makes of it.
  ///
  /// - Parameter transform: gets a JSON pointer to the credential and its text; of a URL the password as it stands there,
  ///   percent-encoded, so what comes back has to fit there too.
  public static func map(
    _ body: JSONValue, _ transform: (String, String) throws(Problem) -> String
  ) throws(Problem) -> JSONValue {
    try map(body, at: "", isSecret: false, transform)
  }

  private static func map(
    _ value: JSONValue, at place: String, isSecret: Bool, _ transform: (String, String) throws(Problem) -> String
  ) throws(Problem) -> JSONValue {
    switch value {
    case .string(let text):
      if isSecret { return text.isEmpty ? value : .string(try transform(place, text)) }
      guard var url = CredentialURL(text), let password = url.password, !password.isEmpty else { return value }
      url.password = try transform(place, password)
      return .string(url.text)
    case .array(let items):
      var mapped: [JSONValue] = []
      for (index, item) in items.enumerated() {
        mapped.append(try map(item, at: "\(place)/\(index)", isSecret: isSecret, transform))
      }
      return .array(mapped)
    case .object(let members):
      var mapped: [JSONValue.Member] = []
      for member in members {
        let isSecret = isSecret || names.contains(member.key.lowercased())
        mapped.append(
          .init(
            member.key,
            try map(member.value, at: "\(place)/\(pointerToken(member.key))", isSecret: isSecret, transform)))
      }
      return .object(mapped)
    case .null, .bool, .double, .int: return value
    }
  }

  /// The document for answers.
  public static func redacted(_ body: JSONValue) -> JSONValue {
    // Nothing is thrown here: the transformation does not.
    do throws(Problem) { return try map(body) { _, _ in redacted } } catch { return .null }
  }

  /// The credentials of a document by their pointers.
  public static func all(in body: JSONValue) -> [String: String] {
    var found: [String: String] = [:]
    do throws(Problem) {
      _ = try map(body) { place, text in
        found[place] = text
        return text
      }
    } catch { return [:] }
    return found
  }
}

/// A URL taken apart at its user and password, both percent-encoded.
struct CredentialURL {
  var scheme: Substring
  var user: Substring
  var password: String?
  /// From the @ on.
  var rest: Substring

  /// `nil` if there is no user in it.
  init?(_ url: String) {
    guard let mark = url.firstRange(of: "://") else { return nil }
    scheme = url[..<mark.upperBound]
    // What is percent-encoded holds no ? or /, so an @ behind them belongs to the path or query.
    let authority = url[mark.upperBound...].prefix { $0 != "?" && $0 != "/" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    let credentials = authority[..<at]
    let colon = credentials.firstIndex(of: ":")
    user = credentials[..<(colon ?? credentials.endIndex)]
    password = colon.map { String(credentials[credentials.index(after: $0)...]) }
    rest = url[at...]
  }

  var text: String { scheme + user + (password.map { ":" + $0 } ?? "") + rest }
}
