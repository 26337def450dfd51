import RoostCore

extension PersonState {
  /// Takes in another person, who is the same in truth: as if all events of both had been applied to one.
  ///
  /// Trackers, memberships and `trackersEpoch` stay as they are: what segments remember cannot be added up, and whoever
  /// merges people has it filled again.
  public mutating func absorb(_ source: PersonState) {
    createdAt = min(createdAt, source.createdAt)
    handledAt = max(handledAt, source.handledAt)
    dueAt = min(dueAt, source.dueAt)
    absorbed &+= source.absorbed &+ 1
    identifiers = Set(identifiers).union(source.identifiers).sorted()
    for trait in source.traits { setTrait(trait.symbol, trait.value, at: trait.changedAt) }
    for consent in source.consents { setConsent(consent) }
    for row in source.counters { counters.add(row) }
    for row in source.months { months.add(row) }
    for row in source.orders { orders.add(row) }
    for device in source.devices { keep(device) }
    absorbSeenMessages(source.seenMessages)
    for run in source.runs { absorb(run) }
    delivery.absorb(source.delivery)
  }

  /// Both lists are sorted by day; a message that both have seen keeps the earlier day.
  private mutating func absorbSeenMessages(_ other: [UInt64]) {
    guard !other.isEmpty else { return }
    var hashes: Set<UInt64> = []
    seenMessages = (seenMessages + other).sorted().filter { hashes.insert($0 & SeenMessage.hashMask).inserted }
    forgetOldMessages()
  }

  /// One run a journey: a running one before one that has ended, this person's before the other's if both run, the later
  /// if both have ended. Entries count for both, since they are what re-entry rules look at.
  private mutating func absorb(_ run: JourneyRun) {
    var index = 0
    while index < runs.count, JourneyRun.isOrdered(runs[index], before: run) { index += 1 }
    guard index < runs.count, runs[index].journey == run.journey, runs[index].instance == run.instance else {
      return runs.insert(run, at: index)
    }
    let own = runs[index]
    let isReplaced =
      own.phase != .running && (run.phase == .running || run.changedAt > own.changedAt)
    if isReplaced { runs[index] = run }
    runs[index].entries = own.entries &+ run.entries
  }
}

extension PersonState {
  /// What remains of a person who was merged into another: where to look instead, and that for good.
  public func redirected(to target: PersonID) -> PersonState {
    var rest = PersonState(workspace: workspace, id: id, createdAt: createdAt)
    rest.handledAt = handledAt
    rest.redirect = target
    return rest
  }
}
