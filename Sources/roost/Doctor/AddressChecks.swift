/// Checks of the address under which the world reaches the server.
enum AddressChecks {
  private static let check = "public address"
  private static let way = "set \(Setting.publicURL.ways) for roost serve"

  /// - Parameter publicURL: where links in messages lead to, as a running server says.
  static func finding(_ publicURL: String?) -> Finding {
    guard let publicURL else {
      return Finding(check: check, status: .skipped, cause: "the server does not say where links in messages lead to")
    }
    guard publicURL.hasPrefix("https://") else {
      return Finding(
        check: check, status: .warning,
        cause:
          "links in messages lead to \(publicURL), which is not https: mail programs show no unsubscribe button (RFC "
          + "8058), browsers allow no push, and keys travel in the clear",
        remedy: "put a proxy with a certificate before the server and name its https address: \(way)")
    }
    return Finding(check: check, status: .ok, cause: "links in messages lead to \(publicURL)")
  }

  /// While no server runs.
  static func finding(configured publicURL: String?) -> Finding {
    if let publicURL { return finding(publicURL) }
    return Finding(
      check: check, status: .warning, cause: "none is set: links in messages would lead to the port on this machine",
      remedy: "\(way), such as https://mail.shop.example")
  }
}
