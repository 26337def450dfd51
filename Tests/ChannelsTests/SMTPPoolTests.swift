import Testing

@testable import Channels

@Suite struct SMTPPoolTests {
  private typealias Pool = SMTPPool<String>

  private func pool(connections: Int = 2, messages: Int = 100, queue: Int = 10) -> Pool {
    Pool(connectionsMax: connections, messagesPerConnectionMax: messages, queueMax: queue)
  }

  @Test func aMessageOpensAConnectionAndReusesIt() {
    var pool = pool()
    #expect(pool.submit("a", nowMilliseconds: 0) == .open(1))
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .idle)
    #expect(pool.submit("b", nowMilliseconds: 0) == .deliver("b", on: 1))
  }

  @Test func noMoreConnectionsThanMessagesOrTheLimit() {
    var pool = pool()
    #expect(pool.submit("a", nowMilliseconds: 0) == .open(1))
    #expect(pool.submit("b", nowMilliseconds: 0) == .open(2))
    #expect(pool.submit("c", nowMilliseconds: 0) == .queued)
    #expect(pool.ready(2, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("b"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("c"))
  }

  @Test func theQueueIsBounded() {
    var pool = pool(connections: 1, queue: 2)
    _ = pool.submit("a", nowMilliseconds: 0)
    _ = pool.submit("b", nowMilliseconds: 0)
    #expect(pool.submit("c", nowMilliseconds: 0) == .refuse("c"))
  }

  @Test func anOldConnectionIsReplaced() {
    var pool = pool(connections: 1, messages: 2)
    for job in ["a", "b", "c"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("b"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .quit(replacement: 2))
    #expect(pool.ready(2, nowMilliseconds: 0) == .deliver("c"))
    #expect(pool.closed(1, nowMilliseconds: 0).deferred == [])
  }

  @Test func aServerThatTakesNobodyDefersEverything() {
    var pool = pool()
    for job in ["a", "b", "c"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.closed(1, nowMilliseconds: 0).deferred == ["a", "b"])
    #expect(pool.closed(2, nowMilliseconds: 0).deferred == ["c"])
    #expect(pool.isDrained)
  }

  @Test func aServerThatTakesFewConnectionsLosesNothing() {
    var pool = pool(connections: 3)
    for job in ["a", "b", "c"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.closed(2, nowMilliseconds: 0).deferred == [])
    #expect(pool.closed(3, nowMilliseconds: 0).deferred == [])
    #expect(pool.submit("d", nowMilliseconds: 1) == .queued, "one connection is all that the server takes")
    #expect(pool.ready(1, nowMilliseconds: 2) == .deliver("b"))
    #expect(pool.submit("e", nowMilliseconds: Pool.ceilingMilliseconds) == .open(4))
  }

  @Test func aConnectionThatEndsLeavesItsQueueToAnother() {
    var pool = pool(connections: 1)
    for job in ["a", "b"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.closed(1, nowMilliseconds: 0).open == 2)
    #expect(pool.ready(2, nowMilliseconds: 0) == .deliver("b"))
  }

  @Test func whatComesBackIsFirst() {
    var pool = pool(connections: 1)
    for job in ["a", "b"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.ready(1, nowMilliseconds: 0) == .deliver("a"))
    #expect(pool.giveBack("a", nowMilliseconds: 0) == .queued)
    #expect(pool.closed(1, nowMilliseconds: 0).open == 2)
    #expect(pool.ready(2, nowMilliseconds: 0) == .deliver("a"))
  }

  /// The last connection ended between being chosen for a job and hearing of it: nobody else would take the job.
  @Test func whatComesBackFromNowhereOpensAConnection() {
    var pool = pool()
    _ = pool.submit("a", nowMilliseconds: 0)
    _ = pool.ready(1, nowMilliseconds: 0)
    #expect(pool.ready(1, nowMilliseconds: 0) == .idle)
    #expect(pool.submit("b", nowMilliseconds: 0) == .deliver("b", on: 1))
    #expect(pool.closed(1, nowMilliseconds: 0).open == nil)
    #expect(pool.giveBack("b", nowMilliseconds: 0) == .open(2))
    #expect(pool.ready(2, nowMilliseconds: 0) == .deliver("b"))
  }

  @Test func idleConnectionsExpireUnlessTheyWereTaken() {
    var pool = pool()
    _ = pool.submit("a", nowMilliseconds: 0)
    _ = pool.ready(1, nowMilliseconds: 0)
    _ = pool.ready(1, nowMilliseconds: 0)
    _ = pool.submit("b", nowMilliseconds: 0)
    #expect(pool.expire(1) == false)
    _ = pool.ready(1, nowMilliseconds: 0)
    #expect(pool.expire(1) == true)
    #expect(pool.submit("c", nowMilliseconds: 0) == .open(2))
  }

  @Test func shutDown() {
    var pool = pool(connections: 2)
    _ = pool.submit("a", nowMilliseconds: 0)
    _ = pool.ready(1, nowMilliseconds: 0)
    _ = pool.submit("b", nowMilliseconds: 0)
    let ended = pool.shutDown()
    #expect(ended.deferred == ["b"])
    #expect(ended.quit == [2])
    #expect(pool.submit("c", nowMilliseconds: 0) == .refuse("c"))
    #expect(pool.ready(1, nowMilliseconds: 0) == .quit(replacement: nil))
    _ = pool.closed(1, nowMilliseconds: 0)
    #expect(pool.isDrained)
  }
}

extension SMTPPool.Submission: Equatable where Job: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.deliver(let job, let id), .deliver(let otherJob, let otherID)): job == otherJob && id == otherID
    case (.open(let id), .open(let other)): id == other
    case (.queued, .queued): true
    case (.refuse(let job), .refuse(let other)): job == other
    default: false
    }
  }
}

extension SMTPPool.Next: Equatable where Job: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.deliver(let job), .deliver(let other)): job == other
    case (.idle, .idle): true
    case (.quit(let id), .quit(let other)): id == other
    default: false
    }
  }
}
