import Console
import NIOHTTP1
import RoostCore

extension Pages {
  /// A page, or the one live element of it that was asked for.
  func answer(
    _ page: some Page, _ room: Room, notice: Notice? = nil, status: HTTPResponseStatus = .ok
  ) -> HTTPResponse {
    let frame = frame(room, notice: notice)
    guard let name = room.visit.fragment else { return Self.html(page.document(in: frame), status: status) }
    guard let fragment = page.fragment(name, in: frame) else { return fault(.notFound, room.visit) }
    return Self.html(fragment, status: status)
  }

  func fault(_ kind: FaultPage.Kind, _ visit: Visit, status: HTTPResponseStatus? = nil) -> HTTPResponse {
    let page = FaultPage(kind: kind, reference: "")
    return Self.html(
      page.document(in: bareFrame(visit)), status: status ?? HTTPResponseStatus(statusCode: page.status))
  }

  func notAllowed(_ visit: Visit, _ methods: String) -> HTTPResponse {
    var response = fault(.badRequest, visit, status: .methodNotAllowed)
    response.headers.replaceOrAdd(name: "allow", value: methods)
    return response
  }

  func seeOther(_ link: Link) -> HTTPResponse {
    var response = HTTPResponse.seeOther(link.text)
    response.headers.add(name: "cache-control", value: "no-store")
    response.headers.add(name: "referrer-policy", value: "same-origin")
    return response
  }

  static func html(_ document: [UInt8], status: HTTPResponseStatus = .ok) -> HTTPResponse {
    var response = HTTPResponse.html(document, status: status)
    response.headers.add(name: "content-security-policy", value: ContentSecurityPolicy.page)
    response.headers.add(name: "x-content-type-options", value: "nosniff")
    response.headers.add(name: "referrer-policy", value: "same-origin")
    response.headers.add(name: "x-frame-options", value: "DENY")
    response.headers.add(name: "vary", value: "Cookie, Accept-Language")
    return response
  }

  /// A message's own HTML, for a frame without scripts and without this server's origin.
  static func letterBody(_ html: String) -> HTTPResponse {
    var response = HTTPResponse.html(Array(html.utf8))
    response.headers.add(name: "content-security-policy", value: ContentSecurityPolicy.letterBody)
    response.headers.add(name: "x-content-type-options", value: "nosniff")
    response.headers.add(name: "referrer-policy", value: "no-referrer")
    return response
  }

  static func file(_ asset: Asset, _ request: HTTPRequest) -> HTTPResponse {
    var headers: HTTPHeaders = [
      "cache-control": asset.cacheControl(requestedVersion: request.query("v")), "etag": "\"\(asset.version)\"",
      "x-content-type-options": "nosniff",
    ]
    let known = request.headers[canonicalForm: "if-none-match"]
    if known.contains(where: { $0 == "*" || $0 == "\"\(asset.version)\"" || $0 == "W/\"\(asset.version)\"" }) {
      return HTTPResponse(.notModified, headers: headers)
    }
    headers.add(name: "content-type", value: asset.mediaType)
    return HTTPResponse(.ok, headers: headers, body: asset.bytes)
  }
}
