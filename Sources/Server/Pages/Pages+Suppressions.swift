import Console
import Delivery
import RoostCore
import Runtime

extension Pages {
  func showSuppressions(_ room: Room) async throws(Problem) -> HTTPResponse {
    answer(try await suppressionsPage(room), room)
  }

  private func suppressionsPage(_ room: Room) async throws(Problem) -> SuppressionsPage {
    let cursor = room.visit.request.query("cursor")
    let found = try await node.perform { partition throws(Problem) in
      try partition.suppressions(room.id, SuppressionFilter(), cursor: cursor, limit: Self.rowsPerPage)
    }
    return SuppressionsPage(rows: found.rows.map(SuppressionsPage.Row.init), isFirst: cursor == nil, next: found.next)
  }

  /// `POST …/suppressions`: puts an e-mail address on the list.
  func addSuppression(_ room: Room) async throws(Problem) -> HTTPResponse {
    let address = room.visit.field("address")
    return try await changeSuppressions(room) { () async throws(Problem) in
      let request = try SuppressionRequest(channel: ChannelKind.email.rawValue, address: address, reason: "manual")
      _ = try await node.perform { partition throws(Problem) in try partition.suppress(room.id, request) }
    }
  }

  /// `POST …/suppressions/lift`: takes one off.
  func liftSuppression(_ room: Room) async throws(Problem) -> HTTPResponse {
    let reference = room.visit.field("reference")
    return try await changeSuppressions(room) { () async throws(Problem) in
      guard let colon = reference.firstIndex(of: ":"),
        let kind = ChannelKind(rawValue: String(reference[..<colon]))
      else { throw .invalid("/reference", "this names no address") }
      let address = String(reference[reference.index(after: colon)...])
      _ = try await node.perform { partition throws(Problem) in try partition.lift(room.id, kind, address) }
    }
  }

  private func changeSuppressions(
    _ room: Room, _ change: () async throws(Problem) -> Void
  ) async throws(Problem) -> HTTPResponse {
    do throws(Problem) { try await change() } catch {
      return answer(try await suppressionsPage(room), room, notice: .problem(error), status: error.code.status)
    }
    return seeOther(Route.suppressions(workspace: room.key).link.adding("notice", Notice.Done.saved.rawValue))
  }
}

extension SuppressionsPage.Row {
  fileprivate init(_ row: SuppressionRow) {
    self.init(
      reference: row.address.map { "\(row.channel.rawValue):\($0)" } ?? "", channel: row.channel.rawValue,
      address: row.address ?? "", cause: row.cause.name, at: row.at, person: PersonName(row.person),
      message: row.message?.text, detail: row.detail)
  }
}
