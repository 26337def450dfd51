import NIOHTTP1
import RoostCore
import Runtime

extension HostedPages {
  /// The page behind `/confirm/TOKEN`: it asks and changes nothing, for security scanners and previews open all links. The
  /// same for every link that was made here, whoever its person is or was.
  func askToConfirm(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    guard case .confirm? = link else { return invalid(request) }
    let words = try await words(request, link)
    return HostedPage(
      words: words, title: words["confirmTitle"],
      body: """
        <p>\(words["confirmAsk"])</p>
        <form method="post"><div class="actions"><button class="main">\(words["confirmAct"])</button></div></form>
        """
    ).response()
  }

  /// Confirms; the receipt is durable before the answer. A second time changes nothing and says the same.
  func confirm(_ request: HTTPRequest, _ link: MessageLink?) async throws(Problem) -> HTTPResponse {
    guard case .confirm(let origin, let address, let at)? = link,
      let view = try await node.perform({ partition throws(Problem) in
        try partition.confirmation(origin, address: address, issuedAt: at)
      })
    else { return invalid(request) }
    if !view.isConfirmed {
      try await node.record(MessageFeedback(origin, .confirmed(view.kind, textVersion: view.textVersion)))
    }
    let words = try await words(request, link)
    return HostedPage(
      words: words, title: words["confirmDone"],
      body: "<p><a href=\"/p/\(node.linkSigner.token(.preferences(origin)))\">\(words["more"])</a></p>"
    ).response()
  }
}
