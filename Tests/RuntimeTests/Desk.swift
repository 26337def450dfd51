import Channels
import Delivery
import Engine
import Events
import Logging
import RoostCore
import Storage
import TestSupport
import Testing

@testable import Runtime

/// A partition alone, on a log and a store in memory: nothing happens unless the test says so.
struct Desk {
  static let shop = WorkspaceID(1)
  let directory: TemporaryDirectory
  let secrets: Secrets
  let log: MemoryLog
  let store: MemoryStateStore
  let partition: Partition

  private init(
    _ log: MemoryLog, _ store: MemoryStateStore, _ known: Secrets?, _ limits: PartitionLimits,
    at instant: Instant
  ) throws {
    directory = try TemporaryDirectory()
    secrets = try known ?? Secrets(directory: directory.path)
    self.log = log
    self.store = store
    partition = Partition(
      log: log, store: store, directory: directory.path, keys: KeyRing(operatorToken: "op"),
      metrics: Metrics(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, secrets: secrets,
      limits: limits, clock: .sandbox(instant), zones: .fixed)
    try partition.recover()
  }

  /// A desk with one workspace, where silence about letters means yes.
  static func open(_ limits: PartitionLimits = PartitionLimits()) throws -> Desk {
    let desk = try Desk(MemoryLog(), MemoryStateStore(), nil, limits, at: Instant(milliseconds: 1_000_000))
    _ = try desk.partition.createWorkspace(["key": "shop", "consentPolicy": "implied"], idempotencyKey: nil)
    return desk
  }

  /// The process died; another one comes up with the log alone.
  func crashed() throws -> Desk { try Desk(log, MemoryStateStore(), secrets, partition.limits, at: partition.now()) }

  /// The process died; another one comes up with the log and the store.
  func restarted() throws -> Desk { try Desk(log, store, secrets, partition.limits, at: partition.now()) }

  /// How many messages the store lists as open.
  var openInStore: Int {
    get throws {
      var count = 0
      try store.scan(.prefix([StoreKeys.openMessage])) { _, _ in
        count += 1
        return true
      }
      return count
    }
  }

  func put(_ kind: DocumentKind, _ key: String, _ json: String) throws {
    _ = try partition.putDocument(Self.shop, kind, key: key, JSONValue(parsing: json))
  }

  func batch(_ events: [String]) throws {
    var parser = EventParser(symbols: try #require(partition.keys.symbols(Self.shop)))
    let body = Array("{\"batch\":[\(events.joined(separator: ","))]}".utf8)
    let call = try body.withUnsafeBytes { try parser.parse($0, as: .batch, receivedAt: partition.now()) }
    #expect(call.rejected.isEmpty)
    partition.handle([
      EventSubmission(workspace: Self.shop, records: call.events.bytes, count: events.count, quarantined: []) { _ in }
    ])
  }

  /// Time goes on, and who is due is woken on the way.
  func advance(by span: TimeSpan) throws {
    let goal = partition.now() + span
    while try partition.advance(towards: goal) == .onTheWay {}
  }

  func segments(of reference: String) throws -> [String] {
    try partition.segmentKeys(of: partition.person(Self.shop, PersonReference(reference)))
  }

  /// The latest message.
  var message: MessageRecord {
    get throws {
      try #require(try partition.messageRecords(Self.shop, MessageFilter(), cursor: nil, limit: 9).records.first)
    }
  }

  func claim(underWay: [String: Int] = [:]) throws -> [Handoff] {
    try partition.claimHandoffs(
      underWay: Dictionary(
        uniqueKeysWithValues: underWay.map { (ChannelRef(workspace: Self.shop, key: $0.key), $0.value) }))
  }

  func close(_ handoff: Handoff, _ outcome: TransportOutcome) throws {
    try partition.closeHandoffs([HandoffResult(handoff, outcome)])
  }
}
