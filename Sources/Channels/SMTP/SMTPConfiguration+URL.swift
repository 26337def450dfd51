import RoostCore

extension SMTPConfiguration {
  /// Reads `smtp://user:password@host:port?option=value&…`; `smtps://` means TLS from the first byte.
  ///
  /// User and password are percent-encoded. Options: `tls` = `required`, `opportunistic`, `none` (default:
  /// `required` with credentials, else `opportunistic`), `helo` (the name for EHLO), `roots` (a PEM file),
  /// `verify` = `yes`, `no`, `connections`, `messages` (per connection), `idle`, `timeout` (seconds).
  ///
  /// - Throws: `SMTPConfigurationError`, naming the part; the URL itself is not repeated.
  public init(url: String) throws(SMTPConfigurationError) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw SMTPConfigurationError(field: "url", detail: "contains a space or a control character; percent-encode it")
    }
    let isImplicit = url.hasPrefix("smtps://")
    guard isImplicit || url.hasPrefix("smtp://") else {
      throw SMTPConfigurationError(field: "url", detail: "begins neither with smtp:// nor with smtps://")
    }
    var rest = url[url.index(url.startIndex, offsetBy: isImplicit ? 8 : 7)...]
    var query: Substring = ""
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    if rest.last == "/" { rest.removeLast() }
    guard !rest.contains("/"), !rest.contains("#") else {
      throw SMTPConfigurationError(field: "url", detail: "has a path; write smtp://host:port, and encode / as %2F")
    }
    var credentials: SMTPCredentials?
    if let at = rest.lastIndex(of: "@") {
      credentials = try Self.credentials(rest[..<at])
      rest = rest[rest.index(after: at)...]
    }
    let (host, port) = try Self.hostAndPort(rest)
    self.init(
      host: host, port: port ?? (isImplicit ? 465 : 25),
      tls: isImplicit ? .implicit : credentials == nil ? .opportunistic : .required, credentials: credentials)
    for option in query.split(separator: "&") { try apply(option) }
  }

  private static func credentials(_ text: Substring) throws(SMTPConfigurationError) -> SMTPCredentials {
    guard let colon = text.firstIndex(of: ":") else {
      throw SMTPConfigurationError(field: "url/password", detail: "is absent; write smtp://user:password@host")
    }
    let user = try percentDecoded(text[..<colon], field: "url/user")
    let password = try percentDecoded(text[text.index(after: colon)...], field: "url/password")
    guard !user.isEmpty else { throw SMTPConfigurationError(field: "url/user", detail: "is empty") }
    return try SMTPCredentials(user: user, password: password)
  }

  private static func hostAndPort(_ text: Substring) throws(SMTPConfigurationError) -> (String, Int?) {
    var host = text
    var portText: Substring?
    if text.first == "[", let close = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<close]
      let after = text[text.index(after: close)...]
      guard after.isEmpty || after.first == ":" else {
        throw SMTPConfigurationError(field: "url/host", detail: "has text after ]; write [::1]:25")
      }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      portText = text[text.index(after: colon)...]
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ MailAddress.isAtomText($0) || $0 == 0x2E || $0 == 0x3A }) else {
      throw SMTPConfigurationError(
        field: "url/host", detail: "is empty or no host name; write smtp://mail.example.com:25")
    }
    guard let portText else { return (String(host), nil) }
    guard let port = Int(portText), (1...65_535).contains(port), !portText.hasPrefix("+") else {
      throw SMTPConfigurationError(field: "url/port", detail: "is no number from 1 to 65535")
    }
    return (String(host), port)
  }

  private mutating func apply(_ option: Substring) throws(SMTPConfigurationError) {
    let name = String(option.prefix { $0 != "=" })
    let value = try Self.percentDecoded(option.dropFirst(name.count + 1), field: "url/\(name)")
    switch name {
    case "tls":
      guard let choice = TLS(rawValue: value), (choice == .implicit) == (tls == .implicit) else {
        throw SMTPConfigurationError(
          field: "url/tls", detail: "is not required, opportunistic or none; smtps:// takes no other choice")
      }
      tls = choice
    case "helo":
      guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), value.utf8.count <= 255 else {
        throw SMTPConfigurationError(field: "url/helo", detail: "is no host name; write helo=mail.shop.example")
      }
      clientName = value
    case "roots": trustRoots = value
    case "verify":
      guard value == "yes" || value == "no" else {
        throw SMTPConfigurationError(field: "url/verify", detail: "is neither yes nor no")
      }
      verifiesCertificate = value == "yes"
    case "connections": connectionsMax = try Self.number(value, 1...1000, field: "url/connections")
    case "messages": messagesPerConnectionMax = try Self.number(value, 1...1_000_000, field: "url/messages")
    case "idle": timeouts.idle = .seconds(Int64(try Self.number(value, 1...3600, field: "url/idle")))
    case "timeout":
      timeouts = timeouts.limited(to: .seconds(Int64(try Self.number(value, 1...3600, field: "url/timeout"))))
    default:
      throw SMTPConfigurationError(
        field: "url",
        detail:
          "has an option that does not exist; there are tls, helo, roots, verify, connections, messages, idle, timeout")
    }
  }

  private static func number(
    _ text: String, _ range: ClosedRange<Int>, field: String
  ) throws(SMTPConfigurationError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw SMTPConfigurationError(
        field: field, detail: "is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private static func percentDecoded(_ text: Substring, field: String) throws(SMTPConfigurationError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
        throw SMTPConfigurationError(field: field, detail: "has a % without two hexadecimal digits; write %25 for %")
      }
      bytes.append(high << 4 | low)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw SMTPConfigurationError(field: field, detail: "is not UTF-8 after percent-decoding")
    }
    return decoded
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}

extension SMTPTimeouts {
  /// The same, with no phase but the idle one lasting longer than `limit`.
  func limited(to limit: TimeSpan) -> SMTPTimeouts {
    var limited = self
    let fields: [WritableKeyPath<SMTPTimeouts, TimeSpan>] = [
      \.connect, \.greeting, \.handshake, \.mail, \.recipient, \.data, \.message, \.finalDot, \.quit,
    ]
    for field in fields { limited[keyPath: field] = min(limited[keyPath: field], limit) }
    return limited
  }
}
