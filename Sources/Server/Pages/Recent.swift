import RoostCore

/// Remembers costly figures for a while: twenty times as long as they took, so that pages which refresh themselves
/// never take more than a small part of the machine. Whoever asks while a figure is being made waits for that one.
actor Recent<Value: Sendable> {
  private struct Entry {
    var value: Value
    var until: ContinuousClock.Instant
  }
  private var entries: [String: Entry] = [:]
  private var underWay: [String: Task<Result<Value, Problem>, Never>] = [:]
  private static var keysMax: Int { 1_000 }

  func value(
    _ key: String, make: @escaping @Sendable () async throws(Problem) -> Value
  ) async throws(Problem) -> Value {
    if let entry = entries[key], ContinuousClock.now < entry.until { return entry.value }
    if let task = underWay[key] { return try await task.value.get() }
    let start = ContinuousClock.now
    let task = Task { () -> Result<Value, Problem> in
      do throws(Problem) { return .success(try await make()) } catch { return .failure(error) }
    }
    underWay[key] = task
    let result = await task.value
    underWay[key] = nil
    let value = try result.get()
    if entries.count >= Self.keysMax { entries.removeAll() }
    let end = ContinuousClock.now
    entries[key] = Entry(value: value, until: end.advanced(by: start.duration(to: end) * 20))
    return value
  }

  /// After something was changed by hand: the next page shows it.
  func forgetAll() { entries.removeAll() }
}
