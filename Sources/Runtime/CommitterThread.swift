import Glibc
import RoostCore
import Synchronization

/// The one thread that owns the partition: takes what waits, commits it, and uses quiet moments for wake-ups, fills and
/// checkpoints.
final class CommitterThread: @unchecked Sendable {
  // Safe to share: the partition is touched by `init`'s caller until `start`, and by the thread alone after it.
  private let partition: Partition
  private let queue: CommitQueue
  private let finished = ThreadSignal()
  private let isRunning = Atomic<Bool>(false)

  init(partition: Partition, queue: CommitQueue) {
    self.partition = partition
    self.queue = queue
  }

  func start(node: Node) {
    isRunning.store(true, ordering: .relaxed)
    partition.attach(to: node)
    let thread = Thread(stackBytes: 8 << 20) { [self] in
      run(node)
      finished.notify()
    }
    thread.start()
  }

  func join() {
    if isRunning.exchange(false, ordering: .relaxed) {
      while !isDone.load(ordering: .acquiring) { finished.wait(seconds: 1) }
    }
  }

  private let isDone = Atomic<Bool>(false)

  private func run(_ node: Node) {
    var lastDiskCheck = 0
    while true {
      let (work, isClosed) = queue.take(waitingAtMost: partition.idleSeconds())
      handle(work)
      if isClosed, work.isEmpty { break }
      var isBusy = partition.handleDue()
      isBusy = partition.handOnTexts() || isBusy
      isBusy = partition.fillSome() || isBusy
      isBusy = partition.broadcastSome() || isBusy
      isBusy = partition.checkpointSome() || isBusy
      node.noteStatus(partition, &lastDiskCheck)
      if isBusy { queue.wake() }
    }
    partition.close()
    isDone.store(true, ordering: .releasing)
  }

  /// Runs of event submissions are handled together; commands run in their place between them.
  private func handle(_ work: [Work]) {
    var submissions: [EventSubmission] = []
    for item in work {
      switch item {
      case .events(let submission): submissions.append(submission)
      case .perform(let body):
        if !submissions.isEmpty {
          partition.handle(submissions)
          submissions.removeAll()
        }
        body(partition)
      }
    }
    if !submissions.isEmpty { partition.handle(submissions) }
  }
}

/// A POSIX thread with a name and a stack of its own size.
final class Thread: Sendable {
  private let stackBytes: Int
  private let body: @Sendable () -> Void

  init(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
    self.stackBytes = stackBytes
    self.body = body
  }

  func start() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        Unmanaged<Thread>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    precondition(result == 0, "no thread can be started")
    pthread_attr_destroy(&attributes)
  }
}
