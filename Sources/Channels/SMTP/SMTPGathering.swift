import Synchronization

/// Gathers the outcomes of many envelopes and tells them together.
final class SMTPGathering: Sendable {
  private struct State {
    var outcomes: [[DeliveryOutcome]]
    var missing: Int
  }

  private let state: Mutex<State>
  private let complete: @Sendable ([[DeliveryOutcome]]) -> Void

  init(count: Int, complete: @escaping @Sendable ([[DeliveryOutcome]]) -> Void) {
    state = Mutex(State(outcomes: Array(repeating: [], count: count), missing: count))
    self.complete = complete
  }

  func finished(_ index: Int, _ outcomes: [DeliveryOutcome]) {
    let all: [[DeliveryOutcome]]? = state.withLock { state in
      state.outcomes[index] = outcomes
      state.missing -= 1
      return state.missing == 0 ? state.outcomes : nil
    }
    if let all { complete(all) }
  }
}
