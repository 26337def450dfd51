import RoostCore

/// Checks of a running server, through its interface.
enum ServerChecks {
  static func server(_ settings: Settings, _ options: ClientOptions) async -> [Finding] {
    do throws(Failure) {
      let api = try options.api(settings)
      var findings = [try await readiness(api)]
      let workspaces = try await api.json(.GET, "/api/v1/workspaces")["items"]?.array ?? []
      for workspace in workspaces.compactMap({ $0["key"]?.string }) {
        findings += try await channels(of: workspace, api)
      }
      await api.client.close()
      return findings
    } catch {
      return [
        Finding(
          check: "server", status: .problem, cause: error.message,
          remedy: "a server holds the data directory; name its address with --url if it is not the configured one")
      ]
    }
  }

  private static func readiness(_ api: API) async throws(Failure) -> Finding {
    let answer = try await api.send(.GET, "/readyz", body: [], type: "")
    guard answer.status != 200 else {
      return Finding(check: "server", status: .ok, cause: "\(api.client.address.text) is ready")
    }
    let document = (try? JSONValue(parsing: answer.body)) ?? .null
    let reasons = (document["reasons"]?.array ?? []).compactMap(\.string).joined(separator: "; ")
    return Finding(
      check: "server", status: .problem, cause: "\(api.client.address.text) is not ready: \(reasons)",
      remedy: "read its log, which says more")
  }

  /// The interface does not give passwords away: a channel that has one is checked by the server as it sends.
  private static func channels(of workspace: String, _ api: API) async throws(Failure) -> [Finding] {
    let items =
      try await api.json(.GET, "/api/v1/workspaces/\(percentEncoded(workspace))/channels")["items"]?.array ?? []
    var findings: [Finding] = []
    for item in items {
      guard let key = item["key"]?.string, let url = item["definition"]?["url"]?.string else { continue }
      let name = "\(workspace)/\(key)"
      if url.contains(":***@") {
        findings.append(
          Finding(
            check: "smtp \(name)", status: .skipped,
            cause: "the channel has a password, which the server keeps to itself",
            remedy: "check it with \(Setting.smtp.variable)=smtp://user:password@host:port roost doctor"))
      } else {
        findings.append(await MailChecks.server(url, name: name))
      }
    }
    return findings
  }
}
