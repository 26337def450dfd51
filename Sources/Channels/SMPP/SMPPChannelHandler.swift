import NIOCore
import NIOSSL

/// Whom a connection reports to, from its event loop.
protocol SMPPConnectionOwner: AnyObject, Sendable {
  /// Messages may be submitted.
  func bound(_ id: Int)
  /// A message has its outcome.
  func finished(_ id: Int, _ work: SMPPWork, _ outcome: TransportOutcome)
  /// Nothing of a message was sent.
  func returned(_ id: Int, _ work: SMPPWork)
  /// The centre brought something; answers whether it is kept.
  func received(_ inbound: SMPPInbound) async -> Bool
  /// It has ended; called exactly once.
  func closed(_ id: Int, _ failure: SMPPFailure)
}

/// A message on its way, and whoever waits for its outcome.
struct SMPPWork: Sendable {
  let parts: [SMPPMessage]
  /// Called once.
  let complete: @Sendable (TransportOutcome) -> Void
  /// It came back unsent once.
  var isReturned = false
}

/// Carries out what an `SMPPSession` decides: writes, reads, time limits. Lives on its channel's event loop.
final class SMPPChannelHandler<Owner: SMPPConnectionOwner>: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let id: Int
  private let owner: Owner
  private var session: SMPPSession
  private var frames = SMPPFrames()
  private var works: [Int: SMPPWork] = [:]
  private var lastWork = 0
  private var context: ChannelHandlerContext?
  private var timer: PhaseTimer?
  /// A name with several addresses makes several channels (RFC 8305); only the one that won speaks to its owner.
  private var isAdopted = false
  private var isClosed = false

  init(id: Int, owner: Owner, configuration: SMPPConfiguration, role: SMPPRole) {
    self.id = id
    self.owner = owner
    session = SMPPSession(configuration: configuration, role: role)
  }

  private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    timer = PhaseTimer(eventLoop: context.eventLoop) { [self] in run(session.tick(now: Self.now)) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    timer?.cancel()
    timer = nil
  }

  /// The connection stands and is the one that was wanted.
  func adopt() {
    isAdopted = true
    run(session.connected(now: Self.now))
    guard let channel = context?.channel else { return }
    channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    frames.append(unwrapInboundIn(data).readableBytesView)
    var actions: [SMPPSession.Action] = []
    do throws(SMPPMistake) {
      while !session.isClosed, let unit = try frames.next() {
        do throws(SMPPMistake) {
          actions += session.received(try SMPPPDU(decoding: unit), now: Self.now)
        } catch { actions += session.received(mistake: error) }
      }
    } catch { actions += session.received(mistake: error) }
    run(actions)
  }

  func channelInactive(context: ChannelHandlerContext) {
    run(session.lost(SMPPFailure(.connectionLost, "the connection ended")))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isTLS = error is NIOSSLError || error is NIOSSLExtraError
    run(session.lost(SMPPFailure(isTLS ? .tlsFailed : .connectionLost, "the connection broke: \(error)")))
    context.close(promise: nil)
  }

  func submit(_ work: SMPPWork) {
    lastWork += 1
    works[lastWork] = work
    run(session.submit(lastWork, work.parts, now: Self.now))
  }

  func unbind() {
    guard isAdopted, context?.channel.isActive == true else {
      context?.close(promise: nil)
      return
    }
    run(session.unbind(now: Self.now))
  }

  /// Ends the connection, whatever is under way.
  func cut() { run(session.lost(SMPPFailure(.shutDown, "the channel was shut down"))) }

  private func run(_ actions: [SMPPSession.Action]) {
    var bytes: [UInt8] = []
    var failure: SMPPFailure?
    for action in actions {
      if case .send(let pdu) = action { pdu.encode(into: &bytes) }
      if case .close(let why) = action { failure = why }
    }
    if !bytes.isEmpty, let context {
      context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
    // Before messages come back: or they would be given to this connection again.
    if let failure { close(failure) }
    for action in actions {
      switch action {
      case .send, .close: break
      case .bound: owner.bound(id)
      case .finished(let work, let outcome):
        if let work = works.removeValue(forKey: work) { owner.finished(id, work, outcome) }
      case .returned(let work): if let work = works.removeValue(forKey: work) { owner.returned(id, work) }
      case .inbound(let message, let command, let sequence): receive(message, command, sequence)
      }
    }
    arm()
  }

  private func receive(_ message: SMPPMessage, _ command: UInt32, _ sequence: UInt32) {
    guard let context else { return }
    let inbound = SMPPInbound(message, isLatin: session.configuration.isLatin)
    let own = NIOLoopBound(self, eventLoop: context.eventLoop)
    let (owner, loop) = (owner, context.eventLoop)
    Task {
      let isKept = await owner.received(inbound)
      loop.execute { own.value.run(own.value.session.answered(command, sequence, isKept: isKept)) }
    }
  }

  private func close(_ failure: SMPPFailure) {
    timer?.cancel()
    context?.close(promise: nil)
    guard !isClosed, isAdopted else { return }
    isClosed = true
    owner.closed(id, failure)
  }

  private func arm() {
    guard let deadline = session.deadline else { return }
    let milliseconds = max(0, deadline - Self.now)
    timer?.set(.now() + .milliseconds(milliseconds))
  }
}

/// A connection seen from other threads.
struct SMPPConnection<Owner: SMPPConnectionOwner>: Sendable {
  let channel: any Channel
  let handler: NIOLoopBound<SMPPChannelHandler<Owner>>

  func submit(_ work: SMPPWork) { channel.eventLoop.execute { handler.value.submit(work) } }
  func unbind() { channel.eventLoop.execute { handler.value.unbind() } }
  func cut() { channel.eventLoop.execute { handler.value.cut() } }
}
