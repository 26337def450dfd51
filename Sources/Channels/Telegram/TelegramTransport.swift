import RoostCore
import Synchronization

/// Sends messages of a Telegram bot (Bot API over HTTPS): text with its HTML markup, a picture, buttons.
public final class TelegramTransport: MessageTransport {
  public static let usualServer = "https://api.telegram.org"
  /// What Telegram allows a bot in all, a second (core.telegram.org/bots/faq).
  public static let usualRatePerSecond = 30.0
  /// A chat's turn that is further away is not waited for here.
  private static let waitMax = TimeSpan.seconds(5)

  private let base: String
  private let client: WebClient
  private let isSilent: Bool
  private let now: @Sendable () -> Instant
  private let paces = Mutex(ChatPaces())

  /// - Parameter isSilent: marketing arrives without a sound.
  public init(
    token: String, server: String = usualServer, isSilent: Bool, client: WebClient,
    now: @escaping @Sendable () -> Instant
  ) {
    base = "\(server)/bot\(token)/"
    self.isSilent = isSilent
    self.client = client
    self.now = now
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await self.send($0) }
  }

  func send(_ envelope: MessageEnvelope) async -> TransportOutcome {
    let request: TelegramRequest
    do throws(Problem) {
      request = try TelegramRequest(envelope, isSilent: isSilent && !envelope.isTransactional)
    } catch { return .rejected(detail: error.message) }
    let wait = paces.withLock { $0.reserve(envelope.address, at: now()) }
    guard wait <= Self.waitMax else {
      return .deferred(detail: "the chat's turn is later", retryAfter: wait, fault: .message)
    }
    if wait.milliseconds > 0 {
      do { try await Task.sleep(for: .milliseconds(wait.milliseconds)) } catch {
        return .deferred(detail: "ended while waiting for the chat's turn", retryAfter: nil, fault: .message)
      }
    }
    do throws(WebFailure) {
      let answer = TelegramAnswer(try await call(request.method, request.parameters))
      return outcome(answer, envelope.address)
    } catch { return TransportOutcome(error) }
  }

  /// One chat's limit holds up no other; two chats' at once mean the bot's own.
  private func outcome(_ answer: TelegramAnswer, _ chat: String) -> TransportOutcome {
    let outcome = answer.outcome(chat: chat)
    guard case .deferred(let detail, let after, .throttled) = outcome else { return outcome }
    let isGeneral = paces.withLock { $0.slow(chat, for: after ?? .seconds(5), at: now()) }
    return isGeneral ? outcome : .deferred(detail: detail, retryAfter: after, fault: .message)
  }

  /// Calls a method of the API.
  public func call(_ method: String, _ parameters: JSONValue) async throws(WebFailure) -> WebAnswer {
    try await client.send(
      WebRequest(
        url: base + method, headers: [("Content-Type", "application/json"), ("User-Agent", "Roost")],
        body: Array(parameters.text.utf8)))
  }

  /// Whose token it is.
  public func probe() async -> ChannelProbe {
    do throws(WebFailure) {
      let answer = TelegramAnswer(try await call("getMe", .object([])))
      guard let name = answer.result?["username"]?.string else {
        return ChannelProbe(
          isReady: false, cause: "Telegram answers \(answer.code) \(answer.description)",
          remedy: "give the token that @BotFather gave")
      }
      return ChannelProbe(isReady: true, cause: "the bot is @\(name)")
    } catch {
      return ChannelProbe(
        isReady: false, cause: "Telegram cannot be reached: \(error)", remedy: "check the server and the network")
    }
  }

  public func shutdown() async { await client.shutdown() }
}
