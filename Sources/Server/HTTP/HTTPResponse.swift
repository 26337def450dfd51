import NIOHTTP1
import RoostCore

/// An answer with its whole body.
public struct HTTPResponse: Sendable {
  public var status: HTTPResponseStatus
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public static func json(_ value: JSONValue, status: HTTPResponseStatus = .ok) -> HTTPResponse {
    var body: [UInt8] = []
    value.write(into: &body)
    return HTTPResponse(status, headers: ["content-type": "application/json; charset=utf-8"], body: body)
  }

  public static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse {
    HTTPResponse(.ok, headers: ["content-type": type], body: Array(text.utf8))
  }

  public static func html(_ body: [UInt8], status: HTTPResponseStatus = .ok) -> HTTPResponse {
    HTTPResponse(
      status,
      headers: ["content-type": "text/html; charset=utf-8", "cache-control": "no-store"], body: body)
  }

  public static func seeOther(_ location: String) -> HTTPResponse {
    HTTPResponse(.seeOther, headers: ["location": location])
  }

  /// RFC 9457 problem details. `code` and `message` stand beside the standard members: Segment's clients stop retrying
  /// a refused call only when they find both.
  public static func problem(_ problem: Problem) -> HTTPResponse {
    let status = problem.code.status
    let document: JSONValue = [
      "type": "about:blank", "title": .string(status.reasonPhrase), "status": .int(Int64(status.code)),
      "detail": .string(problem.message), "code": .string(problem.code.rawValue),
      "message": .string(problem.message),
      "errors": .array(
        problem.findings.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] }),
    ]
    var response = json(document, status: status)
    response.headers.replaceOrAdd(name: "content-type", value: "application/problem+json")
    if problem.code == .overloaded { response.headers.add(name: "retry-after", value: "1") }
    if problem.code == .unauthorized { response.headers.add(name: "www-authenticate", value: "Bearer") }
    return response
  }
}

extension Problem.Code {
  /// The HTTP status that goes with the kind of problem.
  var status: HTTPResponseStatus {
    switch self {
    case .invalid: .badRequest
    case .unauthorized: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .conflict: .conflict
    case .tooLarge: .payloadTooLarge
    case .overloaded: .tooManyRequests
    case .unavailable: .serviceUnavailable
    case .internalFault: .internalServerError
    }
  }
}
