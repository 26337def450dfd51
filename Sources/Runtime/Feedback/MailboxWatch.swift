import Channels
import Engine
import Logging
import NIOPosix
import RoostCore
import Synchronization

/// Reads the bounce mailboxes of all channels, each as often as it says.
final class MailboxWatch: Sendable {
  private struct Entry {
    /// By the monotonic clock, microseconds.
    var dueAt = 0
    var isReading = false
    /// What was read and left in the mailbox.
    var known: Set<String> = []
    var failures = 0
  }
  private let entries = Mutex<[ChannelRef: Entry]>([:])
  private let isStopping = Atomic<Bool>(false)
  private let logger: Logger

  private static let messagesPerRound = 200
  private static let knownMax = 100_000

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
    let channels: [ClaimedChannel]
    do throws(Problem) {
      channels = try await node.perform { partition throws(Problem) in partition.channelsWithMailboxes() }
    } catch { return }
    let now = monotonicMicroseconds()
    for channel in channels {
      guard let mailbox = channel.definition.email.mailbox else { continue }
      let isDue = entries.withLock { entries in
        var entry = entries[channel.ref] ?? Entry()
        guard !entry.isReading, entry.dueAt <= now else { return false }
        entry.isReading = true
        // After failures less often, up to an hour.
        let pause = min(3_600_000, mailbox.every.milliseconds << Int64(min(entry.failures, 10)))
        entry.dueAt = now + Int(pause) * 1_000
        entries[channel.ref] = entry
        return true
      }
      guard isDue else { continue }
      Task { [self] in await read(channel, node) }
    }
  }

  private func read(_ channel: ClaimedChannel, _ node: Node) async {
    let ref = channel.ref
    let known = entries.withLock { $0[ref]?.known ?? [] }
    let left = Mutex<[String]>([])
    var isFailure = false
    do {
      let definition = try node.courier.opened(channel)
      guard let url = definition.email.mailbox?.url else { return }
      try await POP3Mailbox(url: url).read(
        most: Self.messagesPerRound, on: MultiThreadedEventLoopGroup.singleton, isKnown: { known.contains($0) }
      ) { uid, bytes in
        do {
          let verdict = try await node.receive(returned: bytes, ref.workspace, channel: ref.key)
          if verdict.message != nil { return true }
        } catch { return false }
        left.withLock { $0.append(uid) }
        return false
      }
    } catch {
      isFailure = true
      logger.warning(
        "a bounce mailbox could not be read", metadata: ["channel": .string(ref.key), "cause": .string("\(error)")])
    }
    let seen = left.withLock { $0 }
    entries.withLock { entries in
      var entry = entries[ref] ?? Entry()
      entry.isReading = false
      entry.failures = isFailure ? entry.failures + 1 : 0
      if entry.known.count > Self.knownMax { entry.known = [] }
      entry.known.formUnion(seen)
      entries[ref] = entry
    }
  }
}

extension Partition {
  func channelsWithMailboxes() -> [ClaimedChannel] {
    var found: [ClaimedChannel] = []
    for sources in definitions.workspaces {
      let id = sources.workspace.id
      for (key, definition) in compiled[id]?.definitions.channels ?? [:] where definition.email.mailbox != nil {
        guard let document = sources.latest(.channel, key) else { continue }
        found.append(
          ClaimedChannel(
            ref: ChannelRef(workspace: id, key: key), document: document, definition: definition,
            workspace: sources.workspace.key))
      }
    }
    return found
  }
}
