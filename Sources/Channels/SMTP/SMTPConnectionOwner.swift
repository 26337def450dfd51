import NIOCore

/// An envelope and whoever waits for its outcomes.
struct SMTPJob: Sendable {
  let envelope: SMTPEnvelope
  /// Called once, on an event loop, with an outcome for each recipient.
  let complete: @Sendable ([DeliveryOutcome]) -> Void
  /// It came back unsent once; a second time it is deferred.
  var isReturned = false

  func complete(all outcome: DeliveryOutcome) {
    complete(Array(repeating: outcome, count: envelope.recipients.count))
  }
}

/// What an open connection does next.
enum SMTPNext: Sendable {
  case deliver(SMTPJob)
  case idle
  case quit
}

/// Whom a connection reports to, from its event loop. Each call comes before the connection does anything else.
protocol SMTPConnectionOwner: AnyObject, Sendable {
  /// The connection can take a message.
  func ready(_ id: Int, capabilities: SMTPCapabilities, isSecure: Bool) -> SMTPNext
  /// The message in hand is about to be written: another one whose commands may go along with its end; `nil` for none.
  func following(_ id: Int) -> SMTPJob?
  /// It was idle too long; true when it may go.
  func expire(_ id: Int) -> Bool
  /// It could not begin the job.
  func giveBack(_ job: SMTPJob, failure: SMTPFailure)
  /// It has ended; called exactly once.
  func closed(_ id: Int, failure: SMTPFailure?)
}

/// A connection seen from other threads.
struct SMTPConnection<Owner: SMTPConnectionOwner>: Sendable {
  let channel: any Channel
  let handler: NIOLoopBound<SMTPChannelHandler<Owner>>

  func deliver(_ job: SMTPJob) {
    channel.eventLoop.execute { handler.value.deliver(job) }
  }

  /// QUIT where the connection is idle, else an end at once.
  func quit() {
    channel.eventLoop.execute { handler.value.quit() }
  }
}
