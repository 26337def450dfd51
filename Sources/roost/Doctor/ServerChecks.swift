import RoostCore

/// Checks of a running server, through its interface.
enum ServerChecks {
  static func server(_ settings: Settings, _ options: ClientOptions) async -> [Finding] {
    do throws(Failure) {
      let api = try options.api(settings)
      var findings = try await readiness(api)
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

  private static func readiness(_ api: API) async throws(Failure) -> [Finding] {
    let answer = try await api.send(.GET, "/readyz", body: [], type: "")
    let document = (try? JSONValue(parsing: answer.body)) ?? .null
    let address = AddressChecks.finding(document["publicUrl"]?.string)
    guard answer.status != 200 else {
      return [Finding(check: "server", status: .ok, cause: "\(api.client.address.text) is ready"), address]
    }
    let reasons = (document["reasons"]?.array ?? []).compactMap(\.string).joined(separator: "; ")
    return [
      Finding(
        check: "server", status: .problem, cause: "\(api.client.address.text) is not ready: \(reasons)",
        remedy: "read its log, which says more"), address,
    ]
  }

  /// The server tries each channel itself: it has the credentials.
  private static func channels(of workspace: String, _ api: API) async throws(Failure) -> [Finding] {
    let path = "/api/v1/workspaces/\(percentEncoded(workspace))/channels"
    var findings: [Finding] = []
    for item in try await api.json(.GET, path)["items"]?.array ?? [] {
      guard let key = item["key"]?.string else { continue }
      let health = try await api.json(.GET, "\(path)/\(percentEncoded(key))/health?probe=true")
      findings.append(finding("channel \(workspace)/\(key)", health))
    }
    return findings
  }

  private static func finding(_ check: String, _ health: JSONValue) -> Finding {
    let probe = health["probe"]
    let cause = probe?["cause"]?.string ?? ""
    let remedy = probe?["remedy"]?.string ?? ""
    guard probe?["ready"]?.bool == true else {
      return Finding(check: check, status: .problem, cause: cause, remedy: remedy)
    }
    guard health["state"]?.string == "ok" else {
      let last = health["lastFailure"]?["detail"]?.string ?? ""
      return Finding(
        check: check, status: .warning, cause: "hand-offs failed lately: \(last)",
        remedy: remedy.isEmpty ? "it is tried again by itself; \(health["waiting"]?.int ?? 0) messages wait" : remedy)
    }
    return Finding(check: check, status: remedy.isEmpty ? .ok : .warning, cause: cause, remedy: remedy)
  }
}
