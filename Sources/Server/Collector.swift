import Events
import NIOCore
import NIOHTTP1
import RoostCore
import Runtime

/// Segment's HTTP tracking API: parses a call on its event loop, queues the events for the committer and answers when
/// they are durable.
final class Collector: Sendable {
  private let node: Node
  private let parsers: NIOLoopLocals<Parsers>

  init(node: Node) {
    self.node = node
    parsers = NIOLoopLocals { Parsers() }
  }

  /// One event loop's parsers: each remembers the names of its workspace without locking.
  final class Parsers {
    var byWorkspace: [WorkspaceID: EventParser] = [:]
    /// Keys that were accepted before, so that a busy client's key is hashed once.
    var byWriteKey: [String: WorkspaceID] = [:]
  }

  static func isCollecting(_ target: String) -> Bool {
    target.utf8.starts(with: "/v1/".utf8) && call(target) != nil
  }

  static func bodyBytesMax(_ target: String) -> Int { (call(target) == .import ? 5 << 20 : 500 << 10) }

  /// What `/v1/NAME` stands for; a trailing slash and a query are allowed.
  static func call(_ target: String) -> CallKind? {
    var name = target.dropFirst(4)
    if let query = name.firstIndex(of: "?") { name = name[..<query] }
    while name.last == "/" { name = name.dropLast() }
    return CallKind(rawValue: String(name))
  }

  private static let corsHeaders: HTTPHeaders = [
    "access-control-allow-origin": "*", "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, content-encoding, x-retry-count",
    "access-control-max-age": "86400",
  ]

  func collect(
    _ head: HTTPRequestHead, body: ByteBuffer?, eventLoop: any EventLoop,
    answer: @escaping @Sendable (HTTPResponse) -> Void
  ) {
    if head.method == .OPTIONS { return answer(HTTPResponse(.noContent, headers: Self.corsHeaders)) }
    guard head.method == .POST, let call = Self.call(head.uri) else {
      return answer(
        Self.withCORS(.problem(Problem(.notFound, "send tracking calls with POST to /v1/batch, /v1/track, …"))))
    }
    do throws(Problem) {
      try collect(head, body: body ?? ByteBuffer(), as: call, eventLoop: eventLoop, answer: answer)
    } catch {
      if error.code == .overloaded { node.metrics.add(.callsRefused) }
      answer(Self.withCORS(.problem(error)))
    }
  }

  private static func withCORS(_ response: HTTPResponse) -> HTTPResponse {
    var response = response
    response.headers.add(name: "access-control-allow-origin", value: "*")
    return response
  }

  private func collect(
    _ head: HTTPRequestHead, body: ByteBuffer, as call: CallKind, eventLoop: any EventLoop,
    answer: @escaping @Sendable (HTTPResponse) -> Void
  ) throws(Problem) {
    let receivedAt = node.receiptTime()
    let submission = try body.withUnsafeReadableBytesTyped { bytes throws(Problem) in
      if head.headers.first(name: "content-encoding")?.lowercased() == "gzip" {
        let unpacked = try gunzip(bytes, bytesMax: Self.bodyBytesMax(head.uri))
        return try unpacked.withUnsafeBytesTyped { plain throws(Problem) in
          try parse(head, plain, as: call, receivedAt: receivedAt, eventLoop: eventLoop)
        }
      }
      return try parse(head, bytes, as: call, receivedAt: receivedAt, eventLoop: eventLoop)
    }
    try queue(submission, eventLoop: eventLoop, answer: answer)
  }

  private struct Parsed {
    var workspace: WorkspaceID
    var call: ParsedCall
    var quarantined: [QuarantineItem]
    /// The body is one event, not a batch.
    var isSingle: Bool
  }

  private func parse(
    _ head: HTTPRequestHead, _ body: UnsafeRawBufferPointer, as call: CallKind, receivedAt: Instant,
    eventLoop: any EventLoop
  ) throws(Problem) -> Parsed {
    let local = parsers.value(on: eventLoop)
    guard let key = Self.writeKey(head.headers) ?? findWriteKey(body), !key.isEmpty else {
      throw Problem(
        .unauthorized,
        "no write key: send it as the user name of HTTP Basic, as Authorization: Bearer, or as writeKey in the body")
    }
    let known = local.byWriteKey[key]
    guard let workspace = known ?? node.keys.workspace(writeKey: key), let symbols = node.keys.symbols(workspace) else {
      throw Problem(.unauthorized, "unknown write key")
    }
    if known == nil { local.byWriteKey[key] = workspace }
    var parser = local.byWorkspace[workspace] ?? EventParser(symbols: symbols)
    defer { local.byWorkspace[workspace] = parser }
    let parsed = try parser.parse(body, as: call, receivedAt: receivedAt)
    let quarantined = parsed.rejected.map { rejection in
      QuarantineItem(
        workspace: workspace, receivedAt: receivedAt, reason: rejection.reason, pointer: rejection.pointer,
        detail: rejection.detail, raw: Array(UnsafeRawBufferPointer(rebasing: body[rejection.raw])),
        isHistorical: call == .import)
    }
    return Parsed(workspace: workspace, call: parsed, quarantined: quarantined, isSingle: call.eventKind != nil)
  }

  private func queue(
    _ parsed: Parsed, eventLoop: any EventLoop, answer: @escaping @Sendable (HTTPResponse) -> Void
  ) throws(Problem) {
    let response = Self.response(parsed)
    let submission = EventSubmission(
      workspace: parsed.workspace, records: parsed.call.events.bytes, count: parsed.call.ranges.count,
      quarantined: parsed.quarantined
    ) { problem in
      eventLoop.execute { answer(problem.map { Self.withCORS(.problem($0)) } ?? response) }
    }
    guard node.submit(submission) else { throw .overloaded }
  }

  /// 200 where something was accepted (or nothing sent), else 400 naming each fault, or 413 if all that was wrong is
  /// size.
  private static func response(_ parsed: Parsed) -> HTTPResponse {
    let accepted = parsed.call.ranges.count
    let rejected = parsed.call.rejected
    guard accepted > 0 || rejected.isEmpty else {
      let problem = Problem(
        rejected.allSatisfy { $0.reason == .eventTooLarge } ? .tooLarge : .invalid,
        "no event could be accepted: \(rejected[0].detail)",
        findings: rejected.map {
          .init(pointer: (parsed.isSingle ? "" : "/batch/\($0.index)") + $0.pointer, detail: $0.detail)
        })
      return withCORS(.problem(problem))
    }
    if rejected.isEmpty {
      return HTTPResponse(
        .ok, headers: okHeaders, body: Array("{\"success\":true,\"accepted\":\(accepted),\"rejected\":[]}".utf8))
    }
    let list = rejected.map { rejection -> JSONValue in
      [
        "index": .int(Int64(rejection.index)), "pointer": .string(rejection.pointer),
        "reason": .string(rejection.reason.rawValue), "detail": .string(rejection.detail),
      ]
    }
    return withCORS(.json(["success": true, "accepted": .int(Int64(accepted)), "rejected": .array(list)]))
  }

  private static let okHeaders: HTTPHeaders = ["content-type": "application/json", "access-control-allow-origin": "*"]

  /// The user name of HTTP Basic, or a bearer token.
  private static func writeKey(_ headers: HTTPHeaders) -> String? {
    guard let header = headers.first(name: "authorization") else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "bearer": return String(parts[1])
    case "basic":
      guard let decoded = base64Decoded(parts[1].utf8) else { return nil }
      return String(decoding: decoded.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    default: return nil
    }
  }
}

/// RFC 4648 base64; `nil` for anything else.
func base64Decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
  var bytes: [UInt8] = []
  var bits: UInt32 = 0
  var held = 0
  for character in text where character != UInt8(ascii: "=") {
    let six: UInt8
    switch character {
    case 0x41...0x5A: six = character - 0x41
    case 0x61...0x7A: six = character - 0x61 + 26
    case 0x30...0x39: six = character - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): six = 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): six = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(six)
    held += 6
    if held >= 8 {
      held -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
    }
  }
  return bytes
}
