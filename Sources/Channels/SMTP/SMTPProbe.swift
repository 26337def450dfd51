import Synchronization

/// How far a connection came, for `roost doctor`.
public struct SMTPProbeReport: Sendable, Equatable {
  /// The server would take messages.
  public var isReady: Bool
  /// The connection was encrypted.
  public var isSecure: Bool
  /// What the server announced; nil when it did not come to that.
  public var capabilities: SMTPCapabilities?
  /// Where and why it ended, if it is not ready.
  public var failure: SMTPFailure?
  /// One sentence: what is the matter.
  public var cause: String
  /// One sentence: what to do; empty when nothing is.
  public var remedy: String
}

/// A connection that is opened to see whether it can be.
final class SMTPProbe: SMTPConnectionOwner {
  private let configuration: SMTPConfiguration
  private let complete: @Sendable (SMTPProbeReport) -> Void
  private let reached = Mutex<(capabilities: SMTPCapabilities, isSecure: Bool)?>(nil)

  init(configuration: SMTPConfiguration, complete: @escaping @Sendable (SMTPProbeReport) -> Void) {
    self.configuration = configuration
    self.complete = complete
  }

  func ready(_ id: Int, capabilities: SMTPCapabilities, isSecure: Bool) -> SMTPNext {
    reached.withLock { $0 = (capabilities, isSecure) }
    return .quit
  }

  func following(_ id: Int) -> SMTPJob? { nil }
  func expire(_ id: Int) -> Bool { true }
  func giveBack(_ job: SMTPJob, failure: SMTPFailure) { job.complete(all: failure.outcome) }

  func closed(_ id: Int, failure: SMTPFailure?) {
    guard let reached = reached.withLock({ $0 }) else {
      let failure = failure ?? SMTPFailure(.connectionLost, phase: .connect, detail: "The connection ended")
      complete(
        SMTPProbeReport(
          isReady: false, isSecure: false, failure: failure, cause: "\(failure)",
          remedy: failure.remedy(for: configuration)))
      return
    }
    let isClear = !reached.isSecure && configuration.tls == .opportunistic
    complete(
      SMTPProbeReport(
        isReady: true, isSecure: reached.isSecure, capabilities: reached.capabilities,
        cause: "The server takes messages\(reached.isSecure ? " over TLS" : " without TLS")",
        remedy: isClear ? "Messages travel unencrypted; use a server with STARTTLS unless it is on this machine" : ""))
  }
}
