import RoostCore

/// By what right a change was asked for: what the audit trail says under `by`.
public enum Author: String, Sendable {
  /// The operator token, at the management interface.
  case `operator`
  /// The workspace's own secret key.
  case secretKey = "secret-key"
  /// Somebody signed in to the pages.
  case console

  /// Of the call that is being answered; `nil` outside of calls. `Node.perform` hands it to the partition.
  @TaskLocal public static var current: Author?

  /// Does what somebody asks for in their name.
  public func asking<Answer: Sendable>(
    for body: () async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    let outcome: Result<Answer, Problem> = await Self.$current.withValue(self) {
      do throws(Problem) { return .success(try await body()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
