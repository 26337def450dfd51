import Delivery
import Engine
import Events
import Profiles
import RoostCore

extension Partition {
  private static let feedbackPerCommit = 2_000

  /// Records what came back, in as few commits as the limits allow, and answers whoever waits.
  func take(_ items: [FeedbackInbox.Waiting]) {
    var first = 0
    while first < items.count {
      let some = Array(items[first..<min(first + Self.feedbackPerCommit, items.count)])
      do throws(Problem) {
        let known = try record(some.map(\.feedback))
        for (item, isKnown) in zip(some, known) { item.completion?(.success(isKnown)) }
      } catch {
        for item in some { item.completion?(.failure(error)) }
      }
      first += some.count
    }
  }

  /// One commit: the events and receipts of each person, and what becomes of the messages.
  private func record(_ feedback: [MessageFeedback]) throws(Problem) -> [Bool] {
    if let failure { throw failure }
    let now = now()
    var writers: [WorkspaceID: EventWriter] = [:]
    var places: [(workspace: WorkspaceID, slot: Int, range: Range<Int>)] = []
    var known: [Bool] = []
    var changed: [IntentID: MessageRecord] = [:]
    for item in feedback {
      guard let slot = slotAfterMerges(item.workspace, item.person), let table = symbols[item.workspace] else {
        known.append(false)
        continue
      }
      known.append(true)
      var message: MessageRecord?
      if let id = item.message {
        message = changed[id]
        if message == nil { message = try self.message(item.workspace, id.bytes) }
      }
      if case .delivered(let part?) = item.news, var reported = message {
        // While it is being handed over, its outcome is what is written next: the report comes again.
        guard outbox[reported.id] == nil else {
          known[known.count - 1] = false
          continue
        }
        guard let isWhole = reported.noteDelivered(part) else { continue }
        changed[reported.id] = reported
        guard isWhole else { continue }
        message = reported
      }
      let kind = kind(of: item, message)
      let entries = FeedbackEntries(
        item, message, kind: kind, symbols: table, now: now, serial: "\(commit + 1).\(known.count)")
      var writer = writers[item.workspace] ?? EventWriter()
      for range in entries.write(into: &writer) { places.append((item.workspace, slot, range)) }
      writers[item.workspace] = writer
      // While it is being handed over, its outcome is what is written next.
      if var message, outbox[message.id] == nil, note(item.news, kind, entries.detail, on: &message, now) {
        changed[message.id] = message
      }
    }
    guard !places.isEmpty || !changed.isEmpty else { return known }
    try commit(writers, places, Array(changed.values))
    return known
  }

  private func note(
    _ news: MessageFeedback.News, _ kind: ChannelKind, _ detail: String?, on message: inout MessageRecord,
    _ now: Instant
  ) -> Bool {
    if news == .dismissed { return message.dismiss(now: now) }
    guard let status = news.status(kind) else { return false }
    return message.note(status, detail: detail, now: now)
  }

  /// By what way a message went; what belongs to none came by e-mail unless it says otherwise.
  private func kind(of item: MessageFeedback, _ message: MessageRecord?) -> ChannelKind {
    if let kind = item.kind { return kind }
    guard let message, let gate = compiled[item.workspace]?.definitions.gate else { return .email }
    return gate.kind(of: message.channel)
  }

  private func commit(
    _ writers: [WorkspaceID: EventWriter], _ places: [(workspace: WorkspaceID, slot: Int, range: Range<Int>)],
    _ messages: [MessageRecord]
  ) throws(Problem) {
    let workspaces = writers.keys.sorted()
    let submissions = workspaces.map { workspace in
      EventSubmission(
        workspace: workspace, records: writers[workspace]!.bytes, count: places.count { $0.workspace == workspace },
        quarantined: []
      ) { _ in }
    }
    var batch = Batch()
    for place in places {
      batch.inputs.append(
        BatchInput(
          slot: Int32(place.slot), submission: Int32(workspaces.firstIndex(of: place.workspace)!),
          start: Int32(place.range.lowerBound), length: Int32(place.range.count), refused: []))
    }
    let header = beginCommit()
    recordNewSymbols(header)
    do throws(Problem) {
      try decide(batch, submissions, header)
      recordMessageStates(messages.sorted { $0.id < $1.id }, header)
      try finishCommit()
    } catch {
      fail(error.message)
      throw error
    }
  }

  /// Whoever a person is now; `nil` if there is no such person, or none any more.
  func slotAfterMerges(_ workspace: WorkspaceID, _ person: PersonID) -> Int? {
    var state = PersonState(workspace: workspace, id: person, createdAt: .distantPast)
    return slotAfterMerges(workspace, person, &state)
  }

  /// - Parameter state: whatever it was; that of who is found.
  func slotAfterMerges(_ workspace: WorkspaceID, _ person: PersonID, _ state: inout PersonState) -> Int? {
    var hops = 0
    var found = table.find(workspace, person)
    while let slot = found, hops < 64 {
      guard loadState(slot, into: &state) else { return nil }
      guard let redirect = state.redirect else { return slot }
      found = table.find(workspace, redirect)
      hops += 1
    }
    return nil
  }
}
