import Engine
import Events
import Glibc
import Logging
import RoostCore
import Storage
import Synchronization

/// How an installation is run.
public struct NodeConfiguration: Sendable {
  /// The data directory.
  public var directory: String
  /// Time stands still and moves only when told.
  public var isSandbox = false
  public var limits = PartitionLimits()
  /// Events that may wait for the committer before calls are refused.
  public var queuedEventsMax = 400_000
  /// The file with the key that seals channels' credentials; `nil`: `secret.key` in the data directory.
  public var secretKeyFile: String?
  /// Where people reach this installation: links in messages begin with it. `nil`: where it listens.
  public var publicURL: String?
  /// Free disk space below which nothing more is accepted, bytes.
  public var diskReserveBytes = 256 << 20

  /// The time zones; `nil`: the machine's own (`TimeZoneDatabase`).
  public var zones: ZoneTable?

  public init(directory: String) { self.directory = directory }
}

/// A running installation: the committer's thread with its partition, and the doors to it. Any thread may call.
public final class Node: Sendable {
  public let keys: KeyRing
  public let metrics = Metrics()
  public let operatorToken: String
  public let configuration: NodeConfiguration
  public let zones: ZoneTable
  let queue: CommitQueue
  let status = Mutex(NodeStatus())
  private let committer: CommitterThread
  /// Signs records that others keep.
  public let signing: Signing
  let courier: Courier
  let rehearsals: Rehearsals
  let inbox = FeedbackInbox()
  private let mailboxes: MailboxWatch
  private let bots: TelegramWatch
  package let linkSigner: LinkSigner
  let logger: Logger

  /// What other threads may know without asking the committer.
  struct NodeStatus {
    /// The engine's time as of the last batch; receipts carry it in a sandbox.
    var now = Instant(milliseconds: 0)
    var reasons: [String] = ["starting"]
    var isDiskFull = false
    var publicURL: String?
  }

  /// Opens the data directory, recovers from the log and starts the committer.
  ///
  /// Throws a `Problem` that names the cause and the remedy: a directory in use, damaged, or used in the other mode.
  public init(_ configuration: NodeConfiguration, logger: Logger) throws(Problem) {
    self.configuration = configuration
    self.logger = logger
    if let zones = configuration.zones { self.zones = zones } else { zones = try TimeZoneDatabase.installed() }
    try makeDirectory(configuration.directory)
    try checkMode(configuration)
    let secrets = try Secrets(directory: configuration.directory, keyFile: configuration.secretKeyFile)
    operatorToken = secrets.operatorToken
    keys = KeyRing(operatorToken: secrets.operatorToken)
    signing = try Signing(secret: secrets.salt)
    queue = CommitQueue(eventsMax: configuration.queuedEventsMax)
    linkSigner = LinkSigner(secret: secrets.salt)
    mailboxes = MailboxWatch(logger: logger)
    bots = TelegramWatch(logger: logger)
    let log: FileLog
    let store: RocksStateStore
    do throws(StorageError) {
      log = try FileLog(directory: configuration.directory + "/log")
      store = try RocksStateStore(directory: configuration.directory + "/states")
    } catch { throw Problem(.unavailable, error.description) }
    if !zones.damaged.isEmpty {
      logger.warning("time zones that cannot be read", metadata: ["zones": "\(zones.damaged.joined(separator: " "))"])
    }
    if log.openReport.tornBytesCut > 0 {
      logger.warning("cut an unfinished commit", metadata: ["bytes": "\(log.openReport.tornBytesCut)"])
    }
    let clock: EngineClock = configuration.isSandbox ? .sandbox(Instant(milliseconds: 0)) : .live
    let partition = Partition(
      log: log, store: store, directory: configuration.directory, keys: keys, metrics: metrics, logger: logger,
      secrets: secrets, limits: configuration.limits, clock: clock, zones: zones)
    courier = Courier(
      keys: configuration.directory + "/keys", secretBox: secrets.box, isSandbox: configuration.isSandbox,
      logger: logger)
    rehearsals = Rehearsals(directory: configuration.directory + "/rehearsals")
    committer = CommitterThread(partition: partition, queue: queue)
    try partition.recover()
    partition.links = { [weak self] in self?.letterLinks }
    if configuration.isSandbox { partition.clock = .sandbox(partition.lastNow) }
    let now = partition.now()
    status.withLock { $0.now = now }
  }

  /// Starts to handle what comes in.
  ///
  /// - Parameter awaitsAddress: nothing is handed over before `isReached(at:)`, for links in messages lead back here.
  public func start(awaitsAddress: Bool = false) {
    status.withLock { $0.publicURL = configuration.publicURL }
    committer.start(node: self)
    if !awaitsAddress { courier.start(node: self) }
    status.withLock { $0.reasons = [] }
  }

  /// The HTTP port is open, at this address unless the configuration names another one.
  public func isReached(at url: String) {
    status.withLock { $0.publicURL = configuration.publicURL ?? url }
    courier.start(node: self)
    mailboxes.start(node: self)
    bots.start(node: self)
  }

  /// Where links in messages lead to: as configured, else where the port is; `nil` before it is open.
  public var publicURL: String? { status.withLock { $0.publicURL } }

  /// What makes the links of letters; `nil` where nobody answers them.
  var letterLinks: LetterLinks? {
    status.withLock { $0.publicURL }.map { LetterLinks(signer: linkSigner, baseURL: $0) }
  }

  /// Lets hand-offs under way end, takes nothing more, handles what waits, writes a checkpoint, closes all files.
  public func stop() async {
    status.withLock { $0.reasons = ["ending"] }
    mailboxes.stop()
    bots.stop()
    await courier.stop()
    await endRehearsals()
    queue.close()
    let committer = committer
    await withCheckedContinuation { continuation in
      Thread(stackBytes: 1 << 20) {
        committer.join()
        continuation.resume()
      }.start()
    }
  }

  /// Queues parsed events. `false`: too much is waiting, or the disk is nearly full; nothing was taken.
  public func submit(_ submission: EventSubmission) -> Bool {
    guard !status.withLock({ $0.isDiskFull }) else { return false }
    return queue.submit(submission)
  }

  /// What time a call is received at: the machine's, or the sandbox's.
  public func receiptTime() -> Instant { configuration.isSandbox ? status.withLock { $0.now } : wallClock() }

  /// Why `/readyz` says no; empty when ready.
  public var reasonsNotReady: [String] {
    status.withLock { $0.isDiskFull ? $0.reasons + ["the disk is nearly full"] : $0.reasons }
  }

  /// Runs `body` on the committer's thread, between two batches. Changes of definitions are `Author.current`'s.
  package func perform<Answer: Sendable>(
    _ body: @escaping @Sendable (Partition) throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    let author = Author.current
    let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Answer, Problem>, Never>) in
      let isQueued = queue.perform { partition in
        partition.author = author
        defer { partition.author = nil }
        do throws(Problem) {
          continuation.resume(returning: .success(try body(partition)))
        } catch { continuation.resume(returning: .failure(error)) }
      }
      if !isQueued { continuation.resume(returning: .failure(Problem(.unavailable, "Roost is ending"))) }
    }
    return try outcome.get()
  }
}

private func makeDirectory(_ path: String) throws(Problem) {
  guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
  throw Problem(
    .unavailable,
    "the data directory \(path) cannot be made (\(String(cString: strerror(errno)))); make its parent or check permissions"
  )
}

/// A sandbox's data must not meet the live clock, nor the reverse.
private func checkMode(_ configuration: NodeConfiguration) throws(Problem) {
  let marker = configuration.directory + "/sandbox"
  let isUsed = access(configuration.directory + "/operator.token", F_OK) == 0
  let wasSandbox = access(marker, F_OK) == 0
  if isUsed, wasSandbox != configuration.isSandbox {
    throw Problem(
      .conflict,
      wasSandbox
        ? "\(configuration.directory) is a sandbox's; start with --sandbox or choose another --data"
        : "\(configuration.directory) was used without --sandbox; choose another --data for the sandbox")
  }
  if configuration.isSandbox, !wasSandbox {
    let descriptor = open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Problem(.unavailable, "\(marker) cannot be written; check permissions") }
    close(descriptor)
  }
}
