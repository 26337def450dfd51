@preconcurrency import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT: the first asks for a clean end, the second ends the process at once.
final class EndSignal: Sendable {
  private struct State {
    /// Nothing runs yet that would have to end cleanly.
    var isStarting = true
    var isAsked = false
    var waiting: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  init() {
    let queue = DispatchQueue(label: "signals")
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, [SIGTERM, SIGINT]) {
      source.setEventHandler { [unowned self] in received(number) }
      source.resume()
    }
  }

  /// Returns at the first signal.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isAsked = state.withLock { state in
        state.isStarting = false
        if !state.isAsked { state.waiting = continuation }
        return state.isAsked
      }
      if isAsked { continuation.resume() }
    }
  }

  private func received(_ number: Int32) {
    let (isSecond, isStarting, waiting) = state.withLock { state in
      let answer = (state.isAsked, state.isStarting, state.waiting)
      state.isAsked = true
      state.waiting = nil
      return answer
    }
    if isSecond { _exit(128 + number) }
    // While it recovers, nothing was acknowledged: the log is as it was, and there is nothing to end.
    if isStarting { _exit(0) }
    waiting?.resume()
  }
}
