import NIOCore
import NIOHTTP1
import RoostCore

/// One connection: gathers a request, hands it to the collector (on this event loop) or to the router (a task), writes
/// the answer. Requests of a connection are answered one after another; `HTTPServerPipelineHandler` sees to it.
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let collector: Collector
  private let router: Router
  private let admission: Admission
  private var head: HTTPRequestHead?
  private var body: ByteBuffer?
  private var bytesMax = 0
  private var refusal: Problem?
  private var admitted = 0
  private var isBusy = false
  private var isClosing = false

  init(collector: Collector, router: Router, admission: Admission) {
    self.collector = collector
    self.router = router
    self.admission = admission
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context: context)
    case .body(let part): gather(part)
    case .end: finish(context: context)
    }
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    self.head = head
    body = nil
    refusal = nil
    bytesMax = Collector.isCollecting(head.uri) ? Collector.bodyBytesMax(head.uri) : Router.bodyBytesMax
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bytesMax {
      refusal = .bodyTooLarge(bytesMax: bytesMax)
    }
    if head.headers.contains(name: "expect"), refusal == nil {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
    }
  }

  private func gather(_ part: ByteBuffer) {
    guard refusal == nil else { return }
    guard (body?.readableBytes ?? 0) + part.readableBytes <= bytesMax else {
      refusal = .bodyTooLarge(bytesMax: bytesMax)
      body = nil
      return
    }
    guard admission.admit(part.readableBytes) else {
      refusal = .overloaded
      body = nil
      return
    }
    admitted += part.readableBytes
    if body == nil { body = part } else { body!.writeImmutableBuffer(part) }
  }

  private func finish(context: ChannelHandlerContext) {
    guard let head else { return }
    self.head = nil
    isBusy = true
    let body = self.body
    self.body = nil
    let keepAlive = head.isKeepAlive
    if let refusal {
      return respond(.problem(refusal), head: head, keepAlive: keepAlive && refusal.code != .tooLarge, context: context)
    }
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let answer: @Sendable (HTTPResponse) -> Void = { response in
      let (handler, context) = loopBound.value
      handler.respond(response, head: head, keepAlive: keepAlive, context: context)
    }
    if Collector.isCollecting(head.uri) {
      collector.collect(head, body: body, eventLoop: context.eventLoop, answer: answer)
    } else {
      let eventLoop = context.eventLoop
      let peer = context.remoteAddress?.ipAddress ?? ""
      let router = self.router
      Task {
        let response = await router.respond(head: head, body: body, peer: peer)
        eventLoop.execute { answer(response) }
      }
    }
  }

  /// On the event loop.
  private func respond(
    _ response: HTTPResponse, head: HTTPRequestHead, keepAlive: Bool, context: ChannelHandlerContext
  ) {
    isBusy = false
    if admitted > 0 {
      admission.release(admitted)
      admitted = 0
    }
    guard context.channel.isActive else { return }
    let staysOpen = keepAlive && !isClosing
    var headers = response.headers
    headers.replaceOrAdd(name: "content-length", value: String(response.body.count))
    if !staysOpen { headers.replaceOrAdd(name: "connection", value: "close") }
    context.write(
      wrapOutboundOut(.head(.init(version: head.version, status: response.status, headers: headers))), promise: nil)
    if head.method != .HEAD, !response.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
    }
    let promise = staysOpen ? nil : context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    if let promise {
      let channel = context.channel
      promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      isClosing = true
      if !isBusy && head == nil { context.close(promise: nil) }
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !isBusy, admitted > 0 {
      admission.release(admitted)
      admitted = 0
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension Problem {
  static func bodyTooLarge(bytesMax: Int) -> Problem {
    Problem(.tooLarge, "the body is over \(bytesMax / 1024) KiB; send smaller batches")
  }
  static let overloaded = Problem(.overloaded, "too much is waiting to be stored; send again in a second")
}
