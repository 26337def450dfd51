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
  static func reference(_ text: String) -> PersonReference? {
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
      entry: view.reasons.entry, reasons: MessagePage.Reason.all(of: view),
      attempts: record.attempts == 0 ? [] : [.init(record)],
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

extension MessagePage.Reason {
  /// What a message's decision rested on, in the order in which it was asked.
  static func all(of view: MessageView) -> [MessagePage.Reason] {
    guard let decision = view.reasons.decision else { return [] }
    var all = decision.memberships.map { MessagePage.Reason.segment(key: $0.segment, isMember: $0.isMember) }
    if let confirmation = decision.confirmation, confirmation.isGranted { all.append(.confirmed(at: confirmation.at)) }
    if let row = decision.suppression {
      all.append(.suppressed(cause: row.cause.name, at: row.at, message: row.message?.text))
    }
    if !decision.holdout.isEmpty { all.append(.holdout(share: decision.holdout, isGlobal: false)) }
    if !decision.globalHoldout.isEmpty { all.append(.holdout(share: decision.globalHoldout, isGlobal: true)) }
    all += timing(decision)
    let record = view.row.record
    if record.templateVersion > 0 {
      all.append(.template(version: Int(record.templateVersion), language: decision.language))
    }
    if decision.isMailbox { all.append(.mailbox) }
    all += record.why.map { .note($0) }
    if let until = decision.heldUntil { all.append(.heldUntil(until)) }
    return all + [.seed(PersonID(decision.seed).text)]
  }

  private static func timing(_ decision: DecisionReasons) -> [MessagePage.Reason] {
    var all: [MessagePage.Reason] = []
    if let best = decision.bestHour {
      all.append(.bestHour(at: best.at, .init(best.basis), permille: Int(best.permille), seen: Int(best.seen)))
    }
    for row in decision.bestChannel?.candidates ?? [] {
      if let objection = row.objection {
        all.append(.unusableChannel(key: row.channel, reason: objection.rawValue))
      } else {
        all.append(
          .channel(
            key: row.channel, .init(row.basis), permille: Int(row.permille), sent: Int(row.sent),
            answered: Int(row.answered)))
      }
    }
    if let zone = decision.zone { all.append(.zone(name: zone.name, source: .init(zone.source))) }
    if let quiet = decision.quiet { all.append(.quietHours(from: quiet.start, to: quiet.end)) }
    for cap in decision.caps {
      all.append(
        .cap(number: cap.number, rule: cap.rule, count: cap.count, max: cap.max, fullUntil: cap.fullUntil))
    }
    if decision.policiesVersion > 0 { all.append(.policies(version: Int(decision.policiesVersion))) }
    if !decision.replacedChannel.isEmpty { all.append(.insteadOf(channel: decision.replacedChannel)) }
    return all
  }
}

extension MessagePage.ZoneSource {
  fileprivate init(_ source: PersonZone.Source) {
    self =
      switch source {
      case .trait: .trait
      case .device: .device
      case .country: .country
      case .phone: .phone
      case .workspace: .workspace
      }
  }
}

extension MessagePage.Basis {
  fileprivate init(_ basis: HourModel.Basis) {
    self =
      switch basis {
      case .person: .person
      case .segment: .segment
      case .workspace: .workspace
      case .nothing: .nothing
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
