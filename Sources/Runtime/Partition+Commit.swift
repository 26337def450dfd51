import Engine
import History
import RoostCore
import Storage

extension Partition {
  /// Begins a commit: everything decided until `finishCommit` becomes durable together.
  func beginCommit() -> RecordHeader {
    if !isGathering { clearGroup() }
    commitStart = group.count
    lastNow = now()
    return RecordHeader(commit: commit + 1, now: lastNow, seed: random.next(), definitions: definitions.version)
  }

  /// Starts a bucket's record within the commit.
  func beginRecord(_ bucket: Int, _ header: RecordHeader) {
    group.beginRecord(bucket: UInt16(bucket), sequence: sequences[bucket] + 1)
    header.write(into: &group.bytes)
  }

  func endRecord(_ bucket: Int) {
    group.endRecord()
    sequences[bucket] += 1
  }

  /// Writes a record of what belongs to no person.
  func systemRecord(_ header: RecordHeader, _ body: (inout [UInt8]) -> Void) {
    beginRecord(Self.systemBucket, header)
    body(&group.bytes)
    endRecord(Self.systemBucket)
  }

  /// Makes the commit durable and lets its effects run. Throws if the log cannot be written; then nothing of the commit
  /// counts and the partition accepts no more, for its states in memory are ahead of the log.
  func finishCommit() throws(Problem) {
    guard group.count > commitStart else { return }
    recordTally()
    recordVouchers()
    commit += 1
    metrics.add(.commits)
    let mustHandOver = pendingMessages.contains { $0.dueAt != nil || $0.claim != nil }
    guard !isGathering || mustHandOver || group.bytes.count >= limits.gatheredBytesMax else { return }
    try writeGroup()
  }

  /// Lets many commits share one durable write: where simulated time runs through thousands of moments a second and
  /// nobody is answered before all of them are done.
  func gathering<Answer>(_ body: () throws(Problem) -> Answer) throws(Problem) -> Answer {
    isGathering = true
    defer { isGathering = false }
    let result: Result<Answer, Problem>
    do throws(Problem) { result = .success(try body()) } catch { result = .failure(error) }
    try writeGroup()
    return try result.get()
  }

  /// Makes durable what was gathered so far: the store has all messages then.
  func writeGathered() throws(Problem) {
    if isGathering { try writeGroup() }
  }

  private func clearGroup() {
    group.removeAll()
    pendingHistory.removeAll(keepingCapacity: true)
    pendingMessages.removeAll(keepingCapacity: true)
    pendingMoves.removeAll(keepingCapacity: true)
    newVouchers.removeAll()
    pendingVouchers.removeAll()
  }

  private func writeGroup() throws(Problem) {
    guard !group.isEmpty else { return }
    if let failure { throw failure }
    let started = monotonicMicroseconds()
    faults.pass(.beforeAppend)
    do throws(StorageError) {
      try log.append(group)
    } catch {
      let problem = Problem(
        .unavailable, "the log cannot be written: \(error.message). \(error.remedy); then start Roost again")
      failure = problem
      logger.critical("log append failed", metadata: ["error": .string(error.description)])
      throw problem
    }
    faults.pass(.afterAppend)
    metrics.add(.commitMicroseconds, monotonicMicroseconds() - started)
    metrics.add(.logBytes, group.bytes.count)
    bytesSinceCheckpoint += group.bytes.count
    feedHistory()
    keepVouchers()
    keepMessages()
    for move in pendingMoves { moveMessages(move) }
    clearGroup()
  }

  private func feedHistory() {
    faults.pass(.historyFeed)
    group.bytes.withUnsafeBytes { bytes in
      var store: (workspace: WorkspaceID, history: HistoryStore)?
      for (place, item) in pendingHistory.enumerated() {
        if store?.workspace != item.workspace { store = histories[item.workspace].map { (item.workspace, $0) } }
        guard let history = store?.history else { continue }
        if place % Self.touchedAhead == 0 { touch(place, in: history) }
        do throws(HistoryError) {
          switch item.what {
          case .event(let person, let range):
            try history.append(
              person: person, record: UnsafeRawBufferPointer(rebasing: bytes[range]), position: item.commit)
          case .redirect(let from, let to): try history.redirect(from: from, to: to, position: item.commit)
          case .cut: try history.cut(position: item.commit)
          case .erase(let person): try history.erase(person: person, position: item.commit)
          }
        } catch {
          // The log has the event: the history is made anew from it at the next start.
          fail("the history cannot be written: \(error)")
          return
        }
      }
    }
  }

  /// Where the next few people's events will go, side by side.
  private func touch(_ place: Int, in history: HistoryStore) {
    var people = InlineArray<24, PersonID>(repeating: PersonID(0))
    for ahead in 0..<min(Self.touchedAhead, pendingHistory.count - place) {
      if case .event(let person, _) = pendingHistory[place + ahead].what { people[ahead] = person }
    }
    touchSum &+= history.touch(people.span)
  }

  /// Nothing is accepted any more; a restart recovers from the log.
  func fail(_ message: String) {
    guard failure == nil else { return }
    failure = Problem(.unavailable, message + "; free space or mend the disk, then start Roost again")
    logger.critical("stopped accepting", metadata: ["reason": .string(message)])
  }

  /// Names that parsers made up since the last commit go into the log before the first record that uses them.
  func recordNewSymbols(_ header: RecordHeader) {
    for (workspace, table) in symbols where table.count > durableNames[workspace] ?? 0 {
      let from = durableNames[workspace] ?? SymbolTable.firstOwnNumber
      let names = table.names(from: from)
      guard !names.isEmpty else { continue }
      systemRecord(header) { $0.appendSymbols(workspace, from: from, names: names) }
      durableNames[workspace] = from + names.count
    }
  }
}
