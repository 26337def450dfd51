import Channels
import Engine
import Logging
import RoostCore
import Synchronization

/// Asks Telegram what people told the bots whose channels say `"updates": "polling"`.
///
/// Telegram itself keeps the place: an update is asked for again until one with a higher number is (`offset`), and that is
/// done only when it is durable here. After a crash some come again, and their ids tell that they did.
final class TelegramWatch: Sendable {
  private let underWay = Mutex<Set<ChannelRef>>([])
  private let isStopping = Atomic<Bool>(false)
  private let logger: Logger

  /// How long Telegram waits for something to tell before it answers that there is nothing.
  private static let waitSeconds: Int64 = 20
  private static let updatesPerCall: Int64 = 100
  private static let pauseSecondsMax = 300

  init(logger: Logger) { self.logger = logger }

  func start(node: Node) {
    Task { [self] in
      while !isStopping.load(ordering: .relaxed) {
        await look(node)
        do { try await Task.sleep(for: .seconds(1)) } catch { return }
      }
    }
  }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  private func look(_ node: Node) async {
    let bots: [ClaimedChannel]
    do throws(Problem) { bots = try await node.perform { partition throws(Problem) in partition.polledBots() } } catch {
      return
    }
    for bot in bots where underWay.withLock({ $0.insert(bot.ref).inserted }) {
      let ref = bot.ref
      Task { [self] in
        await poll(ref, node)
        _ = underWay.withLock { $0.remove(ref) }
      }
    }
  }

  /// Until the channel says otherwise, or Roost ends.
  private func poll(_ ref: ChannelRef, _ node: Node) async {
    var offset: Int64?
    var failures = 0
    while !isStopping.load(ordering: .relaxed) {
      do throws(Problem) {
        let bot = try await node.telegramBot(ref)
        guard bot.channel.updates == .polling else { return }
        offset = try await round(bot, offset, node)
        failures = 0
      } catch {
        guard error.code != .notFound else { return }
        failures += 1
        if failures == 1 || failures.isMultiple(of: 20) {
          logger.warning(
            "a Telegram bot could not be asked",
            metadata: ["channel": .string(ref.key), "cause": .string(error.message)])
        }
        let pause = min(Self.pauseSecondsMax, 1 << min(failures, 9))
        for _ in 0..<pause where !isStopping.load(ordering: .relaxed) {
          do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
      }
    }
  }

  /// One call, and its updates one after another, each durable before the next.
  ///
  /// - Returns: what the next call confirms.
  private func round(_ bot: TelegramBot, _ offset: Int64?, _ node: Node) async throws(Problem) -> Int64? {
    var parameters: [JSONValue.Member] = [
      .init("timeout", .int(Self.waitSeconds)), .init("limit", .int(Self.updatesPerCall)),
      .init("allowed_updates", TelegramUpdate.kinds),
    ]
    if let offset { parameters.append(.init("offset", .int(offset))) }
    let answer: TelegramAnswer
    do throws(WebFailure) {
      answer = TelegramAnswer(try await bot.transport.call("getUpdates", .object(parameters)))
    } catch { throw Problem(.unavailable, "Telegram cannot be reached") }
    guard let updates = answer.result?.array else {
      // Somebody told Telegram to call instead; the channel says that we ask.
      if answer.code == 409, answer.description.lowercased().contains("webhook") {
        _ = try? await bot.transport.call("deleteWebhook", [:])
      }
      throw Problem(.unavailable, "Telegram answers \(answer.code) \(answer.description)")
    }
    var next = offset
    for json in updates {
      guard let id = json["update_id"]?.int else { continue }
      if let update = TelegramUpdate(json) {
        do throws(Problem) { try await node.take(update, bot) } catch {
          guard error.code == .invalid else { throw error }
          logger.warning("an update of Telegram was passed over", metadata: ["cause": .string(error.message)])
        }
      }
      next = max(next ?? 0, id + 1)
    }
    return next
  }
}
