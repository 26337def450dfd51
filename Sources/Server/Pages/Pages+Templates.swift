import Console
import Delivery
import Engine
import RoostCore
import Runtime

extension Pages {
  func showTemplates(_ room: Room) async throws(Problem) -> HTTPResponse {
    let rows = try await node.perform { partition throws(Problem) in try partition.templateRows(room.id) }
    let page = TemplatesPage(
      rows: rows.map { row in
        let body = row.document["definition"] ?? [:]
        return TemplatesPage.Row(
          key: row.key, name: body["name"]?.string ?? row.key, channel: body["channel"]?.string ?? "",
          kind: body["kind"]?.string ?? "message", languages: TemplatePage.languages(body),
          version: Int(row.document["version"]?.int ?? 0),
          updatedAt: row.document["updatedAt"]?.string.flatMap { Instant(iso8601: $0) } ?? .distantPast,
          findings: row.document["findings"]?.array?.count ?? 0)
      })
    return answer(page, room)
  }

  func showTemplate(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let request = room.visit.request
    let choice = TemplatePage.Choice(
      person: request.query("person") ?? "", language: request.query("lang") ?? "",
      isWide: request.query("width") == "1000")
    return answer(try await templatePage(key, choice, room), room)
  }

  private func templatePage(_ key: String, _ choice: TemplatePage.Choice, _ room: Room) async throws(Problem)
    -> TemplatePage
  {
    let document = try await node.perform { partition throws(Problem) in
      try partition.describeDocument(room.id, .template, key)
    }
    var preview: JSONValue = [:]
    var fault = ""
    if document["definition"]?["kind"]?.string ?? "message" == "message" {
      do throws(Problem) { preview = try await self.preview(key, choice, room) } catch {
        fault = error.findings.first.map { "\($0.pointer): \($0.detail)" } ?? error.message
      }
    }
    return TemplatePage(key, document, preview, choice, fault: fault)
  }

  private func preview(_ key: String, _ choice: TemplatePage.Choice, _ room: Room) async throws(Problem) -> JSONValue {
    let request = try Self.request(choice)
    return try await node.perform { partition throws(Problem) in
      try partition.previewTemplate(room.id, key, request)
    }
  }

  private static func request(_ choice: TemplatePage.Choice) throws(Problem) -> TemplatePreviewRequest {
    var request = TemplatePreviewRequest(language: choice.language.isEmpty ? nil : choice.language)
    if !choice.person.isEmpty {
      guard let person = reference(choice.person) else {
        throw Problem(.notFound, "there is nobody \"\(choice.person.prefix(80))\"; write an id, user:42 or email:…")
      }
      request.person = person
    }
    return request
  }

  /// The HTML of a preview, for a frame.
  func templateBody(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let request = room.visit.request
    let choice = TemplatePage.Choice(
      person: request.query("person") ?? "", language: request.query("lang") ?? "", isWide: false)
    guard let html = try await preview(key, choice, room)["parts"]?["html"]?.string else {
      throw Problem(.notFound, "the template has no HTML")
    }
    return Self.letterBody(html)
  }

  /// `POST …/templates/{key}/test`
  func sendTest(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let choice = TemplatePage.Choice(
      person: room.visit.field("person"), language: room.visit.field("lang"), isWide: false)
    do throws(Problem) {
      let test = TemplateTestRequest(to: room.visit.field("to"), preview: try Self.request(choice))
      _ = try await node.perform { partition throws(Problem) in try partition.sendTest(room.id, key, test) }
    } catch {
      guard error.code != .notFound else { throw error }
      return answer(
        try await templatePage(key, choice, room), room, notice: .problem(error), status: error.code.status)
    }
    let page = Route.template(workspace: room.key, key: key).link
      .adding("person", choice.person).adding("lang", choice.language)
    return seeOther(page.adding("notice", Notice.Done.testSent.rawValue))
  }
}

extension TemplatePage {
  fileprivate static func languages(_ body: JSONValue) -> [String] {
    [body["language"]?.string].compactMap { $0 } + (body["languages"]?.members ?? []).map(\.key)
  }

  fileprivate init(
    _ key: String, _ document: JSONValue, _ preview: JSONValue, _ choice: Choice, fault: String
  ) {
    let body = document["definition"] ?? [:]
    let rendered = preview["parts"]?.members ?? []
    let channel = body["channel"]?.string ?? ""
    self.init(
      key: key, name: body["name"]?.string ?? key, channel: channel,
      version: Int(document["version"]?.int ?? 0), languages: Self.languages(body), choice: choice,
      parts: rendered.filter { $0.key != "html" && !($0.key == "text" && channel == "email") }
        .map { ($0.key, $0.value.string ?? "") },
      text: channel == "email" ? preview["parts"]?["text"]?.string : nil,
      htmlBytes: preview["parts"]?["html"]?.string?.utf8.count,
      missing: (preview["missing"]?.array ?? []).map(Finding.init),
      unknown: (document["findings"]?.array ?? []).map(Finding.init), isStrict: body["strict"] == .bool(true),
      fault: fault, definition: body.yaml,
      isSendable: TemplateChannel(rawValue: channel)?.kind != nil && body["kind"]?.string ?? "message" == "message")
  }
}

extension TemplatePage.Finding {
  fileprivate init(_ json: JSONValue) {
    let source = json["snippet"]?.string ?? json["pointer"]?.string ?? ""
    let place = json["line"]?.int.map { ", \($0):\(json["column"]?.int ?? 0)" } ?? ""
    self.init(value: json["value"]?.string ?? "", place: source + place, detail: json["detail"]?.string ?? "")
  }
}
