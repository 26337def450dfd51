import NIOCore
import NIOHTTP1

/// A whole answer.
struct HTTPAnswer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]
  /// The connection can take another request.
  var keepsAlive: Bool
}

/// A request on its way into a connection, and where its answer goes.
struct HTTPExchange: Sendable {
  var head: HTTPRequestHead
  var body: ByteBuffer
  var answer: EventLoopPromise<HTTPAnswer>
}

/// The client's side of one connection: one exchange at a time. Lives on the channel's event loop.
final class HTTPExchangeHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = HTTPExchange
  typealias OutboundOut = HTTPClientRequestPart

  private var waiting: EventLoopPromise<HTTPAnswer>?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let exchange = unwrapOutboundIn(data)
    guard context.channel.isActive, waiting == nil else {
      exchange.answer.fail(ChannelError.ioOnClosedChannel)
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    waiting = exchange.answer
    context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
    if exchange.body.readableBytes > 0 {
      context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard head.status.code >= 200 else { return }
      self.head = head
      body = []
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let head, let waiting else { return }
      self.head = nil
      self.waiting = nil
      waiting.succeed(
        HTTPAnswer(
          status: Int(head.status.code), headers: head.headers, body: body, keepsAlive: head.isKeepAlive))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(ChannelError.eof)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error)
    context.close(promise: nil)
  }

  private func fail(_ error: any Error) {
    waiting?.fail(error)
    waiting = nil
  }
}
