import Channels
import Engine
import Logging
import NIOCore
import NIOPosix
import RoostCore
import Synchronization

/// The carriers of all channels: made when first needed, made anew when the channel was put again.
final class Carriers: Sendable {
  private struct Made {
    var version: UInt32
    var carrier: Carrier
  }
  private let made = Mutex<[ChannelRef: Made]>([:])
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  /// The folder of signing keys.
  private let keys: String
  private let secretBox: SecretBox
  private let isSandbox: Bool
  private let logger: Logger
  /// Takes what channels bring by themselves; `false`: it is to be brought again.
  private let receiver = Mutex<Receiver?>(nil)
  typealias Receiver = @Sendable (SMPPInbound, ChannelRef, SMPPChannel) async -> Bool

  init(keys: String, secretBox: SecretBox, isSandbox: Bool, logger: Logger) {
    self.keys = keys
    self.secretBox = secretBox
    self.isSandbox = isSandbox
    self.logger = logger
  }

  func receive(_ receiver: @escaping Receiver) { self.receiver.withLock { $0 = receiver } }

  /// Throws a `Problem` if the channel's credentials cannot be opened, or cannot be used.
  func carrier(of channel: ClaimedChannel) throws(Problem) -> Carrier {
    let version = channel.document.version
    if let known = made.withLock({ $0[channel.ref] }), known.version == version { return known.carrier }
    let carrier = try make(channel)
    // Two hand-offs may find none at the same time: the first one's is kept, or its connections would be shut down under
    // it. One that comes late with an older version does not bring that one back.
    let (chosen, unused) = made.withLock { made -> (Carrier, Carrier?) in
      if let known = made[channel.ref], known.version >= version { return (known.carrier, carrier) }
      let old = made.updateValue(Made(version: version, carrier: carrier), forKey: channel.ref)
      return (carrier, old?.carrier)
    }
    if let unused { Task { await unused.shutdown() } }
    return chosen
  }

  /// The channel's document with its credentials.
  func openedBody(_ channel: ClaimedChannel) throws(Problem) -> JSONValue {
    try secretBox.opened(channel.document.body, channel.ref.workspace, channel.ref.key)
  }

  /// The channel's definition with its credentials.
  func opened(_ channel: ClaimedChannel) throws(Problem) -> ChannelDefinition {
    let body = try secretBox.opened(channel.document.body, channel.ref.workspace, channel.ref.key)
    return try ChannelDefinition(body, key: channel.ref.key)
  }

  private func make(_ channel: ClaimedChannel) throws(Problem) -> Carrier {
    let definition = try opened(channel)
    switch definition.settings {
    case .smtp: return .email(try EmailSender(definition, keys: keys, group: group, logger: logger))
    case .webPush(let channel):
      return .transport(
        WebPushTransport(
          vapid: try channel.vapid(), client: try client(channel.client), configuration: channel.configuration,
          now: wallClock))
    case .apns(let channel):
      return .transport(
        APNsTransport(
          token: try channel.token(), client: try client(channel.client), configuration: channel.configuration,
          now: wallClock))
    case .fcm(let channel):
      return .transport(
        FCMTransport(
          account: try ServiceAccount(channel.serviceAccount), client: try client(channel.client),
          configuration: channel.configuration, now: wallClock))
    case .webhook(let channel):
      return .transport(
        WebhookTransport(secret: try channel.key(), client: try client(channel.client), now: wallClock))
    case .smpp(let settings): return .transport(try centre(settings, channel.ref, definition.ratePerSecond))
    case .inapp: return .transport(InAppTransport())
    case .telegram(let channel):
      return .transport(
        TelegramTransport(
          token: channel.token, server: channel.server, isSilent: channel.isSilent, client: try client(channel.client),
          now: wallClock))
    case .http(let channel): return .transport(try channel.transport(try client(channel.client)))
    }
  }

  private func centre(
    _ settings: SMPPChannel, _ ref: ChannelRef, _ ratePerSecond: Double?
  ) throws(Problem) -> SMPPTransport {
    let receiver = receiver.withLock { $0 }
    let configuration = try settings.configuration(ratePerSecond: ratePerSecond)
    do throws(SMTPConfigurationError) {
      return try SMPPTransport(
        configuration: configuration, group: group, logger: logger,
        now: wallClock, receive: { await receiver?($0, ref, settings) ?? false })
    } catch { throw .invalid("/url", "\(error.field): \(error.detail)") }
  }

  private func client(_ targets: WebTargets) throws(Problem) -> WebClient {
    var configuration = WebClient.Configuration()
    configuration.allowsPrivateTargets = targets.allowsPrivate || isSandbox
    configuration.trustRoots = targets.trustRoots
    do throws(WebFailure) { return try WebClient(configuration, group: group) } catch {
      throw .invalid("/trustRoots", "the file's certificates cannot be read")
    }
  }

  func shutdown() async {
    let all = made.withLock { made in
      defer { made = [:] }
      return made.values.map(\.carrier)
    }
    for carrier in all { await carrier.shutdown() }
    do { try await group.shutdownGracefully() } catch {
      logger.warning("the channels' threads did not end", metadata: ["error": "\(error)"])
    }
  }
}

/// What a channel's own module finds wrong with a definition whose credentials are open.
///
/// - Parameter keys: the folder of key files.
func checkChannel(_ definition: ChannelDefinition, keys: String) throws(Problem) {
  switch definition.settings {
  case .smtp:
    let accounts = definition.email.accounts
    for (place, account) in accounts.enumerated() {
      do throws(SMTPConfigurationError) { _ = try SMTPConfiguration(url: account.url) } catch {
        throw .invalid(accounts.count == 1 ? "/url" : "/accounts/\(place)/url", "\(error.field): \(error.detail)")
      }
    }
    _ = try SenderIdentity(definition, keys: keys)
    if let mailbox = definition.email.mailbox {
      do throws(SMTPConfigurationError) { _ = try POP3Mailbox(url: mailbox.url) } catch {
        throw .invalid("/mailbox/url", "\(error.field): \(error.detail)")
      }
    }
  case .webPush(let channel): _ = try channel.vapid()
  case .apns(let channel): _ = try channel.token()
  case .fcm(let channel): _ = try ServiceAccount(channel.serviceAccount)
  case .webhook(let channel): _ = try channel.key()
  case .smpp(let channel): _ = try channel.configuration(ratePerSecond: definition.ratePerSecond)
  case .inapp: break
  case .http(let channel): try channel.check()
  case .telegram(let channel):
    let isToken = channel.token.contains(":") && channel.token.utf8.allSatisfy { $0 > 0x2C && $0 < 0x7F && $0 != 0x2F }
    guard isToken || channel.token == ChannelSecrets.redacted else {
      throw .invalid("/token", "is no token that @BotFather gives: 123456:ABC-DEF")
    }
  }
}

extension WebhookChannel {
  fileprivate func key() throws(Problem) -> WebhookSecret {
    guard let key = WebhookSecret(secret) else {
      throw .invalid("/secret", "a secret is whsec_ and 24 to 64 bytes in base64")
    }
    return key
  }
}
