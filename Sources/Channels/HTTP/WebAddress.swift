/// A web address taken apart as far as it takes to know whom one talks to.
public struct WebAddress: Sendable, Hashable {
  public let isSecure: Bool
  /// In lower case; IPv6 without brackets.
  public let host: String
  public let port: Int
  /// Path and query; begins with `/`.
  public let target: String

  /// `nil` for anything but `http://` and `https://` with a host, and for user names and passwords in it.
  public init?(_ text: String) {
    guard text.utf8.count <= 4_096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let mark = text.firstRange(of: "://")
    else { return nil }
    switch text[..<mark.lowerBound].lowercased() {
    case "https": isSecure = true
    case "http": isSecure = false
    default: return nil
    }
    let rest = text[mark.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest[authority.endIndex...]
    target = path.isEmpty ? "/" : path.first == "?" ? "/" + path : String(path)
    guard !authority.contains("@"), let (host, port) = Self.hostAndPort(authority) else { return nil }
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
  }

  private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
    var host = authority
    var port: Substring = ""
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      guard after.isEmpty || after.first == ":" else { return nil }
      port = after.dropFirst()
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    let isName = host.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x3A
    }
    guard !host.isEmpty, host.utf8.count <= 253, isName else { return nil }
    if port.isEmpty { return (host.lowercased(), nil) }
    guard let number = Int(port), (1...65_535).contains(number), !port.hasPrefix("+") else { return nil }
    return (host.lowercased(), number)
  }

  /// `https://host` or `https://host:port`, as RFC 6454 writes an origin.
  public var origin: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let isUsual = port == (isSecure ? 443 : 80)
    return "\(isSecure ? "https" : "http")://\(name)\(isUsual ? "" : ":\(port)")"
  }

  public var text: String { origin + target }
}
