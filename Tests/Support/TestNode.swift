import Delivery
import Engine
import Events
import Logging
import RoostCore
import Runtime

/// A sandbox in a temporary directory: nobody's time passes but its own.
public final class TestNode: Sendable {
  public let node: Node
  public let directory: TemporaryDirectory

  /// Opens the directory as it is, and starts.
  public init(_ directory: TemporaryDirectory, limits: PartitionLimits = PartitionLimits()) throws {
    self.directory = directory
    var configuration = NodeConfiguration(directory: directory.path)
    configuration.isSandbox = true
    configuration.limits = limits
    configuration.diskReserveBytes = 0
    node = try Node(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    node.start()
  }

  /// A new sandbox whose clock stands at `start`, an ISO 8601 time.
  public static func open(at start: String, limits: PartitionLimits = PartitionLimits()) async throws -> TestNode {
    let test = try TestNode(TemporaryDirectory(), limits: limits)
    try await test.advance(to: start)
    return test
  }

  /// Stops cleanly and opens the same directory again.
  public func reopened(limits: PartitionLimits = PartitionLimits()) async throws -> TestNode {
    await node.stop()
    return try TestNode(directory, limits: limits)
  }

  /// What would be there if the process had died now. It has to be opened, and stopped.
  public func crashed(limits: PartitionLimits = PartitionLimits()) async throws -> TestNode {
    let directory = directory
    let copy = try await node.perform { _ throws(Problem) in
      do { return try directory.copy() } catch { throw Problem(.internalFault, "\(error)") }
    }
    return try TestNode(copy, limits: limits)
  }

  public func advance(to time: String) async throws {
    guard let instant = Instant(iso8601: time) else { throw Problem(.invalid, "\(time) is no time") }
    _ = try await node.advanceClock(.to(instant))
  }

  public func advance(by span: TimeSpan) async throws { _ = try await node.advanceClock(.by(span)) }

  public func now() async throws -> Instant { try await node.perform { partition throws(Problem) in partition.now() } }

  public func workspace(_ key: String, _ settings: String = "{}") async throws -> TestWorkspace {
    var members = try JSONValue(parsing: settings).members ?? []
    members.append(.init("key", .string(key)))
    let body = JSONValue.object(members)
    let made = try await node.perform { partition throws(Problem) in
      try partition.createWorkspace(body, idempotencyKey: "make-\(key)")
    }
    return TestWorkspace(test: self, id: made.workspace.id, writeKey: made.writeKey, secretKey: made.secretKey)
  }
}

/// One tenant of a test node, with the doors that the server has.
public struct TestWorkspace: Sendable {
  public let test: TestNode
  public let id: WorkspaceID
  public let writeKey: String
  public let secretKey: String

  /// The same workspace of another node on the same data.
  public func on(_ other: TestNode) -> TestWorkspace {
    TestWorkspace(test: other, id: id, writeKey: writeKey, secretKey: secretKey)
  }

  /// Sends a call's body as a client would; returns what was refused.
  @discardableResult
  public func send(_ body: String, as kind: CallKind = .batch) async throws -> [Rejection] {
    guard let symbols = test.node.keys.symbols(id) else { throw Problem(.notFound, "no such workspace") }
    var parser = EventParser(symbols: symbols)
    let bytes = Array(body.utf8)
    let receivedAt = test.node.receiptTime()
    let call = try bytes.withUnsafeBytes { bytes in try parser.parse(bytes, as: kind, receivedAt: receivedAt) }
    let quarantined = call.rejected.map { rejection in
      QuarantineItem(
        workspace: id, receivedAt: receivedAt, reason: rejection.reason, pointer: rejection.pointer,
        detail: rejection.detail, raw: Array(bytes[rejection.raw]), isHistorical: kind == .import)
    }
    let problem: Problem? = await withCheckedContinuation { continuation in
      let submission = EventSubmission(
        workspace: id, records: call.events.bytes, count: call.ranges.count, quarantined: quarantined
      ) { continuation.resume(returning: $0) }
      if !test.node.submit(submission) { continuation.resume(returning: Problem(.overloaded, "the queue is full")) }
    }
    if let problem { throw problem }
    return call.rejected
  }

  /// Events of one call, each a JSON object.
  @discardableResult
  public func batch(_ events: [String], as kind: CallKind = .batch) async throws -> [Rejection] {
    try await send("{\"batch\":[\(events.joined(separator: ","))]}", as: kind)
  }

  @discardableResult
  public func put(_ kind: DocumentKind, _ key: String, _ json: String) async throws -> Document {
    let body = try JSONValue(parsing: json)
    let id = id
    let document = try await test.node.perform { partition throws(Problem) in
      try partition.putDocument(id, kind, key: key, body)
    }
    return document
  }

  /// Puts a journey and publishes it.
  public func publish(_ key: String, _ json: String) async throws {
    try await put(.journey, key, json)
    try await act(key, .publish)
  }

  public func act(_ journey: String, _ action: JourneyAction) async throws {
    let id = id
    try await test.node.perform { partition throws(Problem) in try partition.act(id, journey: journey, action) }
    try await settle()
  }

  /// Until every segment is exact and every journey ready.
  public func settle() async throws {
    while true {
      let segments = try await describe(.segment).allSatisfy { $0["exact"]?.bool == true }
      let journeys = try await describe(.journey).allSatisfy { $0["isReady"]?.bool == true }
      if segments, journeys { return }
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}
