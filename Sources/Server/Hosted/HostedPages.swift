import NIOHTTP1
import RoostCore
import Runtime

/// What links in messages lead to: unsubscribing, the preference centre, openings and clicks. Open to anybody who has a link;
/// a link opens one person's choices and shows nobody's name or address.
final class HostedPages: Sendable {
  let node: Node

  init(node: Node) { self.node = node }

  static func isHosted(_ request: HTTPRequest) -> Bool {
    request.path.count == 2 && ["u", "p", "o", "c", "confirm"].contains(request.path[0])
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let link = node.linkSigner.link(request.path[1])
    switch (request.path[0], request.method) {
    case ("u", .GET), ("u", .HEAD): return try await askToUnsubscribe(request, link)
    case ("u", .POST): return try await unsubscribe(request, link)
    case ("confirm", .GET), ("confirm", .HEAD): return try await askToConfirm(request, link)
    case ("confirm", .POST): return try await confirm(request, link)
    case ("p", .GET), ("p", .HEAD): return try await preferences(request, link)
    case ("p", .POST): return try await save(request, link)
    case ("o", .GET), ("o", .HEAD): return open(request, link)
    case ("c", .GET), ("c", .HEAD): return click(request, link)
    case ("c", .POST): return try await tap(link)
    default:
      var response = HTTPResponse.problem(Problem(.invalid, "this address answers \(Self.methods(request.path[0]))"))
      response.status = .methodNotAllowed
      response.headers.replaceOrAdd(name: "allow", value: Self.methods(request.path[0]))
      return response
    }
  }

  private static func methods(_ name: String) -> String {
    name == "o" ? "GET, HEAD" : "GET, HEAD, POST"
  }

  // MARK: Unsubscribing

  /// The same page for every link, valid or not: nobody learns from it whether somebody is known. It changes nothing, for
  /// security scanners and previews open all links (RFC 8058 3.1).
  private func askToUnsubscribe(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    let words = try await words(request, link)
    return HostedPage(
      words: words, title: words["unsubscribeTitle"],
      body: """
        <p>\(words["unsubscribeAsk"])</p>
        <form method="post"><div class="actions"><button class="main">\(words["unsubscribeAct"])</button></div></form>
        """
    ).response()
  }

  /// One click (RFC 8058): acts without cookies, login or another question, and answers when the withdrawal is durable.
  private func unsubscribe(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    let words = try await words(request, link)
    var origin: LinkOrigin?
    if case .unsubscribe(let known)? = link {
      try await node.record(MessageFeedback(known, .unsubscribed))
      origin = known
    }
    // A link made up by somebody leads nowhere, and so does the next one: the answers do not differ.
    let more = origin.map { node.linkSigner.token(.preferences($0)) } ?? request.path[1]
    return HostedPage(
      words: words, title: words["unsubscribeDone"],
      body: "<p><a href=\"/p/\(more)\">\(words["more"])</a></p>"
    ).response()
  }

  /// The words of the workspace that made the link, whoever its person is or was.
  func words(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HostedWords {
    let origin: LinkOrigin
    switch link {
    case .unsubscribe(let known)?, .confirm(let known, _, _)?: origin = known
    default: return HostedWords(wanted: request.wantedLanguages, document: nil)
    }
    let (document, locale) = try await node.perform { partition throws(Problem) in
      partition.preferenceWords(origin.workspace)
    }
    return HostedWords(wanted: request.wantedLanguages + [locale], document: document)
  }

  // MARK: Openings and clicks

  private func open(_ request: HTTPRequest, _ link: MessageLink?) -> HTTPResponse {
    if case .open(let origin)? = link {
      node.report(MessageFeedback(origin, .opened(isMachine: Reader.isMachine(request))))
    }
    return HTTPResponse(
      .ok,
      headers: [
        "content-type": "image/gif", "cache-control": "no-store, private", "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      ], body: Self.picture)
  }

  private func click(_ request: HTTPRequest, _ link: MessageLink?) -> HTTPResponse {
    guard case .click(let origin, let url, let label)? = link else { return invalid(request) }
    node.report(MessageFeedback(origin, .clicked(url: url, label: label, isMachine: Reader.isMachine(request))))
    return HTTPResponse(
      .found,
      headers: [
        "location": Self.headerValue(url), "cache-control": "no-store, private", "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
      ])
  }

  /// A push message was tapped, says the browser or app that it came to: the token stood in nothing but the message.
  /// Answered when that is durable, from any site; tokens of other links, and made-up ones, tap nothing.
  private func tap(_ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    guard case .tap(let origin)? = link else {
      throw Problem(.notFound, "this is no token of a push message")
    }
    try await node.record(MessageFeedback(origin, .tapped))
    return HTTPResponse(
      .noContent, headers: ["access-control-allow-origin": "*", "cache-control": "no-store, private"])
  }

  /// Bytes that no header may hold, percent-encoded.
  private static func headerValue(_ url: String) -> String {
    var value: [UInt8] = []
    for byte in url.utf8 {
      if byte > 0x20, byte < 0x7F {
        value.append(byte)
      } else {
        let digits = Array("0123456789ABCDEF".utf8)
        value += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: value, as: UTF8.self)
  }

  /// One transparent dot (GIF89a).
  private static let picture: [UInt8] = [
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21, 0xF9, 4, 1, 0, 0, 0, 0,
    0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
  ]

  func invalid(_ request: HTTPRequest) -> HTTPResponse {
    let words = HostedWords(wanted: request.wantedLanguages, document: nil)
    return HostedPage(words: words, title: words["invalidTitle"], body: "<p>\(words["invalid"])</p>")
      .response(.notFound)
  }

  /// Who fetched something.
  private enum Reader {
    /// Words in the names of programs that open mails and follow links without anybody reading.
    private static let machines = [
      "bot", "crawl", "spider", "scan", "preview", "monitor", "curl/", "wget/", "python", "java/", "go-http", "okhttp",
      "headless", "barracuda", "mimecast", "proofpoint", "safelinks", "trendmicro", "symantec", "fortiguard",
    ]

    /// Whether it can be told that no person was behind a request: it says that it fetches ahead, its program is known, or
    /// it names none. Apple's Mail Privacy Protection calls itself `Mozilla/5.0` and nothing more. The picture proxies of
    /// Gmail and Yahoo fetch when somebody reads, and count.
    static func isMachine(_ request: HTTPRequest) -> Bool {
      if request.method == .HEAD { return true }
      for name in ["purpose", "sec-purpose", "x-purpose", "x-moz"] {
        let value = request.headers.first(name: name)?.lowercased() ?? ""
        if value.contains("prefetch") || value.contains("preview") { return true }
      }
      let agent = (request.headers.first(name: "user-agent") ?? "").lowercased()
      if agent.isEmpty || agent == "mozilla/5.0" { return true }
      if agent.contains("googleimageproxy") || agent.contains("yahoomailproxy") { return false }
      return machines.contains { agent.contains($0) }
    }
  }
}
