import Liquid
import RoostCore

extension RequestTemplate {
  /// Reads a channel's `request`, `auth` and `idempotencyHeader`.
  ///
  /// - Throws: with a finding for each part that cannot be used.
  public init(_ request: JSONValue, auth: JSONValue?, idempotencyHeader: String?) throws(Problem) {
    var reader = RequestReader()
    reader.read(request)
    reader.read(auth: auth ?? .null)
    if let idempotencyHeader { reader.checkHeader(idempotencyHeader, at: "/idempotencyHeader") }
    guard reader.findings.isEmpty else {
      throw Problem(.invalid, "the channel's request cannot be used", findings: reader.findings)
    }
    self = reader.template
    self.idempotencyHeader = idempotencyHeader
  }
}

/// Reads a request's document and gathers all that is wrong with it.
private struct RequestReader {
  var template = RequestTemplate()
  var findings: [Problem.Finding] = []
  private var parts = 0

  private static let methods = ["POST", "PUT", "PATCH", "GET"]
  private static let members = ["method", "url", "query", "headers", "body"]
  /// The client writes these.
  private static let ownHeaders: Set<String> = ["host", "content-length", "transfer-encoding", "connection", "upgrade"]

  mutating func refuse(_ pointer: String, _ detail: String) { findings.append(.init(pointer: pointer, detail: detail)) }

  mutating func read(_ request: JSONValue) {
    guard let members = request.members else {
      return refuse("/request", "write an object: method, url, headers, body")
    }
    for member in members where !Self.members.contains(member.key) {
      refuse("/request/" + pointerToken(member.key), "a request has \(Self.members.joined(separator: ", "))")
    }
    if let method = request["method"] {
      if let word = method.string?.uppercased(), Self.methods.contains(word) {
        template.method = word
      } else {
        refuse("/request/method", "write one of \(Self.methods.joined(separator: ", "))")
      }
    }
    readURL(request["url"]?.string ?? "")
    template.query = fields(request["query"], at: "/request/query", as: .text)
    for header in fields(request["headers"], at: "/request/headers", as: .header) {
      checkHeader(header.name, at: "/request/headers/" + pointerToken(header.name))
      template.headers.append(header)
    }
    if let body = request["body"], body != .null { read(body: body) }
    if template.method == "GET", case .none = template.body {
    } else if template.method == "GET" {
      refuse("/request/body", "a GET request has none; put the values into query")
    }
  }

  /// Values may stand behind the host only: the message's texts do not choose who gets the credentials.
  private mutating func readURL(_ source: String) {
    let fixed = source.prefix { $0 != "{" }
    guard WebAddress(String(fixed)) != nil,
      fixed.dropFirst(fixed.hasPrefix("https://") ? 8 : 7).contains(where: { "/?".contains($0) })
    else {
      return refuse(
        "/request/url", "write an http or https address with a fixed host, such as \"https://api.sms.example/v1/send\"")
    }
    guard !source.contains("{%") else {
      return refuse("/request/url", "only {{ values }} may stand in an address; choose with their filters")
    }
    var rest = source[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        return refuse("/request/url", "\"{{\" without \"}}\"")
      }
      if open.lowerBound > rest.startIndex { append(fixed: rest[..<open.lowerBound]) }
      if let value = parsed(String(rest[open.lowerBound..<close.upperBound]), as: .text, at: "/request/url") {
        template.url.append(.value(value))
      }
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { append(fixed: rest) }
  }

  private mutating func append(fixed: Substring) {
    guard fixed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
      return refuse("/request/url", "percent-encode spaces, # and letters outside ASCII")
    }
    template.url.append(.fixed(String(fixed)))
  }

  private mutating func read(body: JSONValue) {
    guard let member = body.members?.first(where: { ["json", "form", "text"].contains($0.key) }) else {
      return refuse("/request/body", "write {\"json\": …}, {\"form\": {…}} or {\"text\": \"…\", \"type\": \"…\"}")
    }
    for other in body.members ?? [] where other.key != member.key && !(member.key == "text" && other.key == "type") {
      refuse("/request/body/" + pointerToken(other.key), "a body is of one kind: json, form or text")
    }
    var type = "text/plain; charset=utf-8"
    switch (member.key, member.value) {
    case ("json", .string(let source)):
      type = "application/json"
      if let text = parsed(source, as: .json, at: "/request/body/json") { template.body = .jsonText(text) }
    case ("json", let value):
      type = "application/json"
      template.body = .json(shape(value, at: "/request/body/json"))
    case ("form", let value):
      type = "application/x-www-form-urlencoded"
      template.body = .form(fields(value, at: "/request/body/form", as: .text))
    default:
      guard let source = member.value.string else { return refuse("/request/body/text", "write a text") }
      if let text = parsed(source, as: .text, at: "/request/body/text") { template.body = .text(text) }
      if let own = body["type"] {
        guard let text = own.string, Self.isHeaderValue(text) else {
          return refuse("/request/body/type", "write a content type such as \"text/xml; charset=utf-8\"")
        }
        type = text
      }
    }
    let hasOwn = template.headers.contains { $0.name.lowercased() == "content-type" }
    if !hasOwn { template.fixedHeaders.append(("Content-Type", type)) }
  }

  private mutating func shape(_ value: JSONValue, at pointer: String) -> RequestTemplate.JSONShape {
    switch value {
    case .string(let source):
      guard source.contains("{{") || source.contains("{%") else { return .fixed(value) }
      return parsed(source, as: .text, at: pointer).map { .text($0) } ?? .fixed(.null)
    case .array(let items):
      var shapes: [RequestTemplate.JSONShape] = []
      for (place, item) in items.enumerated() { shapes.append(shape(item, at: "\(pointer)/\(place)")) }
      return .list(shapes)
    case .object(let members):
      var shapes: [(String, RequestTemplate.JSONShape)] = []
      for member in members {
        shapes.append((member.key, shape(member.value, at: "\(pointer)/\(pointerToken(member.key))")))
      }
      return .object(shapes)
    case .null, .bool, .int, .double: return .fixed(value)
    }
  }

  private mutating func fields(
    _ value: JSONValue?, at pointer: String, as form: Template.Form
  ) -> [(name: String, value: Template)] {
    guard let value, value != .null else { return [] }
    guard let members = value.members, members.count <= 100 else {
      refuse(pointer, "write an object of texts, 100 at most")
      return []
    }
    var found: [(name: String, value: Template)] = []
    for member in members {
      let place = "\(pointer)/\(pointerToken(member.key))"
      guard let source = member.value.scalarText else {
        refuse(place, "write a text")
        continue
      }
      if let template = parsed(source, as: form, at: place) { found.append((member.key, template)) }
    }
    return found
  }

  private mutating func parsed(_ source: String, as form: Template.Form, at pointer: String) -> Template? {
    parts += 1
    guard parts <= RequestTemplate.partsMax else {
      if parts == RequestTemplate.partsMax + 1 { refuse(pointer, "more than \(RequestTemplate.partsMax) values") }
      return nil
    }
    do throws(TemplateError) { return try Template(parsing: source, as: form) } catch {
      refuse(pointer, error.text)
      return nil
    }
  }

  mutating func checkHeader(_ name: String, at pointer: String) {
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
      }
    if !isToken || name.utf8.count > 100 { refuse(pointer, "is no name of a header (RFC 9110 5.1)") }
    if Self.ownHeaders.contains(name.lowercased()) { refuse(pointer, "the HTTP client writes this one itself") }
  }

  private static func isHeaderValue(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 4_096 && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  // MARK: Credentials

  mutating func read(auth: JSONValue) {
    guard auth != .null else { return }
    guard let members = auth.members, members.count == 1, let kind = members.first else {
      return refuse(
        "/auth",
        "write {\"basic\":{\"user\":…,\"password\":…}}, {\"bearer\":{\"token\":…}} or {\"header\":{\"name\":…,\"secret\":…}}"
      )
    }
    switch kind.key {
    case "basic":
      let (user, password) = (text(kind.value, "user", "basic"), text(kind.value, "password", "basic"))
      if user.contains(":") { refuse("/auth/basic/user", "holds no colon (RFC 7617 2)") }
      let code = String(decoding: Base64.encode(Array("\(user):\(password)".utf8)), as: UTF8.self)
      template.fixedHeaders.append(("Authorization", "Basic \(code)"))
    case "bearer": template.fixedHeaders.append(("Authorization", "Bearer \(text(kind.value, "token", "bearer"))"))
    case "header":
      let name = text(kind.value, "name", "header")
      if !name.isEmpty { checkHeader(name, at: "/auth/header/name") }
      template.fixedHeaders.append((name, text(kind.value, "secret", "header")))
    default: refuse("/auth/" + pointerToken(kind.key), "write basic, bearer or header")
    }
  }

  private mutating func text(_ value: JSONValue, _ name: String, _ kind: String) -> String {
    // Only basic credentials may hold what a header cannot: they are encoded.
    if let text = value[name]?.string, !text.isEmpty, kind == "basic" || Self.isHeaderValue(text) { return text }
    refuse("/auth/\(kind)/\(name)", "write a text, of visible ASCII where it is sent as it is")
    return ""
  }
}
