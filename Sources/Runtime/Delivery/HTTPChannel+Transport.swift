import Channels
import Engine
import RoostCore

extension HTTPChannel {
  /// - Throws: with findings about the request and about what answers mean.
  func transport(_ client: WebClient) throws(Problem) -> HTTPAdapterTransport {
    HTTPAdapterTransport(
      template: try template(), answers: try AnswerRules(response), credentials: credentials, client: client,
      now: wallClock)
  }

  func template() throws(Problem) -> RequestTemplate {
    try RequestTemplate(request, auth: auth, idempotencyHeader: idempotencyHeader)
  }

  /// The request for one message.
  func request(for envelope: MessageEnvelope) throws(Problem) -> WebRequest {
    try HTTPAdapterTransport.request(envelope, template(), credentials: credentials, now: wallClock())
  }

  /// What is wrong with the documents, all at once.
  func check() throws(Problem) {
    var findings: [Problem.Finding] = []
    do throws(Problem) { _ = try template() } catch { findings += error.findings }
    do throws(Problem) { _ = try AnswerRules(response) } catch { findings += error.findings }
    if let callback {
      do throws(Problem) { _ = try CallbackRules(callback) } catch { findings += error.findings }
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the channel cannot be used", findings: findings) }
  }
}
