import NIOCore
import NIOHTTP1
import RoostCore
import Runtime

/// Sends a request to the part that answers it: probes, management interface, pages.
final class Router: Sendable {
  static let bodyBytesMax = 8 << 20
  private let management: Management
  private let pages: Pages
  private let probes: Probes
  private let sdk: SDK
  private let hosted: HostedPages
  private let inbound: InboundMail
  private let callbacks: InboundCallback
  private let inbox: Inbox

  init(
    management: Management, pages: Pages, probes: Probes, sdk: SDK, hosted: HostedPages, inbound: InboundMail,
    callbacks: InboundCallback, inbox: Inbox
  ) {
    self.callbacks = callbacks
    self.inbox = inbox
    self.sdk = sdk
    self.hosted = hosted
    self.inbound = inbound
    self.management = management
    self.pages = pages
    self.probes = probes
  }

  func respond(head: HTTPRequestHead, body: ByteBuffer?, peer: String) async -> HTTPResponse {
    let bytes = body.map { Array($0.readableBytesView) } ?? []
    guard
      let request = HTTPRequest(method: head.method, target: head.uri, headers: head.headers, body: bytes, peer: peer)
    else { return .problem(.invalid("", "the request target has a wrong percent escape")) }
    do throws(Problem) {
      if Inbox.answers(request) { return await inbox.respond(request) }
      if SDK.answers(request) { return try await sdk.respond(request) }
      if InboundMail.isInbound(request) { return try await inbound.respond(request) }
      if InboundCallback.isInbound(request) { return try await callbacks.respond(request) }
      if HostedPages.isHosted(request) { return try await hosted.respond(request) }
      switch request.path.first {
      case "healthz", "readyz", "metrics", "openapi.json", "schemas": return try await probes.respond(request)
      case "api": return try await management.respond(request)
      default: return await pages.respond(request)
      }
    } catch {
      return .problem(error)
    }
  }
}
