import Console
import RoostCore
import Runtime

extension Pages {
  func showQuarantine(_ room: Room) async throws(Problem) -> HTTPResponse {
    let cursor = room.visit.request.query("cursor")
    let found = try await node.perform { partition throws(Problem) in
      try partition.quarantineView(room.id, cursor: cursor, limit: Self.rowsPerPage)
    }
    let page = QuarantinePage(
      rows: found.rows.map(QuarantinePage.Row.init), total: found.total, isFirst: cursor == nil, next: found.next)
    return answer(page, room)
  }

  func showQuarantined(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let view = try await quarantined(id, room)
    return answer(QuarantinedPage(row: .init(view), body: Self.text(view)), room)
  }

  private func quarantined(_ id: String, _ room: Room) async throws(Problem) -> QuarantinedView {
    try await node.perform { partition throws(Problem) in try partition.quarantinedView(room.id, id) }
  }

  /// The event as JSON on several lines; as it came where it is no JSON.
  private static func text(_ view: QuarantinedView) -> String {
    do throws(JSONError) { return try JSONValue(parsing: view.item.raw).indented } catch {
      return String(decoding: view.item.raw, as: UTF8.self)
    }
  }

  /// `POST …/quarantine/ID/replay`: takes the mended event in. What is still wrong is shown with the text as it was
  /// edited.
  func replay(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let view = try await quarantined(id, room)
    let body = room.visit.field("body")
    do throws(Problem) {
      try await replay(id, Self.event(body), room)
    } catch {
      guard error.code != .notFound else { throw error }
      var room = room
      room.visit.request.query = []
      room.visit.request.rawPath = Route.quarantined(workspace: room.key, id: id).link.text
      return answer(
        QuarantinedPage(row: .init(view), body: body), room, notice: .problem(error), status: error.code.status)
    }
    await forgetFigures()
    return seeOther(
      Route.quarantine(workspace: room.key).link.adding("notice", Notice.Done.replayed.rawValue))
  }

  private static func event(_ body: String) throws(Problem) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: body) } catch {
      throw .invalid("", "this is no JSON: \(error.reason) at byte \(error.offset)")
    }
  }

  private func replay(_ id: String, _ event: JSONValue, _ room: Room) async throws(Problem) {
    let answer = try await node.replayQuarantine(room.id, ["items": [["id": .string(id), "event": event]]])
    guard let rejected = answer["rejected"]?.array?.first else { return }
    let detail = rejected["detail"]?.string ?? "the event was refused again"
    throw Problem(
      .invalid, "The event was refused again.",
      findings: [.init(pointer: rejected["pointer"]?.string ?? "", detail: detail)])
  }
}

extension QuarantinePage.Row {
  init(_ view: QuarantinedView) {
    self.init(
      id: String(view.item.number), receivedAt: view.item.receivedAt, type: view.type, event: view.event,
      reason: view.item.reason.rawValue, pointer: view.item.pointer, detail: view.item.detail)
  }
}

extension JSONValue {
  /// JSON text for people: two spaces a level.
  var indented: String {
    var text = ""
    write(indent: "", into: &text)
    return text
  }

  private func write(indent: String, into text: inout String) {
    let deeper = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (index, member) in members.enumerated() {
        text += deeper + JSONValue.string(member.key).text + ": "
        member.value.write(indent: deeper, into: &text)
        text += index + 1 < members.count ? ",\n" : "\n"
      }
      text += indent + "}"
    case .array(let items) where !items.isEmpty:
      text += "[\n"
      for (index, item) in items.enumerated() {
        text += deeper
        item.write(indent: deeper, into: &text)
        text += index + 1 < items.count ? ",\n" : "\n"
      }
      text += indent + "]"
    default: text += self.text
    }
  }
}
