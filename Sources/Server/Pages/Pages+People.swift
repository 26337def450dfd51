import Console
import Profiles
import RoostCore
import Runtime

extension Pages {
  static var rowsPerPage: Int { 50 }

  func showPeople(_ room: Room) async throws(Problem) -> HTTPResponse {
    let query = room.visit.request.query("query") ?? ""
    let cursor = room.visit.request.query("cursor")
    let found = try await node.peopleView(room.id, query: query, cursor: cursor, limit: Self.rowsPerPage)
    let page = PeoplePage(
      query: query,
      rows: found.rows.map {
        .init(
          person: PersonName($0.person), userID: $0.userID, email: $0.email, createdAt: $0.createdAt,
          lastSeenAt: $0.lastSeenAt, orders: $0.orders)
      }, total: found.total, isFirst: cursor == nil, next: found.next)
    return answer(page, room)
  }

  func showPerson(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let reference = try PersonReference(id)
    let cursor = room.visit.request.query("cursor")
    let (view, timeline, messages) = try await node.perform { partition throws(Problem) in
      let view = try partition.personView(room.id, reference)
      let filter = MessageFilter(person: PersonID(text: view.person.id))
      return (
        view, try partition.timelineView(room.id, reference, cursor: cursor, limit: Self.rowsPerPage),
        try partition.messageViews(room.id, filter, cursor: nil, limit: 8).rows
      )
    }
    let page = PersonPage(
      person: PersonName(view.person), createdAt: view.createdAt, lastSeenAt: view.lastSeenAt, merged: view.merged,
      identifiers: view.identifiers.map { .init(kind: $0.kind, value: $0.value) },
      traits: view.traits.map { .init(name: $0.name, value: $0.value, changedAt: $0.changedAt) },
      consents: view.consents.map(ConsentReceipt.init),
      orders: view.orders.filter { $0.orders > 0 }.map {
        .init(
          currency: $0.currencyCode, orders: Int($0.orders), refunds: Int($0.refunds), revenue: $0.revenue,
          refunded: $0.refunded, firstAt: $0.firstAt, lastAt: $0.lastAt)
      },
      segments: view.segments.map { .init(key: $0.key, name: $0.name) }, journeys: view.runs.map(Self.row),
      messages: messages.map(MessageRow.init),
      timeline: Timeline(
        items: timeline.items.map { item in
          .init(
            type: item.type, event: item.event, at: item.at, receivedAt: item.receivedAt,
            properties: item.properties.map { .init(name: $0.name, value: $0.value) })
        }, isFirst: cursor == nil, next: timeline.next))
    return answer(page, room)
  }

  private static func row(_ run: PersonView.Run) -> PersonPage.JourneyRow {
    let phase: PersonPage.RunPhase =
      switch run.phase {
      case .running: .running
      case .finished: .finished
      case .exited: .exited
      case .heldOut: .heldOut
      }
    return PersonPage.JourneyRow(
      key: run.key, name: run.name, phase: phase, version: Int(run.version), step: run.step,
      enteredAt: run.enteredAt, dueAt: run.dueAt)
  }
}

extension PersonName {
  init(_ person: PersonLabel) { self.init(id: person.id, label: person.label) }
}

extension ConsentReceipt {
  init(_ consent: ConsentView) {
    self.init(
      purpose: consent.purpose, isGranted: consent.isGranted, at: consent.at, source: consent.source,
      textVersion: consent.textVersion)
  }
}
