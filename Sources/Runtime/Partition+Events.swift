import Engine
import Events
import Profiles
import RoostCore

/// One input of a batch: which person, and where the event lies.
struct BatchInput {
  var slot: Int32
  /// Which submission, and the record's place in it; −1: the person's time has come.
  var submission: Int32
  var start: Int32
  var length: Int32
  /// Identifiers of the event that stay with somebody else.
  var refused: [Int]
}

/// A person on the way into another.
struct PendingMerge {
  var source: Int
  var target: Int
}

extension Partition {
  /// Handles events of many calls and answers them, in as few commits as the limits allow.
  func handle(_ submissions: [EventSubmission]) {
    var first = 0
    while first < submissions.count {
      var last = first
      var events = 0
      while last < submissions.count, last == first || events + submissions[last].count <= limits.eventsPerCommit {
        events += submissions[last].count
        last += 1
      }
      commitEvents(Array(submissions[first..<last]))
      first = last
    }
  }

  private func commitEvents(_ submissions: [EventSubmission]) {
    noteActivity()
    if let failure { return submissions.forEach { $0.completion(failure) } }
    do throws(Problem) {
      let header = beginCommit()
      var batch = Batch()
      for index in submissions.indices { resolve(submissions[index], Int32(index), into: &batch) }
      recordNewSymbols(header)
      recordQuarantine(submissions, header)
      recordTexts(submissions, header)
      try decide(batch, submissions, header)
      try finishCommit()
      try keepTexts(submissions)
      for submission in submissions { submission.completion(nil) }
      metrics.add(.eventsAccepted, submissions.reduce(0) { $0 + $1.count })
      if !deviceLosses.isEmpty { try settleDeviceLosses() }
    } catch {
      // Memory is ahead of the log by now: identifiers have owners that nothing says.
      fail(error.message)
      for submission in submissions { submission.completion(error) }
    }
  }

  private func recordQuarantine(_ submissions: [EventSubmission], _ header: RecordHeader) {
    guard submissions.contains(where: { !$0.quarantined.isEmpty }) else { return }
    var items: [QuarantineItem] = []
    for submission in submissions {
      for var item in submission.quarantined {
        quarantineNumber += 1
        item.number = quarantineNumber
        items.append(item)
        metrics.drop(item.reason)
      }
    }
    systemRecord(header) { bytes in
      for item in items {
        var encoded: [UInt8] = []
        item.encode(into: &encoded)
        bytes.appendQuarantine(encoded)
      }
    }
    keepQuarantine(items)
  }

  /// Everything a commit works on, gathered before anything is decided.
  struct Batch {
    var inputs: [BatchInput] = []
    var merges: [PendingMerge] = []
    /// People who exist from this batch on.
    var fresh: Set<Int> = []
    /// What the batch itself has made known about people, for the rules of identity.
    var facts: [PersonID: OwnerFacts] = [:]
    /// Identifiers that got an owner in this batch, and the input by which they did; −1: another owner, by a merge.
    var claims: [(key: IdentifierKey, slot: Int, input: Int)] = []
    var candidates: [IdentityCandidate] = []
    /// The candidates of a call's events, one event's after another, and where each event's end.
    var callCandidates: [IdentityCandidate] = []
    var callEnds: [Int] = []
  }

  /// Finds out whose each event is; makes people, claims identifiers, notes merges.
  private func resolve(_ submission: EventSubmission, _ submissionNumber: Int32, into batch: inout Batch) {
    submission.records.withUnsafeBytes { bytes in
      collectCandidates(of: bytes, submission.workspace, &batch)
      var start = 0
      var number = 0
      var first = 0
      while start < bytes.count {
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
        let event = EventView(trusted: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]))
        if !isErased(event, submission.workspace) {
          var refused: [Int] = []
          batch.candidates.removeAll(keepingCapacity: true)
          batch.candidates.append(contentsOf: batch.callCandidates[first..<batch.callEnds[number]])
          let slot = resolve(submission.workspace, &refused, into: &batch)
          batch.inputs.append(
            BatchInput(
              slot: Int32(slot), submission: submissionNumber, start: Int32(start), length: Int32(length),
              refused: refused))
        }
        start += length
        first = batch.callEnds[number]
        number += 1
      }
    }
  }

  /// The keys of all events of a call, and a first look at their owners: waiting for one place in memory overlaps with
  /// waiting for the others.
  private func collectCandidates(of records: UnsafeRawBufferPointer, _ workspace: WorkspaceID, _ batch: inout Batch) {
    batch.callCandidates.removeAll(keepingCapacity: true)
    batch.callEnds.removeAll(keepingCapacity: true)
    var start = 0
    while start < records.count {
      let length = Int(UInt32(littleEndian: records.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
      let event = EventView(trusted: UnsafeRawBufferPointer(rebasing: records[start..<(start + length)]))
      IdentityCandidate.append(of: event, workspace: workspace, seed: indexSeed, to: &batch.callCandidates)
      batch.callEnds.append(batch.callCandidates.count)
      start += length
    }
    var sum: UInt32 = 0
    for place in batch.callCandidates.indices { sum &+= index.touch(batch.callCandidates[place].key) }
    for place in batch.callCandidates.indices {
      if let owner = index[batch.callCandidates[place].key] { sum &+= table.slots[owner].byteCount }
    }
    touchSum &+= UInt8(truncatingIfNeeded: sum)
  }

  private func isErased(_ event: EventView, _ workspace: WorkspaceID) -> Bool {
    guard tombstones.mayHold(workspace), tombstones.refuses(event, workspace, salt: salt) else { return false }
    metrics.add(.eventsErased)
    return true
  }

  /// Whose an event with `batch.candidates` is.
  private func resolve(_ workspace: WorkspaceID, _ refused: inout [Int], into batch: inout Batch) -> Int {
    var sole: Int?
    var isSole = true
    for place in batch.candidates.indices {
      let owner = index[batch.candidates[place].key]
      if let owner { batch.candidates[place].owner = table.slots[owner].person }
      if place == 0 { sole = owner } else if owner != sole { isSole = false }
    }
    if isSole, let sole { return sole }
    guard let plan = IdentityPlan(for: batch.candidates, facts: { self.facts($0, workspace, batch.facts) }) else {
      preconditionFailure("an event without identifiers passed the parser")
    }
    return carryOut(plan, workspace, &refused, into: &batch)
  }

  private func facts(_ person: PersonID, _ workspace: WorkspaceID, _ known: [PersonID: OwnerFacts]) -> OwnerFacts {
    if let facts = known[person] { return facts }
    guard let state = loadState(slot(workspace, person)) else {
      return OwnerFacts(hasUser: false, rank: .max, identifierCount: 0, absorbedCount: 0, families: [])
    }
    return OwnerFacts(of: state)
  }

  private func slot(_ workspace: WorkspaceID, _ person: PersonID) -> Int {
    table.find(workspace, person) ?? table.insert(workspace, person)
  }

  private func carryOut(
    _ plan: IdentityPlan, _ workspace: WorkspaceID, _ refused: inout [Int], into batch: inout Batch
  ) -> Int {
    let person = plan.isNew ? freeID(plan.target, workspace) : plan.target
    let target = slot(workspace, person)
    var facts =
      plan.isNew
      ? OwnerFacts(hasUser: false, rank: .max, identifierCount: 0, absorbedCount: 0, families: [])
      : self.facts(person, workspace, batch.facts)
    if plan.isNew { batch.fresh.insert(target) }
    for claim in plan.claims {
      let candidate = batch.candidates[claim]
      index.set(candidate.key, target)
      batch.claims.append((candidate.key, target, batch.inputs.count))
      facts.add(candidate)
    }
    for source in plan.merges {
      facts.add(self.facts(source, workspace, batch.facts))
      merge(slot(workspace, source), into: target, &batch)
    }
    batch.facts[person] = facts
    if !plan.refusals.isEmpty {
      refused = plan.refusedPositions(batch.candidates)
      metrics.add(.identityRefusals, plan.refusals.count)
    }
    return target
  }

  /// An id is derived from an identifier by a hash that outsiders can compute: should they find two that meet, the second
  /// person gets another id.
  private func freeID(_ wanted: PersonID, _ workspace: WorkspaceID) -> PersonID {
    var person = wanted
    var attempt: UInt64 = 0
    while let slot = table.find(workspace, person), !table.isErased(slot) {
      attempt += 1
      person = PersonID(mix64(wanted.number &+ attempt))
    }
    return person
  }

  /// The source's identifiers, and what the batch holds for it, are the target's from now on.
  private func merge(_ source: Int, into target: Int, _ batch: inout Batch) {
    for place in batch.inputs.indices where batch.inputs[place].slot == Int32(source) {
      batch.inputs[place].slot = Int32(target)
    }
    for place in batch.merges.indices where batch.merges[place].target == source {
      batch.merges[place].target = target
    }
    for place in batch.claims.indices where batch.claims[place].slot == source {
      batch.claims[place].slot = target
      index.set(batch.claims[place].key, target)
    }
    batch.merges.append(PendingMerge(source: source, target: target))
    if let state = loadState(source) {
      for key in state.identifierKeys(seed: indexSeed) where index[key] == source {
        index.set(key, target)
        // The target may be new and merge into somebody else within this batch: no state says that it has the key.
        batch.claims.append((key, target, -1))
      }
    }
    metrics.add(.peopleMerged)
  }
}
