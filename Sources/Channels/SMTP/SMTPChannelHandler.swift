import NIOCore
import NIOSSL
import NIOTLS
import RoostCore

/// Carries out what an `SMTPSession` decides: writes, reads, time limits, TLS. Lives on its channel's event loop.
final class SMTPChannelHandler<Owner: SMTPConnectionOwner>: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let id: Int
  private let owner: Owner
  private let timeouts: SMTPTimeouts
  private let makeTLSHandler: () throws -> NIOSSLClientHandler
  private var session: SMTPSession
  private var parser = SMTPReplyParser()
  private var replies: [SMTPReply] = []
  private var commandBytes: [UInt8] = []
  private var job: SMTPJob?
  /// The one whose commands went along with the end of `job`.
  private var followingJob: SMTPJob?
  private var context: ChannelHandlerContext?
  private var failure: SMTPFailure?
  private var isHandshaking: Bool
  /// A name with several addresses makes several channels (RFC 8305); only the one that won speaks to its owner.
  private var isAdopted = false
  private var timer: PhaseTimer?

  init(
    id: Int, owner: Owner, configuration: SMTPConfiguration,
    makeTLSHandler: @escaping () throws -> NIOSSLClientHandler
  ) {
    self.id = id
    self.owner = owner
    self.makeTLSHandler = makeTLSHandler
    timeouts = configuration.timeouts
    session = SMTPSession(configuration: configuration)
    isHandshaking = configuration.tls == .implicit
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    timer = PhaseTimer(eventLoop: context.eventLoop) { [self] in limitReached() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    timer?.cancel()
    timer = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    replies.removeAll(keepingCapacity: true)
    do {
      try unwrapInboundIn(data).withUnsafeReadableBytes { bytes throws(SMTPReplyParser.Mistake) in
        try parser.append(bytes, to: &replies)
      }
    } catch {
      run(session.failed(.protocolViolation, detail: "The server's answer is no SMTP reply (\(error))"))
      return
    }
    let received = replies
    for (index, reply) in received.enumerated() where !session.isClosed {
      let isLast = index == received.count - 1 && parser.isEmpty
      run(session.replied(reply), isLastReply: isLast)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    run(session.failed(.connectionLost, detail: "The connection ended"))
    timer?.cancel()
    if isAdopted { owner.closed(id, failure: failure) }
    context.fireChannelInactive()
  }

  /// The connection stands and is the one that was wanted: the conversation begins, and the owner hears of its end.
  func adopt() {
    isAdopted = true
    run(session.connected())
    guard let channel = context?.channel else { return }
    channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let code: SMTPFailure.Code = isHandshaking ? .tlsFailed : .connectionLost
    run(
      session.failed(
        code, detail: isHandshaking ? "The TLS handshake failed: \(error)" : "The connection broke: \(error)"))
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      isHandshaking = false
      if session.state == .tlsHandshake { run(session.tlsEstablished()) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func deliver(_ job: SMTPJob) {
    self.job = job
    run(session.deliver(job.envelope))
  }

  func quit() {
    guard let context, context.channel.isActive else {
      self.context?.close(promise: nil)
      return
    }
    run(session.quit())
  }

  /// Carries out actions until there is nothing left but to wait. A loop: a queue of messages that are refused without
  /// a byte sent must not grow the stack.
  private func run(_ first: SMTPSession.Action, isLastReply: Bool = true) {
    var next: SMTPSession.Action? = first
    while let action = next {
      // A reply too many would be taken for the answer to the next command.
      if !isLastReply, action.expectsSilence {
        settle(action)
        next = session.failed(.protocolViolation, detail: "The server answered more than it was asked")
        continue
      }
      next = perform(action)
    }
  }

  /// Tells the action's outcomes, without what would follow.
  private func settle(_ action: SMTPSession.Action) {
    if case .complete(let outcomes) = action { finish(outcomes) }
    if case .completeAndReset(let outcomes) = action { finish(outcomes) }
  }

  private func perform(_ action: SMTPSession.Action) -> SMTPSession.Action? {
    switch action {
    case .wait: arm()
    case .send(let commands): write(commands)
    case .startTLS: return startTLS()
    case .ready: return takeNext()
    case .sendMessage: writeMessage()
    case .sendEmptyMessage: write(Array(".\r\n".utf8))
    case .complete(let outcomes):
      finish(outcomes)
      return takeNext()
    case .completeAndContinue(let outcomes):
      finish(outcomes)
      job = followingJob
      followingJob = nil
      arm()
    case .completeAndReset(let outcomes):
      finish(outcomes)
      write([.rset])
    case .completeAndFail(let outcomes, let failure):
      finish(outcomes)
      if let followingJob { owner.giveBack(followingJob, failure: failure) }
      followingJob = nil
      close(failure)
    case .giveBack(let failure):
      if let job { owner.giveBack(job, failure: failure) }
      job = nil
      close(failure)
    case .fail(let failure): close(failure)
    case .close: close(nil)
    }
    return nil
  }

  private func finish(_ outcomes: [DeliveryOutcome]) {
    let finished = job
    job = nil
    finished?.complete(outcomes)
  }

  private func takeNext() -> SMTPSession.Action? {
    switch owner.ready(id, capabilities: session.capabilities, isSecure: session.isSecure) {
    case .deliver(let job):
      self.job = job
      return session.deliver(job.envelope)
    case .idle:
      arm()
      return nil
    case .quit: return session.quit()
    }
  }

  private func startTLS() -> SMTPSession.Action? {
    guard let context else { return nil }
    do {
      isHandshaking = true
      try context.channel.pipeline.syncOperations.addHandler(makeTLSHandler(), position: .first)
      arm()
      return nil
    } catch {
      return session.failed(.tlsFailed, detail: "TLS could not begin: \(error)")
    }
  }

  private func write(_ commands: [SMTPCommand]) {
    commandBytes.removeAll(keepingCapacity: true)
    for command in commands { command.write(to: &commandBytes) }
    write(commandBytes)
  }

  private func write(_ bytes: [UInt8]) {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    arm()
  }

  private func writeMessage() {
    guard let context, let job else { return }
    let commands = followingCommands()
    session.messageWriting()
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { [self] result in
      if case .success = result { session.messageWritten(true) } else { session.messageWritten(false) }
      arm()
    }
    context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: job.envelope.wire)), promise: promise)
    if let commands { context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: commands)), promise: nil) }
    context.flush()
    arm()
  }

  /// The commands of the next message, to be sent with the end of this one: a round trip less, for both sides.
  private func followingCommands() -> [UInt8]? {
    guard session.canBeFollowed else { return nil }
    while let next = owner.following(id) {
      switch session.follow(with: next.envelope) {
      case .refused(let outcomes): next.complete(outcomes)
      case .send(let commands):
        followingJob = next
        commandBytes.removeAll(keepingCapacity: true)
        for command in commands { command.write(to: &commandBytes) }
        return commandBytes
      }
    }
    return nil
  }

  private func close(_ failure: SMTPFailure?) {
    self.failure = self.failure ?? failure
    timer?.cancel()
    context?.close(promise: nil)
  }

  /// Lets the present phase last as long as it may, from now.
  private func arm() {
    guard !session.isClosed else { return }
    timer?.set(.now() + .milliseconds(timeouts.limit(of: session.phase).milliseconds))
  }

  private func limitReached() {
    guard !session.isClosed else { return }
    if session.state != .ready {
      run(session.timedOut())
    } else if owner.expire(id) {
      run(session.quit())
    }
  }
}

extension SMTPSession.Action {
  /// After these the server has nothing more to say until it is asked again.
  fileprivate var expectsSilence: Bool {
    switch self {
    case .complete, .completeAndReset, .ready, .startTLS, .sendMessage, .sendEmptyMessage: true
    default: false
    }
  }
}
