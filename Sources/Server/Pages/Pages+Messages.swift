import Console
import Delivery
import RoostCore
import Runtime

extension Pages {
  func showMessages(_ room: Room) async throws(Problem) -> HTTPResponse {
    let request = room.visit.request
    let filter = MessagesPage.Filter(
      journey: request.query("journey") ?? "", person: request.query("person") ?? "",
      status: request.query("status").flatMap(MessageRow.Status.init(rawValue:)))
    let cursor = request.query("cursor")
    let reference = Self.reference(filter.person)
    let (journeys, found) = try await node.perform { partition throws(Problem) in
      var wanted = MessageFilter(
        journey: filter.journey.isEmpty ? nil : filter.journey,
        status: filter.status.flatMap { MessageStatus(rawValue: $0.rawValue) })
      let journeys = partition.journeyKeys(room.id)
      if !filter.person.isEmpty {
        guard let reference, let person = Self.find(reference, room.id, partition) else {
          return (journeys, (rows: [MessageRowView](), next: String?.none))
        }
        wanted.person = person
      }
      return (
        journeys, try partition.messageViews(room.id, wanted, cursor: cursor, limit: Self.rowsPerPage)
      )
    }
    let page = MessagesPage(
      filter: filter, journeys: journeys, rows: found.rows.map(MessageRow.init), isFirst: cursor == nil,
      next: found.next)
    return answer(page, room)
  }

  /// Whom somebody means who typed an id, `user:42` or an e-mail address.
  private static func reference(_ text: String) -> PersonReference? {
    for form in [text, "email:" + text, "user:" + text] {
      do throws(Problem) { return try PersonReference(form) } catch { continue }
    }
    return nil
  }

  private static func find(
    _ reference: PersonReference, _ workspace: WorkspaceID, _ partition: Partition
  ) -> PersonID? {
    do throws(Problem) { return try partition.person(workspace, reference).id } catch { return nil }
  }

  func showMessage(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let view = try await node.perform { partition throws(Problem) in try partition.messageView(room.id, id) }
    let record = view.row.record
    let page = MessagePage(
      message: MessageRow(view.row), trigger: .init(view), consent: view.reasons.consent.map(ConsentReceipt.init),
      entry: view.reasons.entry, attempts: record.attempts == 0 ? [] : [.init(record)],
      letter: LetterContent(view, workspaceName: room.workspace?.name ?? ""))
    return answer(page, room)
  }

  func messageBody(_ id: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let view = try await node.perform { partition throws(Problem) in try partition.messageView(room.id, id) }
    guard let html = view.content?.html else { throw Problem(.notFound, "the message has no HTML") }
    return Self.letterBody(html)
  }
}

extension MessageRow {
  init(_ view: MessageRowView) {
    let record = view.record
    self.init(
      id: record.id.text, person: PersonName(view.person), journey: record.journey, version: Int(record.version),
      step: record.step, channel: record.channel, template: record.template, messageClass: record.messageClass,
      status: Status(record.status), reason: record.reason?.rawValue ?? "", to: record.to, subject: record.subject,
      at: record.createdAt, sentAt: record.sentAt)
  }
}

extension MessageRow.Status {
  init(_ status: MessageStatus) {
    switch status {
    case .scheduled: self = .scheduled
    case .held: self = .held
    case .suppressed: self = .suppressed
    case .sent: self = .sent
    case .delivered: self = .delivered
    case .opened: self = .opened
    case .clicked: self = .clicked
    case .bounced: self = .bounced
    case .complained: self = .complained
    case .failed: self = .failed
    case .ambiguous: self = .ambiguous
    }
  }
}

extension MessagePage.Trigger {
  /// What brought the person into the journey, as far as it is known.
  init(_ view: MessageView) {
    if let event = view.reasons.event {
      self = .event(name: event, at: view.reasons.eventAt ?? view.row.record.createdAt)
    } else if let segment = view.entrySegment {
      self = .segment(key: segment, at: view.reasons.enteredAt ?? view.row.record.createdAt)
    } else {
      self = .time(at: view.row.record.createdAt)
    }
  }
}

extension MessagePage.Attempt {
  /// The latest one; how many there were before it stands in its answer.
  init(_ record: MessageRecord) {
    let number = record.attempts > 1 ? "#\(record.attempts) " : ""
    self.init(
      at: record.sentAt ?? record.changedAt, status: .init(record.status), answer: number + record.detail)
  }
}

extension LetterContent {
  /// `nil` if nothing was rendered.
  init?(_ view: MessageView, workspaceName: String) {
    guard let content = view.content else { return nil }
    let record = view.row.record
    self.init(
      from: view.from.isEmpty ? workspaceName : view.from, to: record.to, subject: content.subject,
      at: record.sentAt ?? record.createdAt, text: content.text ?? "", hasHTML: content.html != nil)
  }
}
