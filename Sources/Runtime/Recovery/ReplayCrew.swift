import Glibc
import Synchronization

/// The threads that handle waves: the one that replays, and as many others as there are cores.
final class ReplayCrew {
  private let own = ReplayWorker()
  private let helpers: [Helper]

  /// With fewer people than this in a wave, waking others costs more than they save.
  private static let tasksMin = 48
  private static let helpersMax = 3

  init() {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    helpers = (0..<max(0, min(cores - 1, Self.helpersMax))).map { _ in Helper() }
  }

  deinit { for helper in helpers { helper.end() } }

  /// Lets the others begin with a wave.
  func begin(_ wave: ReplayWave) {
    guard wave.tasks.count >= Self.tasksMin else { return }
    for helper in helpers { helper.begin(wave) }
  }

  /// Takes part until the wave is done; then `take` gets each worker's results.
  func finish(_ wave: ReplayWave, _ take: (ReplayWorker) -> Void) {
    own.work(on: wave)
    for helper in helpers { helper.wait() }
    for worker in [own] + helpers.map(\.worker) {
      take(worker)
      worker.removeAll()
    }
  }
}

extension ReplayCrew {
  /// A thread that works when it is given a wave.
  private final class Helper: Sendable {
    private struct Order {
      var wave: ReplayWave?
      var isBusy = false
      var isOver = false
    }
    let worker = ReplayWorker()
    private let order = Mutex(Order())
    private let wanted = ThreadSignal()
    private let done = ThreadSignal()

    init() {
      Thread(stackBytes: 8 << 20) { [self] in
        while work() {}
      }.start()
    }

    func begin(_ wave: ReplayWave) {
      order.withLock { order in
        order.wave = wave
        order.isBusy = true
      }
      wanted.notify()
    }

    /// Returns once nothing is worked on any more.
    func wait() {
      while order.withLock({ $0.isBusy }) { done.wait(seconds: 1) }
    }

    func end() {
      order.withLock { $0.isOver = true }
      wanted.notify()
    }

    /// `false`: it is over.
    private func work() -> Bool {
      let (wave, isOver) = order.withLock { order in (order.wave.take(), order.isOver) }
      if isOver { return false }
      guard let wave else {
        wanted.wait(seconds: 1)
        return true
      }
      worker.work(on: wave)
      order.withLock { $0.isBusy = false }
      done.notify()
      return true
    }
  }
}
